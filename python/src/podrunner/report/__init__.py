"""Reports: each a function of the results of a check, each in its own file.

A new format is a module with `write(results) -> str` and a line in `FORMATS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from podrunner.errors import UsageError
from podrunner.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podrunner.check import Result

# Format → module, imported when asked for.
FORMATS = {
    "text": "podrunner.report.text",
    "json": "podrunner.report.json",
    "junit": "podrunner.report.junit",
    "codequality": "podrunner.report.codequality",
    "sarif": "podrunner.report.sarif",
    "html": "podrunner.report.html",
}

__all__ = ["FORMATS", "parse_report", "write_report", "write_text"]


def parse_report(option: str) -> tuple[str, str]:
    """`junit=report.xml` as (format, file); the file is empty for standard output. Raises UsageError."""
    name, _, file = option.partition("=")
    if name not in FORMATS:
        raise UsageError(
            f"--report {option}: no format `{name}`.{did_you_mean(name, FORMATS)} Formats: {listed(FORMATS)}."
        )
    return name, file


def write_report(
    name: str, results: Sequence[Result], file: Path | None = None, *, colour: bool = False, notes: bool = False
) -> None:
    """Write one report to a file, or to standard output. Raises UsageError, see `write_text`."""
    module = importlib.import_module(FORMATS[name])
    text = module.write(results, colour=colour, notes=notes) if name == "text" else module.write(results)
    write_text(text, file)


def write_text(text: str, file: Path | None) -> None:
    """Write to a file, or to standard output. Raises UsageError when the file cannot be written."""
    if file is None:
        print(text, end="")
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}.") from None
