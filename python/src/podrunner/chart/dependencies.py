"""Dependencies of a chart: those that Chart.yaml names have to be in `charts/` before Helm renders all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.chart.chart_file import read_chart_file
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import listed

if TYPE_CHECKING:
    from pathlib import Path

    from podrunner.chart.chart import Chart


def refuse_library_chart(chart: Chart) -> None:
    """Raise UsageError for a chart that other charts take from and that renders nothing by itself."""
    if chart.file.is_library:
        raise UsageError(f"{chart.source}: a library chart renders nothing by itself. Check a chart that uses it.")


def refuse_missing_dependencies(chart: Chart) -> None:
    """Raise UsageError that names the dependencies that are not there: the library renders without them.

    Those that are switched off have to be there, too, as the helm command demands.
    """
    missing = [name for name in chart.file.dependencies if not _is_there(name, chart.path / "charts")]
    if missing:
        raise UsageError(
            f"{chart.source}: Chart.yaml names dependencies that are not in {chart.source / 'charts'}: "
            f"{listed(missing)}. Fetch them with `helm dependency build {chart.source}`."
        )


def _is_there(name: str, folder: Path) -> bool:
    archive = re.compile(rf"{re.escape(name)}-v?\d.*\.tgz\Z")
    return any(
        archive.match(entry.name)
        or ((entry / "Chart.yaml").is_file() and name in (entry.name, read_chart_file(entry, entry).name))
        for entry in (folder.iterdir() if folder.is_dir() else ())
    )
