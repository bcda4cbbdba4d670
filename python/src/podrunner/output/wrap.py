"""Sentences broken at the width of a terminal."""

from __future__ import annotations

import re

# A terminal does not show them, so they have no width.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# In narrower ones lines are hardly more than words.
_NARROWEST = 40


def wrap(text: str, width: int | None, *, first: str = "", rest: str = "") -> str:
    """Text in lines of at most `width` columns (None: one line), the first behind `first`, the others behind `rest`.

    Words are never broken: paths and commands are copied from terminals.
    """
    if width is None:
        return first + text
    space = max(width, _NARROWEST)
    lines, line = [], first
    used = shown_width(first)
    for index, word in enumerate(text.split(" ")):
        needed = shown_width(word)
        if index and used + 1 + needed > space:
            lines.append(line)
            line, used = rest + word, shown_width(rest) + needed
        else:
            gap = " " if index else ""
            line, used = line + gap + word, used + len(gap) + needed
    return "\n".join([*lines, line])


def shown_width(text: str) -> int:
    """How many columns a terminal needs for a text."""
    return len(_COLOURS.sub("", text))
