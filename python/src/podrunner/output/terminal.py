"""What a terminal allows: colours and progress, or plain lines for logs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
# Below this a check is over before anybody reads a progress bar.
_MANY = 100


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal that may be coloured: neither NO_COLOR nor CI is set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("CI") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def progress(items: Iterable[T], what: str, total: int) -> Iterable[T]:
    """The items, with a progress bar on standard error while they are worked through, on a terminal only."""
    if total < _MANY or not wants_colour(sys.stderr):
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, what, total, console=Console(stderr=True), transient=True)
