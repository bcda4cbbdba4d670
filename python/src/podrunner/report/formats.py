"""The formats of a report.

A new format is a module with `write(results) -> str` and a line in `FORMATS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.output.files import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podrunner.check.result import Result

# Format → module, imported when asked for.
FORMATS = {
    "text": "podrunner.report.text",
    "json": "podrunner.report.json",
    "junit": "podrunner.report.junit",
    "codequality": "podrunner.report.codequality",
    "sarif": "podrunner.report.sarif",
    "html": "podrunner.report.html",
}


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
    write_text(text, file, for_people=name == "text")
