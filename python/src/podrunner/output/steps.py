"""What the smoke says while it works: one line a step, a spinner on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from podrunner.output.streams import OutputError, give_up
from podrunner.output.terminal import wants_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.text import Text


def count(number: int, thing: str) -> str:
    """`1 commit`, `2 commits`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Progress:
    """Prints steps as they begin and end, with the lines of a job's log between."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        """Quiet: nothing is printed of what goes well."""
        self._stream = stream or sys.stdout
        self._quiet = quiet
        # Takes secrets out of all that is printed, where there may be any.
        self.redact: Callable[[str], str] = str
        self._console: Console | None = None
        # Why nothing could be printed any more, such as a full disk.
        self.failure: OutputError | None = None
        if wants_colour(self._stream):
            from rich.console import Console

            self._console = Console(file=self._stream, highlight=False)

    def heading(self, text: str) -> None:
        """Begins a part of the run."""
        self._say(text, "bold")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A step: ✓ and its time when the block ends, ✗ when it raises."""
        start = time.monotonic()
        try:
            with self._waiting(text):
                yield
        except BaseException:
            self._print(f" ✗ {text}", "red")
            raise
        self._say(f" ✓ {text} ({time.monotonic() - start:.0f} s)", "green")

    @contextmanager
    def _waiting(self, text: str) -> Iterator[None]:
        if self._console is None or self._quiet:
            self._say(f" • {text} …")
            yield
        else:
            with self._console.status(f"{self.redact(text)} …"):
                yield

    def done(self, text: str) -> None:
        """Something that holds."""
        self._say(f" ✓ {text}", "green")

    def failed(self, text: str) -> None:
        """Something that does not hold."""
        self._print(f" ✗ {text}", "red")

    def note(self, text: str) -> None:
        """Something people should know that is not a failure."""
        self._print(f" ! {text}", "yellow")

    def plain(self, text: str) -> None:
        """Lines as they are."""
        self._print(text)

    def urgent(self, text: str) -> None:
        """Print a note from within a signal handler, in the middle of whatever is printed."""
        try:
            # Not by the stream: it may be in use right now.
            line = f" ! {text}\n".encode(self._stream.encoding or "utf-8", self._stream.errors or "strict")
            os.write(self._stream.fileno(), line)
        except (OSError, ValueError):
            self.note(text)

    def log(self, line: str) -> None:
        """A line of the job's log; its colours stay on a terminal."""
        line = self.redact(line)
        if self._console is None:
            self._say(f"   │ {_ESCAPES.sub('', line)}")
        else:
            from rich.text import Text

            self._say(Text("   │ ", "dim") + Text.from_ansi(line))

    def _say(self, text: str | Text, style: str = "") -> None:
        if not self._quiet:
            self._print(text, style)

    def _print(self, text: str | Text, style: str = "") -> None:
        text = self.redact(text) if isinstance(text, str) else text
        try:
            if self._console is None:
                print(text, file=self._stream, flush=True)
            else:
                self._console.print(text, style=style, markup=False)
        except OSError as error:
            # Nobody reads any more: the end, as that of a terminal. What was made is removed, and that is said to nobody.
            give_up(self._stream)
            if not isinstance(error, BrokenPipeError):
                self.failure = OutputError(f"the output cannot be written: {error.strerror}.")
            signal.raise_signal(signal.SIGHUP)
