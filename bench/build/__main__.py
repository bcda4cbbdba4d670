"""The same builds on the host and in job pods, by preset and storage driver: what does a mode cost?

Writes docs/bench-build.json, docs/bench-build.svg and the generated part of docs/bench-build.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.build.cells import DRIVERS, PRESETS, list_cells
from bench.build.measurement import Results, load, save
from bench.build.page import make_block
from bench.build.plot import draw
from bench.build.table import as_text, make_rows
from bench.build.verdict import judge
from bench.marked_page import MarkedPage
from podrunner.chart.chart import Chart
from podrunner.cluster.images import ImageSet, load_images
from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
RESULTS = "bench-build.json"
INTERRUPTED = 130
EPILOG = """\
Everything that it makes is removed, also after Ctrl-C. exit code: 0 all was measured; 1 something could not be;
2 wrong use; 130 interrupted.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark, or draws its results anew. Gives the exit code."""
    options = _parse(arguments)
    try:
        if options.redraw:
            return _show(load(options.output / RESULTS), options.output)
        return _measure(options)
    except PodrunnerError as error:
        print(f"bench-build: {error}", file=sys.stderr)
        return error.exit_code


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench.build",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--images", type=Path, metavar="DIR", help="a folder made by ci/airgap/build (default: public images)")
    add("--repeat", type=_positive, default=3, metavar="N", help="builds of each Containerfile (default: 3)")
    add(
        "--files",
        type=_positive,
        default=8000,
        metavar="N",
        help="small files in each of three folders (default: 8000)",
    )
    add("--megabytes", type=_positive, default=128, metavar="N", help="size of each big file in MiB (default: 128)")
    add(
        "--patience",
        type=_positive,
        default=30,
        metavar="S",
        help="seconds after which no build is repeated (default: 30)",
    )
    add("--preset", action="append", choices=PRESETS, help="only this preset (several: give it several times)")
    add("--driver", action="append", choices=DRIVERS, help="only this storage driver (several: likewise)")
    add("--timeout", type=_positive, default=1800, metavar="S", help="seconds for all jobs (default: 1800)")
    add(
        "--output",
        type=Path,
        default=ROOT / "docs",
        metavar="DIR",
        help="where the page and its files are (default: docs/)",
    )
    add("--redraw", action="store_true", help="measure nothing: write page and plot from bench-build.json")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: must be at least 1")
    return number


def _measure(options: argparse.Namespace) -> int:
    # Where the client of Kubernetes is: --redraw needs none.
    from bench.build.pods import plugin_image
    from bench.build.run import Order, measure

    chart = Chart.open(ROOT / "chart")
    images = load_images(options.images) if options.images else ImageSet()
    cells, absences = list_cells(chart, device_plugin=bool(plugin_image(images)))
    presets, drivers = options.preset or PRESETS, options.driver or DRIVERS
    order = Order(
        chart=chart,
        images=images,
        cells=tuple(cell for cell in cells if cell.preset in presets and cell.driver in drivers),
        absences=tuple(one for one in absences if one.place in presets and one.driver in drivers),
        repeat=options.repeat,
        files=options.files,
        megabytes=options.megabytes,
        patience=options.patience,
        timeout=options.timeout,
    )
    # Before the minutes of work whose results would have nowhere to go.
    _page(options.output).read()
    if not order.cells:
        raise UsageError("these presets have none of these drivers on kind: there is nothing to measure.")
    results = measure(order)
    if results is None:
        return INTERRUPTED
    save(results, options.output / RESULTS)
    return _show(results, options.output)


def _page(output: Path) -> MarkedPage:
    return MarkedPage(output / "bench-build.md", "make bench-build")


def _show(results: Results, output: Path) -> int:
    """Writes the page and its plot, prints the table. 1 when a number is missing that should be there."""
    _page(output).write(make_block(results))
    (output / "bench-build.svg").write_text(draw(results), encoding="utf-8")
    print(f"\n{as_text(make_rows(results))}\n{judge(results)}\nWritten: bench-build.md, .svg and .json in {output}")
    failed = [one for one in results.absences if one.failed]
    for one in failed:
        print(f"bench-build: {one.place} with {one.driver} could not be measured: {one.reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
