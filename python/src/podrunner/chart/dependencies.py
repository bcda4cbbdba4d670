"""Dependencies of a chart: those that Chart.yaml names have to be in `charts/` before Helm renders all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.chart.chart import read_chart_file
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import listed
from podrunner.formats.placed import load_values

if TYPE_CHECKING:
    from pathlib import Path

# requirements.yaml is where charts of apiVersion v1 have them.
_FILES = ("Chart.yaml", "requirements.yaml")


def refuse_library_chart(chart: Path) -> None:
    """Raise UsageError for a chart that other charts take from and that renders nothing by itself."""
    if load_values(chart / "Chart.yaml").data.get("type") == "library":
        raise UsageError(f"{chart}: a library chart renders nothing by itself. Check a chart that uses it.")


def refuse_missing_dependencies(chart: Path) -> None:
    """Raise UsageError that names the dependencies that are not there: the library renders without them.

    Those that are switched off have to be there, too, as the helm command demands.
    """
    missing = [name for name in _wanted(chart) if not _is_there(name, chart / "charts")]
    if missing:
        raise UsageError(
            f"{chart}: Chart.yaml names dependencies that are not in {chart / 'charts'}: {listed(missing)}. "
            f"Fetch them with `helm dependency build {chart}`."
        )


def _wanted(chart: Path) -> list[str]:
    files = [chart / name for name in _FILES if (chart / name).is_file()]
    found = [load_values(file).data.get("dependencies") for file in files]
    entries = [entry for part in found if isinstance(part, list) for entry in part]
    return list(dict.fromkeys(str(one["name"]) for one in entries if isinstance(one, dict) and one.get("name")))


def _is_there(name: str, folder: Path) -> bool:
    archive = re.compile(rf"{re.escape(name)}-v?\d.*\.tgz\Z")
    return any(
        archive.match(entry.name)
        or ((entry / "Chart.yaml").is_file() and name in (entry.name, read_chart_file(entry).name))
        for entry in (folder.iterdir() if folder.is_dir() else ())
    )
