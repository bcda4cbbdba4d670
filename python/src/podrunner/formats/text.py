"""Text from standard input: in UTF-8, whatever the locale."""

from __future__ import annotations

import sys

from podrunner.findings.errors import UsageError

# How people name standard input where a file is asked for, and what messages call it.
DASH = "-"
STANDARD_INPUT = "standard input"


def read_standard_input() -> str:
    """All of standard input. Raises UsageError for what is not text."""
    buffer = getattr(sys.stdin, "buffer", None)
    try:
        return str(sys.stdin.read()) if buffer is None else buffer.read().decode("utf-8")
    except ValueError as error:
        raise UsageError(f"{STANDARD_INPUT}: cannot be read: {error}.") from None
