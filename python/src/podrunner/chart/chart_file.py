"""Chart.yaml, what a chart says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.chart.yaml_file import load_map

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_REQUIREMENTS = "requirements.yaml"


@dataclass(frozen=True, slots=True)
class ImportedValues:
    """An item of `import-values`: values at `child` of a dependency, which is called `alias`, come to `parent`.

    Both are keys by dots. `parent` is empty for the top of the values, to which each key below `child` comes then.
    """

    dependency: str
    alias: str
    child: str
    parent: str


@dataclass(frozen=True, slots=True)
class ChartFile:
    """What Chart.yaml says: `kube_version` is the range of Kubernetes versions, empty when any will do.

    `dependencies` are names, `imports` the values that these hand up. `is_library` when other charts take from it and it
    renders nothing by itself.
    """

    name: str
    version: str
    app_version: str
    kube_version: str
    is_library: bool = False
    dependencies: tuple[str, ...] = ()
    imports: tuple[ImportedValues, ...] = ()


def read_chart_file(chart: Path, shown: Path) -> ChartFile:
    """Chart.yaml, read as Helm reads it; people call the chart `shown`. Raises UsageError when it is not a YAML map."""
    data = load_map(chart / "Chart.yaml", shown / "Chart.yaml")
    name, version, app_version, kube_version = (
        str(data.get(key) or "") for key in ("name", "version", "appVersion", "kubeVersion")
    )
    entries = [*_entries(data), *_entries(_older_dependencies(chart, shown))]
    names = tuple(dict.fromkeys(str(entry["name"]) for entry in entries))
    imports = tuple(one for entry in entries for one in _imports(entry))
    return ChartFile(name, version, app_version, kube_version, data.get("type") == "library", names, imports)


def _older_dependencies(chart: Path, shown: Path) -> dict[str, Any]:
    """Charts of apiVersion v1 have their dependencies in requirements.yaml."""
    file = chart / _REQUIREMENTS
    return load_map(file, shown / _REQUIREMENTS) if file.is_file() else {}


def _entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = data.get("dependencies")
    entries = found if isinstance(found, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("name")]


def _imports(entry: dict[str, Any]) -> Iterator[ImportedValues]:
    """Both forms of an item: a name below `exports` of the dependency, or `child` and `parent`."""
    found = entry.get("import-values")
    name = str(entry["name"])
    alias = str(entry.get("alias") or name)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, str):
            yield ImportedValues(name, alias, f"exports.{item}", "")
        elif isinstance(item, dict) and item.get("child") and item.get("parent"):
            parent = str(item["parent"])
            yield ImportedValues(name, alias, str(item["child"]), "" if parent == "." else parent)
