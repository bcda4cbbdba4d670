"""Names of runners as keys of values: short, lower-case, each once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Long enough to tell runners apart, short enough to be read in the names of objects and of an environment variable. The chart
# takes 63 characters.
LONGEST = 16


def valid_names(names: Iterable[str]) -> list[str]:
    """One valid name for each, in their order; `runner` for one of which nothing is left."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "runner"
        found.append(_free(_short(plain), found))
    return found


def _short(name: str) -> str:
    """The name, cut between two words where the last one would be cut in two."""
    if len(name) <= LONGEST:
        return name
    whole, dash, _ = name[: LONGEST + 1].rpartition("-")
    return (whole if dash and len(whole) >= LONGEST // 2 else name[:LONGEST]).rstrip("-")


def _free(name: str, taken: list[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        suffix = f"-{number}"
        candidate = name[: LONGEST - len(suffix)].rstrip("-") + suffix
        number += 1
    return candidate
