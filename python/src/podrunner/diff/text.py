"""A comparison for people at a terminal: a line a change, the worst consequence first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from podrunner.diff.entry import Consequence
from podrunner.output.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.diff.entry import Group
    from podrunner.diff.report import Comparison

_COLOURS = {
    Consequence.IMMUTABLE: "31",
    Consequence.RESTART: "33",
    Consequence.WIDER: "35",
    Consequence.CASE: "36",
    Consequence.OTHER: "0",
}


def write(comparison: Comparison, *, colour: bool = False, quiet: bool = False, width: int | None = None) -> str:
    """Sections with their changes, grouped by the cases that agree, then the summary unless it is to be quiet.

    `width` is that of the terminal, None for no end of a line.
    """
    lines = list(_lines(comparison, width, colour=colour))
    summary = f"{comparison.old} → {comparison.new}: {comparison.summary()}"
    if not quiet:
        lines += [wrap(remark, width, rest="    ") for remark in comparison.remarks()]
        lines.append(wrap(_painted(summary, "" if comparison.groups else "32", colour=colour), width, rest="    "))
    return "".join(f"{line}\n" for line in lines)


def _lines(comparison: Comparison, width: int | None, *, colour: bool) -> Iterator[str]:
    for heading, consequence, groups in comparison.sections():
        yield _painted(heading, _COLOURS[consequence], colour=colour)
        for _, alike in itertools.groupby(groups, key=lambda group: group.cases):
            every = list(alike)
            if where := comparison.where(every[0]):
                yield f"  {where}"
            for one in every:
                yield from _entry(one, width, colour=colour)
        yield ""


def _entry(group: Group, width: int | None, *, colour: bool) -> Iterator[str]:
    # What is below the first line are values, which stay as they are.
    first, *rest = str(group.entry).splitlines()
    yield wrap(first, width, first="    ", rest="      ").rstrip()
    for line in rest:
        sign = {"-": "31", "+": "32"}.get(line.strip()[:1], "")
        yield f"    {_painted(line, sign, colour=colour)}"
    if group.entry.advice:
        yield wrap(group.entry.advice, width, first="        ", rest="        ")


def _painted(text: str, number: str, *, colour: bool) -> str:
    return f"\x1b[1;{number}m{text}\x1b[0m" if colour and number else text
