"""What was measured, and the file it is kept in."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOST = "host"
# Folder of the Containerfile → what it is called.
WORKLOADS = {"many-small-files": "many small files", "few-big-files": "few big files"}

_BUILD = re.compile(r"^podrunner-bench-build ([a-z-]+) (\d+) (\d+)\r?$", re.MULTILINE)
_FACT = re.compile(r"^podrunner-bench-build (podman|file-system|driver) (\S+?)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """All builds of one Containerfile in one place. `seconds` in the order of the builds, `disk` in bytes."""

    place: str
    driver: str
    workload: str
    seconds: tuple[float, ...]
    disk: tuple[int, ...]

    @property
    def time(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)

    @property
    def megabytes(self) -> float:
        """The median of what the graph root takes afterwards, in units of 1 000 000 bytes."""
        return median(self.disk) / 1e6


@dataclass(frozen=True, slots=True)
class Absence:
    """A place and driver without numbers, and why. `failed` when there should be some."""

    place: str
    driver: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run: `about` describes it and the machine, label → text. `default` is the chart's own place and driver."""

    about: dict[str, str]
    files: int
    megabytes: int
    repeat: int
    default: tuple[str, str]
    safe: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    absences: tuple[Absence, ...] = ()

    def find(self, place: str, driver: str, workload: str) -> Measurement | None:
        """The measurement of a place, driver and workload; None when there is none."""
        wanted = (place, driver, workload)
        return next((one for one in self.measurements if (one.place, one.driver, one.workload) == wanted), None)

    def ratio(self, one: Measurement) -> float | None:
        """How many times the host's time a build takes; None without numbers of the host."""
        host = next(
            (other for other in self.measurements if other.place == HOST and other.workload == one.workload), None
        )
        return one.time / host.time if host else None

    @property
    def cells(self) -> list[tuple[str, str]]:
        """(place, driver), each once, in the order they were measured."""
        return list(dict.fromkeys((one.place, one.driver) for one in self.measurements))


def read_log(log: str, place: str, driver: str) -> list[Measurement]:
    """The measurements that measure.sh printed. Raises PodrunnerError when a Containerfile has none."""
    builds: dict[str, list[tuple[float, int]]] = {workload: [] for workload in WORKLOADS}
    for workload, nanoseconds, size in _BUILD.findall(log):
        builds.setdefault(workload, []).append((int(nanoseconds) / 1e9, int(size)))
    if missing := [workload for workload, found in builds.items() if not found]:
        raise PodrunnerError(f"{place}, {driver}: the log has no measurement of {', '.join(missing)}.")
    return [
        Measurement(place, driver, workload, tuple(time for time, _ in found), tuple(size for _, size in found))
        for workload, found in builds.items()
    ]


def read_facts(log: str) -> dict[str, str]:
    """What else measure.sh printed: podman's version, the graph root's file system, the storage driver."""
    return dict(_FACT.findall(log))


def save(results: Results, file: Path) -> None:
    """Writes the results as JSON."""
    file.write_text(json.dumps(asdict(results), indent=2) + "\n", encoding="utf-8")


def load(file: Path) -> Results:
    """Reads what `save` wrote. Raises UsageError when there is no file, PodrunnerError when something is wrong with it."""
    try:
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Results(
            about=data["about"],
            files=data["files"],
            megabytes=data["megabytes"],
            repeat=data["repeat"],
            default=tuple(data["default"]),
            safe=tuple(data["safe"]),
            measurements=tuple(_measurements(data["measurements"])),
            absences=tuple(Absence(**item) for item in data["absences"]),
        )
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file. A run without --redraw makes it.") from None
    except ValueError as error:
        raise PodrunnerError(f"{file}: not JSON: {error}. A run without --redraw makes it anew.") from None
    except (KeyError, TypeError) as error:
        raise PodrunnerError(
            f"{file}: not results of this program: {error}. A run without --redraw makes it."
        ) from None


def _measurements(items: Iterable[dict[str, Any]]) -> Iterable[Measurement]:
    for item in items:
        yield Measurement(**(item | {"seconds": tuple(item["seconds"]), "disk": tuple(item["disk"])}))
