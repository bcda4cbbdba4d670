"""Where generated files go: never over one that people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.output.streams import encode, show, show_data

if TYPE_CHECKING:
    from pathlib import Path


def refuse_to_overwrite(file: Path | None, *, force: bool) -> None:
    """Raise UsageError when a file is there already, unless it may be written over."""
    if file is not None and file.exists() and not force:
        raise UsageError(f"{file}: is there already, and is not written over. Give another name, or --force.")


def write_text(text: str, file: Path | None, *, for_people: bool = False) -> None:
    """Write a file in UTF-8, or to standard output for None. Raises UsageError when it cannot be written.

    Standard output takes what is for programs in UTF-8, too, and what is for people in its own encoding.
    """
    if file is None:
        (show if for_people else show_data)(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode(text))
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}.") from None
