"""Where generated files go: never over one that people wrote."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_to_overwrite(file: Path | None, *, force: bool) -> None:
    """Raise UsageError when a file is there already, unless it may be written over."""
    if file is not None and file.exists() and not force:
        raise UsageError(f"{file}: is there already, and is not written over. Give another name, or --force.")


def write_text(text: str, file: Path | None) -> None:
    """Write a file, or to standard output for None. Raises UsageError when it cannot be written."""
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}.") from None
