"""Patterns of config.toml, read as Go's regexp does: RE2, not anchored.

google-re2 would be the reference itself; it is compiled C++, and this package is one that pip installs everywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
# What Python knows and Go does not: looking around, references back, conditions, comments, atomic groups.
_FOREIGN = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:[=!#>(]|<[=!]|P=)|\\[1-9])")
_PART = re.compile(r"\[:(?P<name>[a-z]+):\]|(?P<escape>\\.)|(?P<end>\$)|(?P<set>\[\^?\]?)|(?P<close>\])", re.DOTALL)


@lru_cache(maxsize=1024)
def go_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern for `search`; None for what Go would not compile."""
    if _FOREIGN.search(pattern):
        return None
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except (re.error, OverflowError):
        return None


def _translated(pattern: str) -> str:
    inside = False
    multiline = re.match(r"\(\?[a-zA-Z]*m", pattern) is not None

    def part(match: re.Match[str]) -> str:
        nonlocal inside
        if match["name"]:
            return _CLASSES.get(match["name"], match[0]) if inside else match[0]
        if match["set"]:
            text = match["set"] if not inside else match["set"].replace("[", r"\[", 1)
            inside = True
            return text
        if match["close"]:
            inside = False
        if match["escape"] == r"\z":
            return r"\Z"
        # In Go, $ is the end of the text; in Python, the place before a last line break, too.
        return r"\Z" if match["end"] and not inside and not multiline else match[0]

    return _PART.sub(part, pattern)
