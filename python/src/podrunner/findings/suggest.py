"""Nearest name for a misspelling, as the end of a sentence."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters of a list: with its sentence it is no longer than two lines of a terminal.
_LONGEST = 120
_HARDLY_ANY = 2
# Letters by which two words differ that are meant to be the same.
_MISSPELT = 2


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, whatever the case, or None when nothing is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` Did you mean `x`?` with a leading space, or nothing."""
    found = nearest(word, choices)
    return f" Did you mean `{found}`?" if found else ""


def is_misspelt(word: str, meant: str) -> bool:
    """Whether two words differ, and in two letters at most."""
    same = sum(block.size for block in difflib.SequenceMatcher(None, word, meant).get_matching_blocks())
    return word != meant and max(len(word), len(meant)) - same <= _MISSPELT


def listed(words: Iterable[object], limit: int = 12) -> str:
    """Words in one line, in the order given, cut after `limit` of them or a line and a half, with the number left out."""
    every = [str(word) for word in words]
    number = min(len(every), limit, _fitting(every))
    shown = ", ".join(every[:number])
    return f"{shown}, and {len(every) - number} more" if len(every) > number else shown


def _fitting(words: list[str]) -> int:
    """How many words fit; all of them when hardly any would be left out."""
    length = 0
    for number, word in enumerate(words):
        length += len(word) + 2
        if length > _LONGEST:
            return number if len(words) - number > _HARDLY_ANY else len(words)
    return len(words)
