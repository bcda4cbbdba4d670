"""What the comments of chart/values.yaml say of each key: the one place where a value is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Value:
    """A key of values.yaml: its dotted path, its line (from 1), the comment above it without "#", and its default."""

    path: str
    line: int
    comment: tuple[str, ...]
    default: Any

    @property
    def text(self) -> str:
        """The comment without its examples, one space between words."""
        return " ".join(" ".join(line.split()) for line in self.comment if not line.startswith(" "))


def read(text: str) -> list[Value]:
    """Every key of the maps in values.yaml, in order; keys of maps that stand on one line are not keys of their own."""
    lines = text.splitlines()
    return list(_keys(yaml.compose(text, Loader=yaml.SafeLoader), lines, ""))


def _keys(node: yaml.Node | None, lines: list[str], parent: str) -> Iterator[Value]:
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return
    for key, value in node.value:
        path = f"{parent}.{key.value}".lstrip(".")
        default = yaml.safe_load(yaml.serialize(value))
        yield Value(path, key.start_mark.line + 1, _above(lines, key.start_mark.line, key.start_mark.column), default)
        yield from _keys(value, lines, path)


def _above(lines: list[str], row: int, column: int) -> tuple[str, ...]:
    """The lines of comment that stand right above a key, as far indented as it is."""
    first = row
    while first > 0 and lines[first - 1].startswith(" " * column + "#"):
        first -= 1
    return tuple(line[column + 1 :].removeprefix(" ") for line in lines[first:row])
