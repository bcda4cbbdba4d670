"""Dependencies of a chart: those that Chart.yaml names have to be in `charts/` before Helm renders all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart_file import read_chart_file
from podrunner.chart.yaml_file import load_map
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import listed
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def imported_values(chart: Chart) -> Iterator[tuple[tuple[str, ...], dict[str, Any] | None]]:
    """(path, what comes there) of all that dependencies hand up by `import-values`; None where that is not known.

    It is what `values.yaml` of the dependency says, and the chart's own values over that.
    """
    for one in chart.file.imports:
        way, path = one.child.split("."), tuple(one.parent.split(".")) if one.parent else ()
        folder = _folder(one.dependency, chart.path / "charts")
        # What is in an archive is not looked at.
        if folder is None:
            yield path, None
            continue
        values = folder / "values.yaml"
        theirs = load_map(values, values) if values.is_file() else {}
        yield path, merge(_below(theirs, way), _below(chart.defaults.data.get(one.alias), way))


def _below(values: Any, way: list[str]) -> dict[str, Any]:
    for part in way:
        values = values.get(part) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}


def _folder(name: str, charts: Path) -> Path | None:
    """The folder of a dependency; None where it is not there, or in an archive."""
    folders = [file.parent for file in charts.glob("*/Chart.yaml")]
    return next((one for one in folders if name in (one.name, read_chart_file(one, one).name)), None)


def _is_there(name: str, folder: Path) -> bool:
    archive = re.compile(rf"{re.escape(name)}-v?\d.*\.tgz\Z")
    entries = folder.iterdir() if folder.is_dir() else ()
    return any(archive.match(entry.name) for entry in entries) or _folder(name, folder) is not None
