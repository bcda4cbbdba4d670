"""What Helm's library prints on standard error by itself: warnings that quote values, such as those it ignores."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STDERR = 2


@contextmanager
def without_secrets(redact: Callable[[str], str]) -> Iterator[None]:
    """Hold back what is printed within, and print it afterwards without secrets."""
    file = _file(os.getpid())
    try:
        kept = os.dup(_STDERR)
    except OSError:
        # Nothing can be printed.
        yield
        return
    os.dup2(file.fileno(), _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        if os.fstat(file.fileno()).st_size:
            sys.stderr.write(redact(_taken(file)))


def _taken(file: IO[bytes]) -> str:
    file.seek(0)
    text = file.read().decode("utf-8", errors="replace")
    file.seek(0)
    file.truncate()
    return text


@lru_cache(maxsize=1)
def _file(process: int) -> IO[bytes]:
    """A file of this process alone: one that it shares with another would mix what both say."""
    del process
    file = tempfile.TemporaryFile()  # noqa: SIM115, it stays open as long as the process
    atexit.register(file.close)
    return file
