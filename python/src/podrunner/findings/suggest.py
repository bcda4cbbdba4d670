"""Nearest name for a misspelling, as the end of a sentence."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, whatever the case, or None when nothing is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` Did you mean `x`?` with a leading space, or nothing."""
    found = nearest(word, choices)
    return f" Did you mean `{found}`?" if found else ""


def listed(words: Iterable[object], limit: int = 12) -> str:
    """Words in one line, sorted as given, cut after `limit` with the number left out."""
    every = [str(word) for word in words]
    shown = ", ".join(every[:limit])
    return f"{shown}, and {len(every) - limit} more" if len(every) > limit else shown
