"""The report for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.output.wrap import wrap
from podrunner.preflight.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import NodeKind
    from podrunner.preflight.report import Report

_COLOURS = {Answer.YES: "\x1b[32m", Answer.LIKELY: "\x1b[33m", Answer.NO: "\x1b[31m", Answer.UNKNOWN: "\x1b[33m"}
_END = "\x1b[0m"


def write_text(report: Report, *, colour: bool = False, width: int | None = None) -> str:
    """Facts, the table of modes and nodes with numbered reasons, and what to install or to change.

    `width` is that of the terminal, None for no end of a line.
    """
    told = [*_cluster(report), "", *_table(report, colour=colour), "", *_conclusion(report, colour=colour)]
    for title, notes in (("Not tried", report.untried), ("Not read", report.facts.unread)):
        if notes:
            told += ["", title, *(_Sentence("  - ", note) for note in notes)]
    return "".join(f"{one if isinstance(one, str) else one.wrapped(width)}\n" for one in told)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence behind its label; commands and tables are plain text, which is not broken."""

    label: str
    text: str

    def wrapped(self, width: int | None) -> str:
        return wrap(self.text, width, first=self.label, rest=" " * len(self.label))


def _cluster(report: Report) -> Iterator[str | _Sentence]:
    facts = report.facts
    yield f"Kubernetes {facts.version} at {report.server}"
    yield f"  namespace {facts.namespace}: {_levels(report)}"
    yield from (f"  quota {quota}" for quota in facts.quotas)
    for kind in report.kinds:
        yield _Sentence("  node ", f"{kind.title}: {'; '.join(_node(report, kind)) or 'nothing is known of it'}")
    yield from (f"  node {node.name}: {node.away}, jobs do not get there" for node in facts.nodes if node.away)


def _levels(report: Report) -> str:
    facts = report.facts
    if facts.enforce is None:
        return "its Pod Security labels may not be read"
    warns = f", warns of what is not {facts.warn}" if facts.warn else ""
    return (
        f"Pod Security enforces {facts.enforce}" if facts.enforce else "no Pod Security label enforces a level"
    ) + warns


def _node(report: Report, kind: NodeKind) -> Iterator[str]:
    node, inside = kind.node, report.inside.get(kind.node.name)
    yield from filter(
        None, [node.system, f"Linux {node.kernel}" if node.kernel else "", node.runtime.replace("://", " ")]
    )
    if node.user_namespaces is not None:
        yield f"user namespaces for pods: {_yes(node.user_namespaces)}"
    if node.seccomp_default is not None:
        yield f"seccompDefault: {_yes(node.seccomp_default)}"
    if inside and inside.user_namespaces:
        yield f"user.max_user_namespaces {inside.user_namespaces}"
    if inside and (inside.modules or inside.label):
        yield f"security modules {inside.modules or '?'}" + (f", label {inside.label}" if inside.label else "")
    yield from (f"offers {resource}" for resource in sorted(node.resources))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _table(report: Report, *, colour: bool) -> Iterator[str | _Sentence]:
    """One line a candidate, one column a kind of node; equal reasons share a number."""
    if not report.kinds:
        yield "No node takes jobs."
        return
    reasons: list[str] = []
    rows = [
        [candidate.name, *(_cell(report, candidate, kind, reasons) for kind in report.kinds)]
        for candidate in report.candidates
    ]
    heads = ["preset", *(kind.title for kind in report.kinds)]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    yield "   ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip()
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "   ".join(cells[:1] + [_coloured(cell) if colour else cell for cell in cells[1:]]).rstrip()
    if reasons:
        yield ""
    for number, reason in enumerate(reasons, start=1):
        yield _Sentence(f"[{number}] ", f"{_capital(reason)}.")


def _cell(report: Report, candidate: Candidate, kind: NodeKind, reasons: list[str]) -> str:
    verdict = report.verdict(candidate, kind.node.name)
    if verdict.reason is None:
        return verdict.answer.value
    if verdict.reason.text not in reasons:
        reasons.append(verdict.reason.text)
    return f"{verdict.answer.value} [{reasons.index(verdict.reason.text) + 1}]"


def _coloured(cell: str) -> str:
    answer = next(answer for answer in _COLOURS if cell.startswith(answer.value))
    return f"{_COLOURS[answer]}{cell}{_END}"


def _conclusion(report: Report, *, colour: bool) -> Iterator[str | _Sentence]:
    bold, end = ("\x1b[1m", _END) if colour else ("", "")
    recommendation = report.recommendation
    if recommendation.candidate is None:
        yield f"{bold}No preset fits.{end}"
        yield from _changes(report)
        return
    yield f"{bold}Recommended: {recommendation.candidate.name}{end}"
    for warning in recommendation.warnings:
        yield _Sentence("  ! ", warning)
    if not recommendation.everywhere:
        nodes = ", ".join(recommendation.nodes)
        note = f"Only for {nodes}: keep jobs to such nodes by runners.<name>.config.kubernetes.node_selector."
        yield _Sentence("  ! ", note)
    yield f"  {report.command}"


def _changes(report: Report) -> Iterator[str | _Sentence]:
    ways = report.changes
    if ways:
        yield "What to change, any of these, and then ask again:"
    for fix, names in ways:
        yield _Sentence("  - ", f"{fix} For: {'; '.join(names)}.")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".")
