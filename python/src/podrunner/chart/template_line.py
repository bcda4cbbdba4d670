"""Where in a template a field of a rendered object is written, as far as its text alone can say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.findings.path import Path

_KEY = re.compile(
    r"""(?P<space> *)(?P<dashes>(?:-[ ]+)*)(?P<quote>["']?)(?P<key>[\w./-]+)(?P=quote)[ ]*:(?P<rest>[ ].*|$)"""
)
_ITEM = re.compile(r"(?P<space> *)(?P<dashes>(?:-[ ]+)*-)(?:[ ]|$)")
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_SEPARATOR = re.compile(r"---(?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with a key, with the beginning of an item of a list, or both. Dashes are part of the indentation."""

    number: int
    indent: int
    key: str
    rest: str
    items: tuple[int, ...]


def template_line(template: str, name: str, path: Path) -> int:
    """The line that writes a field of an object, `Deployment/web`, or the last one on the way to it; 0 where none does.

    What an `include` or a loop writes is found at the last key above it that the template itself writes. Of several
    objects of a kind, it is the one whose name stands there, else the first.
    """
    kind, _, name = name.partition("/")
    documents = [(lines, line) for lines in _documents(template) for line in lines if _says(line, "kind", kind)]
    named = [one for one in documents if any(_says(line, "name", name) for line in one[0])]
    for lines, found in [*named, *documents][:1]:
        return _walk(lines, path) or found.number
    return 0


def _says(line: _Line, key: str, value: str) -> bool:
    """Whether a line has a value at a key; a name may also be within braces."""
    told = line.rest.strip()
    within = rf"""\bname: *["']?{re.escape(value)}["']?[,}} ]"""
    inner = key == "name" and line.key == "metadata" and re.search(within, told)
    return bool(inner) or (line.key == key and told.strip("\"'") == value)


def _walk(lines: tuple[_Line, ...], path: Path) -> int:
    number, block, indent = 0, lines, -1
    for part in path:
        item = _item(block, part) if isinstance(part, int) else None
        if item is not None:
            block = item
            number = block[0].number
            continue
        found = next((at for at, line in enumerate(block) if line.key == part and _is_child(block, at)), None)
        if isinstance(part, int) or found is None:
            break
        line = block[found]
        number, indent = line.number, line.indent
        if re.search(r"\{[^{]", line.rest):
            break
        block = _below(block[found + 1 :], indent)
        if not block:
            break
    return number


def _is_child(block: tuple[_Line, ...], at: int) -> bool:
    """Whether a line is as little indented as any key before it: not below one of them."""
    return block[at].indent <= min(line.indent for line in block[: at + 1] if line.key)


def _below(lines: tuple[_Line, ...], indent: int) -> tuple[_Line, ...]:
    """The lines that belong to a key: what is further in, and items that are as far in as the key."""
    for at, line in enumerate(lines):
        if min((line.indent, *line.items)) < indent or (line.indent == indent and not line.items):
            return lines[:at]
        if line.items and line.items[0] < indent:
            return lines[:at]
    return lines


def _item(block: tuple[_Line, ...], index: int) -> tuple[_Line, ...] | None:
    """The lines of an item, where the template writes each by itself."""
    if not block or not block[0].items:
        return None
    first = block[0].items[0]
    starts = [at for at, line in enumerate(block) if line.items[:1] == (first,)]
    if index >= len(starts):
        return block[starts[-1] :]
    bounds = dict(pairwise([*starts, len(block)]))
    return block[starts[index] : bounds[starts[index]]]


@lru_cache(maxsize=256)
def _documents(template: str) -> tuple[tuple[_Line, ...], ...]:
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), template)
    documents: list[list[_Line]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if _SEPARATOR.match(line):
            documents.append([])
        elif read := _read(number, line):
            documents[-1].append(read)
    return tuple(tuple(lines) for lines in documents)


def _read(number: int, line: str) -> _Line | None:
    """A line of the template; None for one that writes no key and begins no item."""
    key, item = _KEY.match(line), _ITEM.match(line)
    if not key and not item:
        return None
    dashes = line[: item.end("dashes")] if item else ""
    items = tuple(at for at, character in enumerate(dashes) if character == "-")
    if not key:
        return _Line(number, len(dashes) + 1, "", "", items)
    return _Line(number, key.start("key") - len(key["quote"]), key["key"], key["rest"], items)
