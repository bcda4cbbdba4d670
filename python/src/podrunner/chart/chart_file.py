"""Chart.yaml, what a chart says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.formats.placed import load_values

if TYPE_CHECKING:
    from pathlib import Path


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


def read_chart_file(chart: Path) -> ChartFile:
    """Chart.yaml, read as Helm reads it. Raises UsageError without one, ValuesError when it is not YAML."""
    data = load_values(chart / "Chart.yaml").data
    name, version, app_version, kube_version = (
        str(data.get(key) or "") for key in ("name", "version", "appVersion", "kubeVersion")
    )
    entries = [*_entries(data), *_entries(_older_dependencies(chart))]
    is_library = data.get("type") == "library"
    return ChartFile(name, version, app_version, kube_version, is_library, tuple(dict.fromkeys(entries)))


def _older_dependencies(chart: Path) -> dict[str, Any]:
    """Charts of apiVersion v1 have their dependencies in requirements.yaml."""
    file = chart / "requirements.yaml"
    return load_values(file).data if file.is_file() else {}


def _entries(data: dict[str, Any]) -> list[str]:
    found = data.get("dependencies")
    entries = found if isinstance(found, list) else []
    return [str(entry["name"]) for entry in entries if isinstance(entry, dict) and entry.get("name")]
