"""An explanation for people, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from podrunner.explain.collect import what_to_collect
from podrunner.output.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.explain.diagnosis import Diagnosis, EvidenceLine, Explanation
    from podrunner.values.change import ValueChange

# Diagnoses that are told in full, and how far behind the first one they may be.
_IN_FULL, _NEAR = 3, 25
_KIND_NAMES = {
    "node": "a node",
    "cluster": "the cluster",
    "values": "the runner's configuration",
    "registry": "a registry",
    "network": "the network",
    "user": "the pipeline or the Containerfile",
}


def write_text(
    explanation: Explanation,
    changes: Sequence[Sequence[ValueChange]],
    unread: Sequence[str],
    *,
    pod: str = "",
    colour: bool = False,
    width: int | None = None,
) -> str:
    """The report for people. `changes` are those of each diagnosis, in their order.

    `width` is that of the terminal, None for no end of a line.
    """
    bold, dim, red = ("\x1b[1m", "\x1b[2m", "\x1b[1;31m") if colour else ("", "", "")
    end = "\x1b[0m" if colour else ""
    lines: list[str] = []
    if explanation.cause is None:
        lines += [f"{bold}No cause found{end} in {_what(explanation, pod)}.", ""]
    told, rest = _told(explanation)
    for number, diagnosis in enumerate(told):
        mark = red if diagnosis.names_a_cause and number == 0 else bold
        lines += [f"{mark}{diagnosis.title}{end}  {dim}[{diagnosis.id}]{end}"]
        lines += [*_body(diagnosis, changes[number] if number < len(changes) else (), width), ""]
    if rest:
        lines += [f"{bold}Also seen{end}"]
        lines += [f"  {_place(diagnosis.evidence)}{diagnosis.title} [{diagnosis.id}]" for diagnosis in rest] + [""]
    if explanation.cause is None:
        lines += [f"{bold}What to collect{end}"]
        lines += [*(_labelled("  - ", sentence, width) for sentence in what_to_collect(explanation, pod)), ""]
    if unread:
        lines += [f"{bold}Not read{end}", *(_labelled("  - ", one, width) for one in unread), ""]
    return "\n".join(lines)


def _told(explanation: Explanation) -> tuple[list[Diagnosis], list[Diagnosis]]:
    """What is told in full, and what is only named."""
    every = list(explanation.diagnoses)
    if explanation.cause is None:
        return [], every
    near = [one for one in every[:_IN_FULL] if one.score >= every[0].score - _NEAR and one.names_a_cause]
    return near, every[len(near) :]


def _body(diagnosis: Diagnosis, changes: Sequence[ValueChange], width: int | None) -> Iterator[str]:
    yield _labelled("  Cause   ", diagnosis.cause, width)
    yield _labelled("  Fix     ", diagnosis.fix, width)
    yield _labelled("  Sure    ", _sureness(diagnosis), width)
    yield f"  At      {_KIND_NAMES[diagnosis.kind]}"
    if diagnosis.values:
        label = "  Values  "
        for line in diagnosis.values.splitlines():
            yield label + line
            label = " " * len(label)
    label = "  Change  "
    for change in changes:
        yield label + str(change)
        label = " " * len(label)
    label = "  Seen    "
    for evidence in diagnosis.evidence:
        yield f"{label}{_numbered(evidence)}  {evidence.text}"
        label = " " * len(label)
    hidden = diagnosis.count - len(diagnosis.evidence)
    if hidden > 0:
        yield f"{label}and {hidden} more like it"
    if diagnosis.consequences:
        yield _labelled("  Led to  ", "; ".join(diagnosis.consequences), width)


def _sureness(diagnosis: Diagnosis) -> str:
    if not diagnosis.decide:
        return diagnosis.certainty
    other = diagnosis.rival or "something that the log does not show"
    return f"{diagnosis.certainty}. It may also be: {other}. What decides: {diagnosis.decide}."


def _numbered(evidence: EvidenceLine) -> str:
    return f"{evidence.source or 'line'} {evidence.line}"


def _place(evidence: Sequence[EvidenceLine]) -> str:
    return f"{_numbered(evidence[-1])}: " if evidence else ""


def _labelled(label: str, text: str, width: int | None) -> str:
    return wrap(text, width, first=label, rest=" " * len(label))


def _what(explanation: Explanation, pod: str) -> str:
    what = f"{explanation.lines} line{'' if explanation.lines == 1 else 's'} of log"
    return f"pod {pod} and {what}" if pod else what


def write_json(
    explanation: Explanation, changes: Sequence[Sequence[ValueChange]], unread: Sequence[str], *, pod: str = ""
) -> str:
    """The report for programs; docs/explain.md describes the keys."""
    found = []
    for number, diagnosis in enumerate(explanation.diagnoses):
        own = changes[number] if number < len(changes) else ()
        found.append({**asdict(diagnosis), "changes": [_change(change) for change in own]})
    cause = explanation.cause
    report = {
        "cause": cause.id if cause else None,
        "diagnoses": found,
        "succeeded": explanation.succeeded,
        "lines": explanation.lines,
        "runner": explanation.runner,
        "collect": [] if cause else what_to_collect(explanation, pod),
        "unread": list(unread),
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _change(change: ValueChange) -> dict[str, Any]:
    return {**asdict(change), "text": str(change)}
