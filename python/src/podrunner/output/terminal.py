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


def width_of(stream: TextIO) -> int | None:
    """How many columns a terminal has; None for what is none, such as a file or a pipe."""
    if not stream.isatty():
        return None
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns) or None
    except (OSError, ValueError):
        return None


def progress(items: Iterable[T], what: str, total: int, *, quiet: bool = False) -> Iterable[T]:
    """The items, with a progress bar on standard error while they are worked through, on a terminal only."""
    if quiet or total < _MANY or not wants_colour(sys.stderr):
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, what, total, console=Console(stderr=True), transient=True)
