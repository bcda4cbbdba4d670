"""The same finding of many cases, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import KUBERNETES_UNKNOWN_KIND, KUBERNETES_VERSION
from podrunner.findings.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding
    from podrunner.findings.rules.rule import Rule

# Said of each object, but of the kind or of all: once will do.
_SAID_ONCE = (KUBERNETES_UNKNOWN_KIND, KUBERNETES_VERSION)
# The origin of a finding that is not of those to look at.
_SELECT = "select"
_ORDER = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


def group_findings(results: Sequence[Result], *, leave_out: Collection[Rule] = ()) -> dict[Finding, list[str]]:
    """Finding → the names of its cases, errors last, then by place. `leave_out` are rules whose notes are not wanted."""
    cases: dict[Finding, list[str]] = {}
    first: dict[Finding, Finding] = {}
    for result in results:
        for finding in result.findings:
            if finding.severity is Severity.NOTE and finding.rule in leave_out:
                continue
            # The same thing said of several objects is one line: the first of them stands for all.
            alike = replace(finding, case="", object="" if finding.file else finding.object)
            if finding.rule in _SAID_ONCE:
                alike = replace(alike, object="", file="")
            cases.setdefault(first.setdefault(alike, replace(finding, case="")), []).append(result.case.name)
    order = sorted(cases, key=lambda one: (_ORDER.index(one.severity), one.file, one.line, one.column))
    return {finding: cases[finding] for finding in order}


def count_suppressed(results: Sequence[Result]) -> dict[str, int]:
    """`ignored` and `not selected` → how many findings are not told, the same finding of many cases once."""
    found: dict[str, int] = {}
    for word, is_wanted in (("ignored", False), ("not selected", True)):
        kept = [
            replace(
                result, findings=tuple(one.finding for one in result.suppressed if (one.origin == _SELECT) is is_wanted)
            )
            for result in results
            if result.suppressed
        ]
        found[word] = len(group_findings(kept))
    return {word: number for word, number in found.items() if number}
