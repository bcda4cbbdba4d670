"""A comparison as a comment of a merge request: short when nothing changed, folded where it is long."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from podrunner.diff.entry import Consequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.diff.entry import Group
    from podrunner.diff.report import Comparison

# By it a bot finds the comment that it wrote before.
MARK = "<!-- podrunner diff -->"
# GitHub takes 65,536 characters in a comment and a summary line has to fit, too.
_LIMIT = 60_000
_OPEN = (Consequence.IMMUTABLE, Consequence.RESTART, Consequence.WIDER)


def write(comparison: Comparison) -> str:
    """The mark, a sentence, and a section for each consequence; what leads to nothing is folded."""
    sides = f"{code(comparison.old)} → {code(comparison.new)}"
    head = f"{MARK}\n**podrunner diff** {sides}: {comparison.summary()}.\n"
    head += "".join(f"\n{remark}\n" for remark in comparison.remarks())
    return head + "".join(_fitting([*_blocks(comparison)], _LIMIT - len(head)))


def _blocks(comparison: Comparison) -> Iterator[tuple[str, list[str], str]]:
    """(opening, entries, end) of each section."""
    for heading, consequence, groups in comparison.sections():
        is_open = " open" if consequence in _OPEN else ""
        opening = f"\n<details{is_open}><summary><b>{heading}</b> ({len(groups)})</summary>\n\n"
        yield opening, list(_entries(comparison, groups)), "\n</details>\n"


def _entries(comparison: Comparison, groups: Sequence[Group]) -> Iterator[str]:
    for _, alike in itertools.groupby(groups, key=lambda group: group.cases):
        every = list(alike)
        where = comparison.where(every[0], code)
        if where:
            yield f"\n{where}:\n\n"
        yield from map(_entry, every)


def _entry(group: Group) -> str:
    entry = group.entry
    head, *rest = entry.text.splitlines() or [""]
    said = ": ".join(
        part for part in (" ".join(map(code, filter(None, (entry.subject, entry.path)))), code(head)) if part
    )
    lines = [f"- {said}"]
    if entry.advice:
        lines.append(f"  <br>{entry.advice}")
    if rest:
        fence = "`" * max(3, _longest(entry.text) + 1)
        lines += [f"\n  {fence}diff", *(f"  {line.removeprefix('    ')}" for line in rest), f"  {fence}"]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Text as it is, whatever Markdown it looks like; nothing for nothing."""
    text = " ".join(text.split())
    if not text:
        return ""
    ticks = "`" * (_longest(text) + 1)
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{gap}{text}{gap}{ticks}"


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _fitting(blocks: list[tuple[str, list[str], str]], room: int) -> Iterator[str]:
    """The sections as far as they fit, each closed, with a word about what was left out."""
    left_out = 0
    for opening, entries, end in blocks:
        room -= len(opening) + len(end)
        yield opening
        for entry in entries:
            room -= len(entry)
            if room > 0:
                yield entry
            else:
                left_out += 1
        yield end
    if left_out:
        yield f"\n{left_out} more do not fit into a comment: `podrunner diff` prints all of them.\n"
