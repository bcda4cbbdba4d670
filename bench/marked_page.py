"""The generated part of a page in docs/, between its two marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page, and the command that writes what is between the marks, such as `make bench-build`."""

    file: Path
    command: str

    @property
    def begin(self) -> str:
        """The line above what is generated."""
        return f"<!-- begin: written by {self.command} -->"

    @property
    def end(self) -> str:
        """The line below."""
        return f"<!-- end: written by {self.command} -->"

    def read(self) -> tuple[str, str]:
        """What is before and behind the marks. Raises UsageError when there are none or the page cannot be read."""
        try:
            text = self.file.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{self.file}: cannot be read: {error.strerror}.") from None
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not (begin and end):
            raise UsageError(f"{self.file}: has no `{self.begin}` with `{self.end}` below it, where the results go.")
        return before, after

    def write(self, block: str) -> None:
        """Replaces what is between the marks. Raises UsageError like `read`."""
        before, after = self.read()
        self.file.write_text(f"{before}{self.begin}\n{block}{self.end}{after}", encoding="utf-8")
