"""A template's text as the actions it holds: `{{ … }}`, each with its place and its first word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Strings and comments may hold `}}`. A dash is a trim mark only with a space beside it.
_ACTION = re.compile(
    r"""\{\{(?P<trim>-(?=\s))?\s*
    (?: /\*.*?\*/
      | (?P<body>(?: "(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.|[^'\\\n])*' | [^"`'}] | \}(?!\}) )*?)
    )
    \s*(?:(?<=\s)-)?\}\}""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `start` and `end` are offsets, `text` is without braces and in one line, `trims` is `{{-`."""

    start: int
    end: int
    line: int
    text: str
    trims: bool

    @property
    def word(self) -> str:
        """Its first word: `if`, `end`, or the beginning of an expression."""
        return self.text.partition(" ")[0]


def find_actions(text: str) -> Iterator[Action]:
    """All actions of a template, comments left out."""
    for match in _ACTION.finditer(text):
        body = match["body"]
        if body is not None:
            line = text.count("\n", 0, match.start()) + 1
            yield Action(match.start(), match.end(), line, " ".join(body.split()), bool(match["trim"]))
