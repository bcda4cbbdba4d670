"""Comments of a YAML file that speak to podrunner: `# podrunner: …`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Mark = tuple[int, int]

_WORD = "podrunner:"
_REMARK = re.compile(rf"(?:^|(?<=\s))#\s*{_WORD}\s*(.*?)\s*\Z")
_NOTHING = re.compile(r"\s*(#.*)?\Z")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: its text behind `podrunner:`, its line, and the line that it is about; lines begin at 1.

    Behind a value it is about its own line; alone in a line it is about the next one that says something.
    """

    text: str
    line: int
    about: int


def find_remarks(text: str, documents: Sequence[yaml.Node]) -> tuple[Remark, ...]:
    """The comments of a YAML text, whose nodes are those of `documents`: what looks like one inside of a value is none."""
    if _WORD not in text:
        return ()
    lines = text.splitlines()
    found = [(number, match) for number, line in enumerate(lines) if (match := _REMARK.search(line))]
    values = [place for node in documents for place in _scalars(node)] if found else []
    return tuple(
        Remark(match[1], number + 1, _about(lines, number))
        for number, match in found
        if not any(start <= (number, match.start()) < end for start, end in values)
    )


def _about(lines: list[str], number: int) -> int:
    if not _NOTHING.match(lines[number]):
        return number + 1
    later = (at for at in range(number + 1, len(lines)) if not _NOTHING.match(lines[at]))
    return next(later, number) + 1


def _scalars(node: yaml.Node) -> Iterator[tuple[Mark, Mark]]:
    """Where the text of each scalar begins and ends, from 0; that of a block begins below its `|`."""
    if isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark, node.end_mark
        begin = (start.line + 1, 0) if node.style in ("|", ">") else (start.line, start.column)
        yield begin, (end.line, end.column)
        return
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            yield from _scalars(one)
