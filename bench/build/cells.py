"""What is measured in job pods: presets of the chart, each with the storage drivers that it can have on kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.build.measurement import Absence

if TYPE_CHECKING:
    from podrunner.chart.chart import Chart

PRESETS = ("privileged", "unprivileged", "unprivileged-root", "user-namespace")
_FUSE = "fuse-overlayfs"
# In the order they are measured: presets of one driver one after the other, since they are compared.
DRIVERS = ("overlay", _FUSE, "vfs")
_NO_FUSE = "no /dev/fuse: needs a device plugin (of the images of ci/airgap/build), or CRI-O (podman.fuse.source)"


@dataclass(frozen=True, slots=True)
class Cell:
    """A preset with a storage driver; `mode` is the preset's podman.mode, `fuse` where /dev/fuse comes from."""

    preset: str
    mode: str
    driver: str
    fuse: str = ""

    @property
    def runner(self) -> str:
        """Name of the runner that has it: the chart allows 16 characters, so the preset's initials have to do."""
        return f"{''.join(word[0] for word in self.preset.split('-'))}-{self.driver.removesuffix('-overlayfs')}"

    @property
    def values(self) -> dict[str, Any]:
        """The runner's values."""
        fuse = {"fuse": {"source": self.fuse}} if self.fuse else {}
        return {"podman": {"mode": self.mode, "storage": {"driver": self.driver}, **fuse}}


def list_cells(chart: Chart, *, device_plugin: bool) -> tuple[list[Cell], list[Absence]]:
    """Everything to measure, and what cannot be measured on a kind cluster, without or with a device plugin."""
    cells, absences = [], []
    modes = _modes(chart)
    for driver in DRIVERS:
        for preset in PRESETS:
            mode, entry = modes[preset]
            # Only a privileged container sees the node's devices.
            is_given = driver == _FUSE and not entry["promise"]["privileged"]
            if is_given and not device_plugin:
                absences.append(Absence(preset, driver, _NO_FUSE))
            else:
                cells.append(Cell(preset, mode, driver, "devicePlugin" if is_given else ""))
    return cells, absences


def safe_presets(chart: Chart) -> tuple[str, ...]:
    """Presets whose build container is neither privileged nor the node's root, as their promise says."""
    promises = {preset: entry["promise"] for preset, (_, entry) in _modes(chart).items()}
    return tuple(preset for preset in PRESETS if _is_safe(promises[preset]))


def _is_safe(promise: dict[str, Any]) -> bool:
    return not promise["privileged"] and (promise["uid"] != 0 or promise.get("hostUsers") is False)


def default_cell(chart: Chart) -> tuple[str, str]:
    """The preset and the driver that the chart's own values have."""
    podman = chart.defaults.data["podman"]
    preset = next(preset for preset, (mode, _) in _modes(chart).items() if mode == podman["mode"])
    return preset, podman["storage"]["driver"]


def _modes(chart: Chart) -> dict[str, tuple[str, dict[str, Any]]]:
    """Preset → (mode, its entry in the table of modes)."""
    return {entry["preset"]: (mode, entry) for mode, entry in chart.modes.items() if entry.get("preset")}
