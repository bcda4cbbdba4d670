"""The formats of a report.

A new format is a module with `write(results) -> str` and a line in `FORMATS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

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


def write_report(
    name: str,
    results: Sequence[Result],
    file: Path | None = None,
    *,
    colour: bool = False,
    notes: bool = False,
    quiet: bool = False,
    width: int | None = None,
) -> None:
    """Write one report to a file, or to standard output. Raises UsageError, see `write_text`.

    The last four are those of the report as text.
    """
    module = importlib.import_module(FORMATS[name])
    if name == "text":
        write_text(module.write(results, colour=colour, notes=notes, quiet=quiet, width=width), file, for_people=True)
    else:
        write_text(module.write(results), file)
