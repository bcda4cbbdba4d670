"""The benchmarks are programs of their own, not parts of the package: their modules are beside them."""

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path[:0] = [str(BENCH / "build"), str(BENCH / "check"), str(BENCH)]

from measurement import HOST, WORKLOADS, Absence, Measurement, Results  # noqa: E402 -- found by the line above


@pytest.fixture
def results() -> Results:
    """Return three cells and the host; the default, unprivileged with overlay, is the fastest safe one."""
    seconds = {
        (HOST, "overlay"): (2.0, 4.0),
        ("unprivileged", "overlay"): (3.0, 5.0),
        ("unprivileged", "vfs"): (12.0, 12.0),
        ("user-namespace", "overlay"): (3.2, 5.2),
    }
    return Results(
        about={"processor": "2 x Example", "kernel": "6.18"},
        files=8000,
        megabytes=128,
        repeat=1,
        default=("unprivileged", "overlay"),
        safe=("unprivileged", "user-namespace"),
        measurements=tuple(
            Measurement(place, driver, workload, (time,), (1_500_000_000,))
            for (place, driver), times in seconds.items()
            for workload, time in zip(WORKLOADS, times, strict=True)
        ),
        absences=(Absence("unprivileged", "fuse-overlayfs", "no /dev/fuse"),),
    )
