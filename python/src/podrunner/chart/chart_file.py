"""Chart.yaml, what a chart says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.chart.yaml_file import load_map

if TYPE_CHECKING:
    from pathlib import Path


_REQUIREMENTS = "requirements.yaml"


@dataclass(frozen=True, slots=True)
class ChartFile:
    """What Chart.yaml says: `kube_version` is the range of Kubernetes versions, empty when any will do.

    `dependencies` are names. `is_library` when other charts take from it and it renders nothing by itself.
    """

    name: str
    version: str
    app_version: str
    kube_version: str
    is_library: bool = False
    dependencies: tuple[str, ...] = ()


def read_chart_file(chart: Path, shown: Path) -> ChartFile:
    """Chart.yaml, read as Helm reads it; people call the chart `shown`. Raises UsageError when it is not a YAML map."""
    data = load_map(chart / "Chart.yaml", shown / "Chart.yaml")
    name, version, app_version, kube_version = (
        str(data.get(key) or "") for key in ("name", "version", "appVersion", "kubeVersion")
    )
    entries = [*_entries(data), *_entries(_older_dependencies(chart, shown))]
    is_library = data.get("type") == "library"
    return ChartFile(name, version, app_version, kube_version, is_library, tuple(dict.fromkeys(entries)))


def _older_dependencies(chart: Path, shown: Path) -> dict[str, Any]:
    """Charts of apiVersion v1 have their dependencies in requirements.yaml."""
    file = chart / _REQUIREMENTS
    return load_map(file, shown / _REQUIREMENTS) if file.is_file() else {}


def _entries(data: dict[str, Any]) -> list[str]:
    found = data.get("dependencies")
    entries = found if isinstance(found, list) else []
    return [str(entry["name"]) for entry in entries if isinstance(entry, dict) and entry.get("name")]
