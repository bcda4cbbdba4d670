"""CPU milliseconds of renders, on one core: in this process, with Helm's schema validation and without, and by a command.

usage: render_time.py CHART VALUES ROUNDS COMMAND...: prints {"helm": [...], "without": [...], "with": [...]}.
COMMAND renders the same once, such as `helm template`. They take turns: a value is one run of COMMAND, or the mean of ten
renders here.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

# Before Helm is loaded: Go makes as many threads as there are cores. COMMAND inherits it.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from podrunner.cases.case import Case  # noqa: E402
from podrunner.chart.chart import Chart  # noqa: E402
from podrunner.formats.placed import load_values  # noqa: E402
from podrunner.helm.library import HelmLibrary  # noqa: E402 -- after the line above

RENDERS = 10


def main(folder: Path, file: Path, rounds: int, command: list[str]) -> None:
    """Times so many rounds and one before them, which is not counted."""
    case, chart = Case("bench", (load_values(file),)), Chart.open(folder)
    libraries = {"without": HelmLibrary(chart), "with": HelmLibrary(chart, loaded_from=folder)}
    times: dict[str, list[float]] = {"helm": [], **{name: [] for name in libraries}}
    for _ in range(rounds + 1):
        times["helm"].append(1000 * cpu_seconds(command))
        for name, library in libraries.items():
            began = time.process_time()
            for _ in range(RENDERS):
                # What was asked for last is not rendered again.
                library.forget()
                library.template(case)
            times[name].append(1000 * (time.process_time() - began) / RENDERS)
    print(json.dumps({name: series[1:] for name, series in times.items()}))


def cpu_seconds(command: list[str]) -> float:
    """What a process of its own takes. Raises SystemExit when it fails: a failure is not a measurement."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
