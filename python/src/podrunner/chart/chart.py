"""The chart on disk: where it is and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class ChartFile:
    """What Chart.yaml says: `kube_version` is the range of Kubernetes versions, empty when any will do."""

    name: str
    version: str
    app_version: str
    kube_version: str


def find_chart(explicit: Path | None = None) -> Path:
    """The chart's directory: the one given, else the copy inside an installed package, else the checkout's `chart/`.

    Raises UsageError when there is no Chart.yaml.
    """
    if explicit is not None:
        if (explicit / "Chart.yaml").is_file():
            return explicit
        unpacked = " Unpack it first: tar xzf." if explicit.suffix == ".tgz" else ""
        raise UsageError(f"{explicit}: no chart here, there is no Chart.yaml. Give the chart's directory.{unpacked}")
    candidates = [_PACKAGE / "_chart", _PACKAGE.parents[2] / "chart"]
    for candidate in candidates:
        if (candidate / "Chart.yaml").is_file():
            return candidate
    tried = listed(candidates)
    raise UsageError(f"No chart found (looked in {tried}). Give its directory with --chart.")


def presets(chart: Path) -> dict[str, Path]:
    """Preset name → values file."""
    return {path.stem: path for path in sorted((chart / "presets").glob("*.yaml"), key=lambda path: path.stem)}


def find_preset(chart: Path, name: str) -> Path:
    """The values file of a preset. Raises UsageError that lists the presets there are."""
    known = presets(chart)
    if name in known:
        return known[name]
    raise UsageError(f"No preset `{name}`.{did_you_mean(name, known)} Presets: {listed(known) or 'none'}.")


@lru_cache
def modes(chart: Path) -> dict[str, Any]:
    """The table of modes, `files/modes.yaml`: mode → what it promises. Empty for a chart without one."""
    from podrunner.formats.placed import load_values

    table = chart / "files" / "modes.yaml"
    return load_values(table).data if table.is_file() else {}


@lru_cache
def read_chart_file(chart: Path) -> ChartFile:
    """Chart.yaml, read as Helm reads it."""
    from podrunner.formats.placed import load_values

    data = load_values(chart / "Chart.yaml").data
    texts = [str(data.get(key) or "") for key in ("name", "version", "appVersion", "kubeVersion")]
    return ChartFile(*texts)
