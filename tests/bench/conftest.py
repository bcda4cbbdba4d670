"""Results of a benchmark of builds."""

import pytest

from bench.build.measurement import HOST, WORKLOADS, Absence, Measurement, Results


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
