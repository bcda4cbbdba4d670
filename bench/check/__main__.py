"""How fast is `podrunner check`, and how fast is what people use without it?

Writes docs/bench.json and the generated part of docs/bench.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.check.block import as_text, make_block
from bench.check.case_set import VERSIONS, write_cases
from bench.check.measures import Bench, all_measures
from bench.check.pipes import write_scripts
from bench.check.results import Results, load, save
from bench.check.schema_files import write_schemas
from bench.check.suites import write_helm_unittest, write_pytest
from bench.machine import describe_machine
from bench.marked_page import MarkedPage
from bench.peers import build_peers
from podrunner.chart.chart import Chart
from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
RESULTS = "bench.json"
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark, or writes its page anew. Gives the exit code."""
    options = _parse(arguments)
    page = MarkedPage(options.output / "bench.md", "make bench")
    try:
        if options.write_cases:
            write_cases(options.write_cases)
            return 0
        # Before the minutes of work whose results would have nowhere to go.
        page.read()
        results = load(options.output / RESULTS) if options.redraw else _measure(options)
        save(results, options.output / RESULTS)
        page.write(make_block(results))
    except PodrunnerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return INTERRUPTED
    print(f"\n{as_text(results)}\nWritten: bench.md and bench.json in {options.output}")
    return 0 if all(one.holds for one in results.measures) else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench.check",
        description=__doc__,
        epilog="exit code: 0 every target is met; 1 one is not; 2 wrong use; 130 interrupted.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--cases", type=int, default=100, metavar="N", help=f"teams, each on {len(VERSIONS)} versions (default: 100)")
    add("--repeat", type=int, default=3, metavar="N", help="rounds of what takes long (default: 3)")
    add("--note", default="", metavar="TEXT", help="what else to say of the machine, such as what it does meanwhile")
    add("--output", type=Path, default=ROOT / "docs", metavar="DIR", help="where the page is (default: docs/)")
    add("--redraw", action="store_true", help="measure nothing: write the page from bench.json")
    add("--write-cases", type=Path, metavar="DIR", help="measure nothing: write the cases, to look at them")
    options = parser.parse_args(arguments)
    if options.cases < 1 or options.repeat < 1:
        parser.error("--cases and --repeat: at least 1")
    return options


def _measure(options: argparse.Namespace) -> Results:
    peers = build_peers("helm", "kubeconform", "helm-unittest")
    chart = Chart.open(ROOT / "chart").path.resolve()
    with tempfile.TemporaryDirectory(prefix="podrunner-bench-") as temporary:
        cases = write_cases(Path(temporary).resolve(), options.cases)
        paths = {name: peer.program for name, peer in peers.items()}
        bench = Bench(
            chart=chart,
            cases=cases,
            peers=paths,
            scripts=write_scripts(cases, chart, paths, write_schemas(cases.folder / "schemas")),
            suites={"helm-unittest": write_helm_unittest(cases, chart), "pytest": write_pytest(cases)},
            repeat=options.repeat,
        )
        measures = []
        for one in all_measures(bench):
            measures.append(one)
            print(as_text(Results({}, (one,))).splitlines()[1], flush=True)
    return Results(_about(options, {name: peer.version for name, peer in peers.items()}), tuple(measures))


def _about(options: argparse.Namespace, versions: dict[str, str]) -> dict[str, str]:
    today = dt.datetime.now(tz=dt.UTC).date()
    about = {
        "command": f"`python -m bench.check --cases {options.cases} --repeat {options.repeat}`, {today.isoformat()}",
        **describe_machine(),
        "Python": ".".join(map(str, sys.version_info[:3])),
        **versions,
    }
    return about | ({"note": options.note} if options.note else {})


if __name__ == "__main__":
    sys.exit(main())
