"""Text from standard input: in UTF-8, whatever the locale."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from typing import TextIO

# How people name standard input where a file is asked for, and what messages call it.
DASH = "-"
STANDARD_INPUT = "standard input"


def standard_input() -> TextIO:
    """Standard input. Raises UsageError where a process was started without one."""
    stream: TextIO | None = sys.stdin
    if stream is None:
        raise UsageError(f"{STANDARD_INPUT}: cannot be read: it is closed.")
    return stream


def read_standard_input() -> str:
    """All of standard input. Raises UsageError for what is not text."""
    stream = standard_input()
    buffer = getattr(stream, "buffer", None)
    try:
        return str(stream.read()) if buffer is None else buffer.read().decode("utf-8")
    except ValueError as error:
        raise UsageError(f"{STANDARD_INPUT}: cannot be read: {error}.") from None
    except OSError as error:
        raise UsageError(f"{STANDARD_INPUT}: cannot be read: {error.strerror}.") from None
