"""A chart that a case alters: another version or appVersion, or values that no schema is asked about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.chart.yaml_file import load_map
from podrunner.findings.errors import UsageError
from podrunner.helm.blind import blind

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = "values.schema.json"


@dataclass(frozen=True, slots=True)
class Altered:
    """What is altered of a chart: empty, and nothing is. A blind one does not see the version of Kubernetes."""

    version: str = ""
    app_version: str = ""
    no_schemas: bool = False
    is_blind: bool = False


UNALTERED = Altered()


def has_subcharts(chart: Path) -> bool:
    """Whether a chart brings its dependencies, unpacked or not."""
    return (chart / "charts").is_dir()


def alter(copy: Path, altered: Altered) -> None:
    """Alter a copy of a chart. Raises UsageError, SeesVersionError."""
    if altered.version or altered.app_version:
        _set_versions(copy, altered)
    if altered.no_schemas:
        _remove_schemas(copy)
    if altered.is_blind:
        blind(copy)


def _set_versions(copy: Path, altered: Altered) -> None:
    """As `helm package --version V --app-version A` does; dependencies keep theirs."""
    said = {"version": altered.version, "appVersion": altered.app_version}
    data = load_map(copy / "Chart.yaml", copy / "Chart.yaml") | {name: text for name, text in said.items() if text}
    # JSON is YAML.
    (copy / "Chart.yaml").write_text(json.dumps(data, default=str), encoding="utf-8")


def _remove_schemas(copy: Path) -> None:
    """Those of the chart and of all its dependencies, which are unpacked for it."""
    (copy / _SCHEMA).unlink(missing_ok=True)
    charts = copy / "charts"
    for package in sorted(charts.glob("*.tgz")) if charts.is_dir() else ():
        _unpack(package)
    for folder in sorted(charts.iterdir()) if charts.is_dir() else ():
        if (folder / "Chart.yaml").is_file():
            _remove_schemas(folder)


def _unpack(package: Path) -> None:
    """Put what is in a package in its place."""
    import tarfile

    folder = package.with_suffix(".unpacked")
    try:
        with tarfile.open(package, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UsageError(f"{package.name}: cannot be unpacked: {error}.") from None
    package.unlink()
    for chart in sorted(folder.iterdir()):
        chart.rename(package.with_name(f"{package.stem}-{chart.name}"))
    folder.rmdir()
