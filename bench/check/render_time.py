"""CPU milliseconds of renders in this process, on one core: with Helm's schema validation and without, in turns.

usage: render_time.py CHART VALUES COUNT: prints {"with": [...], "without": [...]}.
"""

import json
import os
import sys
import time
from pathlib import Path

# Before Helm is loaded: Go makes as many threads as there are cores.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from podrunner.formats.placed import load_values  # noqa: E402
from podrunner.helm.library import LibraryRenderer  # noqa: E402 -- after the line above


def main(chart: Path, file: Path, count: int) -> None:
    """Times so many renders of each kind; the first of each is not counted."""
    values = load_values(file).data
    renderers = {"with": LibraryRenderer(chart, loaded_from=chart), "without": LibraryRenderer(chart)}
    times: dict[str, list[float]] = {name: [] for name in renderers}
    for _ in range(count + 1):
        for name, renderer in renderers.items():
            began = time.process_time()
            renderer.render(values)
            times[name].append(1000 * (time.process_time() - began))
    print(json.dumps({name: series[1:] for name, series in times.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
