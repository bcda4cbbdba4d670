"""The verdicts of one half as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.explain.judge import Outcome, Verdict
from bench.explain.labelled import WHO
from bench.score import counted, head, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RIGHT = (Outcome.RIGHT, Outcome.WITHOUT_FIX)


def make_table(half: str, verdicts: Sequence[Verdict]) -> str:
    """The table of one half, by who failed and in sum, and what certainties are worth; Markdown."""
    heads = ["who failed", "logs", *(one.value for one in Outcome), "harmful", "secrets shown", "dangerous advice"]
    groups = {who: [one for one in verdicts if one.who == who] for who in WHO}
    groups["traps"] = [one for one in verdicts if one.label.is_trap]
    rows = [_row(name, group) for name, group in [*groups.items(), ("**all**", verdicts)]]
    return "\n".join([head(half, heads), *rows, "", *_certainties(verdicts)]) + "\n"


def list_faults(verdicts: Sequence[Verdict]) -> str:
    """A line for each log that is not right: what is true, and what was said."""
    return "".join(
        f"{one.label.file.name}: {one.outcome.value}: {'/'.join(one.label.causes)}, said {one.said or 'nothing'}"
        f"{', harmful' if one.harmful else ''}{f', dangerous: {one.dangerous}' if one.dangerous else ''}\n"
        for one in verdicts
        if one.outcome is not Outcome.RIGHT or one.harmful or one.dangerous or one.secrets
    )


def share(verdicts: Sequence[Verdict], *outcomes: Outcome) -> float:
    """How many of the verdicts are one of these, 0 to 1."""
    return sum(one.outcome in outcomes for one in verdicts) / len(verdicts)


def _row(name: str, group: Sequence[Verdict]) -> str:
    counts = [sum(one.outcome is outcome for one in group) for outcome in Outcome]
    seen = [
        sum(one.harmful for one in group),
        sum(bool(one.secrets) for one in group),
        sum(bool(one.dangerous) for one in group),
    ]
    return row([name, str(len(group)), *counted(counts, len(group)), *map(str, seen)])


def _certainties(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Of those said with each certainty: how many tell the true cause."""
    said = [one for one in verdicts if one.said]
    for name in sorted({one.certainty for one in said}):
        group = [one for one in said if one.certainty == name]
        right = sum(one.outcome in _RIGHT for one in group)
        yield f"said {f'as {name}' if name else 'without a certainty'}: {right} of {len(group)} right ({100 * right / len(group):.0f} %)"
