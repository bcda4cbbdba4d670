"""The report for people: a line a finding, the same finding of many cases once, a summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import IMAGE_FLOATING, POD_SECURITY, REFERENCE, SELECTOR_EMPTY
from podrunner.findings.severity import Severity
from podrunner.output.wrap import wrap
from podrunner.report.group import count_suppressed, group_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
# Every release has some of these.
_GOOD_TO_KNOW = (IMAGE_FLOATING, POD_SECURITY, REFERENCE, SELECTOR_EMPTY)
_ORDER = list(_COLOURS)


def write(
    results: Sequence[Result],
    *,
    colour: bool = False,
    notes: bool = False,
    quiet: bool = False,
    width: int | None = None,
) -> str:
    """Findings by place, errors last so that they are on the screen, then the summary line.

    `notes` shows what is good to know without a need to fix anything; `quiet` leaves out the summary. `width` is that of the
    terminal, None for no end of a line.
    """
    shown = group_findings(results, leave_out=() if notes else _GOOD_TO_KNOW)
    long = [_line(finding, cases, len(results), colour=colour) for finding, cases in shown.items()]
    lines = [wrap(line, width, rest="    ") for line in long]
    summary = [] if quiet else [_summary(results, list(shown), colour=colour)]
    return "".join(f"{line}\n" for line in [*lines, *summary])


def _line(finding: Finding, cases: list[str], total: int, *, colour: bool) -> str:
    if not finding.place():
        finding = replace(finding, case=cases[0])
    word = f"{finding.severity.value}:"
    shown = f"\x1b[1;{_COLOURS[finding.severity]}m{word}\x1b[0m" if colour else word
    return finding.told(shown) + _in_cases(finding, cases, total)


def _in_cases(finding: Finding, cases: list[str], total: int) -> str:
    distinct = list(dict.fromkeys(cases))
    if total == 1:
        return ""
    if len(distinct) == 1:
        # A file may stand for a case, as one of a team's ignores does.
        return "" if distinct[0] in (finding.case, finding.file, finding.object) else f" in case {distinct[0]}"
    every = "all " if len(distinct) == total else ""
    return f" in {every}{len(distinct)} cases" + (f", first {distinct[0]}" if not every else "")


def _summary(results: Sequence[Result], findings: Sequence[Finding], *, colour: bool) -> str:
    failed = [result for result in results if not result.passed]
    verdict = f"{len(failed)} failed" if failed else "all passed"
    text = f"{_count(len(results), 'case')}, {verdict}"
    severities = Counter(finding.severity for finding in findings)
    counted = [_count(severities[severity], severity.value) for severity in _ORDER if severities[severity]]
    counted += [f"{number} {word}" for word, number in count_suppressed(results).items()]
    if counted:
        text += ": " + ", ".join(counted)
    if judged := list(dict.fromkeys(result.job_pods for result in results if result.job_pods)):
        text += f" (job pods {judged[0]}{', …' if judged[1:] else ''})"
    return f"\x1b[1;{31 if failed else 32}m{text}\x1b[0m" if colour else text


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
