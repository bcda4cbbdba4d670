"""Standard output and standard error as they are found: closed, full, or in an encoding that has no ✓."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from typing import TextIO

_ERRORS = "podrunner-plain"
# What is printed for people, in an encoding that has no such character.
_PLAIN = dict(zip("✓✗•│…→≥≤≠", ("+", "x", "*", "|", "...", "->", ">=", "<=", "!="), strict=True))


class OutputError(UsageError):
    """Standard output cannot be written, for a disk that is full."""


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that cannot be encoded: a similar one, else its escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or _escaped(one) for one in characters), error.end


def _escaped(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode()


def adapt_streams() -> None:
    """Make standard output and standard error take every text, whatever their encoding, and also when they are closed."""
    codecs.register_error(_ERRORS, _plain)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def show(text: str) -> None:
    """Write what people read to standard output. Raises OutputError."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _lost(error) from None


def show_data(text: str) -> None:
    """Write what programs read to standard output: in UTF-8, as into a file, whatever its encoding. Raises OutputError."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        show(text)
        return
    flush()
    try:
        buffer.write(encode(text))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _lost(error) from None


def flush() -> None:
    """Write what waits to be written. Raises OutputError."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _lost(error) from None


def _lost(error: OSError) -> OutputError:
    give_up(sys.stdout)
    return OutputError(f"standard output cannot be written: {error.strerror}.")


def encode(text: str) -> bytes:
    """UTF-8; what is not UTF-8 in the name of a file is escaped."""
    return text.encode("utf-8", "backslashreplace")


def give_up(stream: TextIO) -> None:
    """Let all that is still to be written to a stream go nowhere, so that Python's end does not fail at it once more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        # Not a stream of the system, such as that of a test.
        return


def say(text: str) -> None:
    """A line on standard error; nothing where that cannot be written either."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        give_up(sys.stderr)
