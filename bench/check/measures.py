"""Each line of the table: what is run in turns, and what is made of the times."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.check.process import peak_memory, run
from bench.check.results import Measure, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.check.case_set import CaseSet

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PODRUNNER = (sys.executable, "-m", "podrunner")
# Other plugins that happen to be installed are not measured: process.py keeps pytest from loading them.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
WITH_PLUGIN = (*PYTEST, "-p", "podrunner.testing.plugin")


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured with: `scripts` of pipes.py, `suites` of suites.py by name.

    `repeat`: rounds of what takes long. `rounds`: of what takes a second at most.
    """

    chart: Path
    cases: CaseSet
    peers: Mapping[str, Path]
    scripts: Mapping[str, Path]
    suites: Mapping[str, Path]
    repeat: int
    rounds: int = 15

    def check(self, *options: str) -> tuple[str, ...]:
        """The command that checks all cases."""
        return (*PODRUNNER, "check", "--chart", str(self.chart), "--matrix", str(self.cases.matrix), *options)


def all_measures(bench: Bench) -> Iterator[Measure]:
    """Every measure, the short ones first."""
    yield from renders(bench)
    yield from renders_of_a_parent(bench)
    yield start(bench)
    yield idle_plugin(bench)
    yield from memory(bench)
    yield two_processes(bench)
    yield from helm_unittest(bench)
    yield from helm_and_kubeconform(bench)


def renders(bench: Bench) -> Iterator[Measure]:
    """One render in one process on one core, in CPU time, against `helm template` of the same values."""
    times = _render_times(bench, bench.chart, _first_values(bench))
    helm = Series("CPU time of helm template", "ms", times["helm"])
    for name, limit in (("without", 5.0), ("with", None)):
        ours = Series(f"CPU time of a render in process, {name} schema validation", "ms", times[name])
        what = f"one render in process, {name} schema validation: helm template"
        yield Measure(what, _ratio(helm, ours), "times our CPU time", (helm, ours), limit, at_least=True)


def renders_of_a_parent(bench: Bench) -> Iterator[Measure]:
    """The same of a chart that has this one as a dependency: Helm takes off what is disabled, so it is loaded each time."""
    for name in ("without", "with"):
        parent = _parent(bench, with_schema=name == "with")
        times = _render_times(bench, parent, parent / "first.yaml")
        helm = Series(f"CPU time of helm template, dependency {name} schema", "ms", times["helm"])
        ours = Series(f"CPU time to load and render in process, dependency {name} schema", "ms", times["without"])
        what = f"load and render in process of a chart with a dependency {name} schema: helm template"
        yield Measure(what, _ratio(helm, ours), "times our CPU time", (helm, ours))


def _parent(bench: Bench, *, with_schema: bool) -> Path:
    """A chart with the bench's as its dependency, and the first values for it."""
    parent = bench.cases.folder / f"parent-{with_schema}"
    shutil.copytree(ROOT / "tests/fixtures/charts/parent", parent)
    copy = parent / "charts/podrunner"
    shutil.copytree(bench.chart, copy, ignore=None if with_schema else shutil.ignore_patterns("values.schema.json"))
    first = textwrap.indent(_first_values(bench).read_text(encoding="utf-8"), "  ")
    others = "gitlabRunner: {enabled: false}\nsecond_runner: {enabled: false}\n"
    (parent / "first.yaml").write_text(f"{others}podrunner:\n  enabled: true\n{first}", encoding="utf-8")
    return parent


def _render_times(bench: Bench, chart: Path, values: Path) -> dict[str, tuple[float, ...]]:
    """See render_time.py."""
    script = (sys.executable, str(HERE / "render_time.py"), str(chart), str(values), str(bench.rounds))
    done = run((*script, *_helm_template(bench, chart, values)), bench.cases.folder)
    return {name: tuple(some) for name, some in json.loads(done.output).items()}


def start(bench: Bench) -> Measure:
    """From the start of `podrunner check` for one values file to its first output, against all of `helm template`."""
    check = (*PODRUNNER, "check", "--chart", str(bench.chart), str(_first_values(bench)))
    template = _helm_template(bench, bench.chart, _first_values(bench))
    turns = {
        "podrunner check FILE to its first output": lambda: 1000 * run(check, bench.cases.folder).first,
        "helm template of the same values": lambda: 1000 * run(template, bench.cases.folder).seconds,
    }
    # Once before it counts: Python keeps its bytecode, and the files are in memory.
    _in_turns(turns, 1, "ms")
    ours, helm = _in_turns(turns, bench.rounds, "ms")
    what = "start to first output, one values file"
    return Measure(what, _ratio(ours, helm), "times helm template's time", (ours, helm), 3.5)


def _first_values(bench: Bench) -> Path:
    return bench.cases.values(bench.cases.teams[0])


def _helm_template(bench: Bench, chart: Path, values: Path) -> tuple[str, ...]:
    """What renders the values of the first team, without a preset."""
    team = bench.cases.teams[0].name
    return (str(bench.peers["helm"]), "template", team, str(chart), "--namespace", team, "--values", str(values))


def idle_plugin(bench: Bench) -> Measure:
    """A pytest run that does not use the plugin, with it against without it."""
    folder = bench.cases.folder / "idle"
    folder.mkdir(exist_ok=True)
    (folder / "test_nothing.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    without, with_plugin = _in_turns(
        {
            "pytest without the plugin": lambda: 1000 * run(PYTEST, folder).seconds,
            "pytest with the idle plugin": lambda: 1000 * run(WITH_PLUGIN, folder).seconds,
        },
        bench.rounds,
        "ms",
    )
    what = "pytest with the idle plugin"
    return Measure(what, _ratio(with_plugin, without), "times pytest's time", (without, with_plugin), 1.25)


def memory(bench: Bench) -> Iterator[Measure]:
    """The peak of all processes together, all cases."""
    for jobs in (1, 2):
        one = Series(f"--jobs {jobs}", "MB", (peak_memory(bench.check(f"--jobs={jobs}"), bench.cases.folder),))
        yield Measure(f"memory for {len(bench.cases)} cases, --jobs {jobs}", one.middle, "MB", (one,), 600)


def two_processes(bench: Bench) -> Measure:
    """--jobs 2 against --jobs 1."""
    one, two = _timed(bench, {f"podrunner check --jobs {jobs}": bench.check(f"--jobs={jobs}") for jobs in (1, 2)})
    return Measure("--jobs 2 against --jobs 1", _ratio(one, two), "times as fast", (one, two), 1.6, at_least=True)


def helm_unittest(bench: Bench) -> Iterator[Measure]:
    """The same assertions on the same cases by helm-unittest and by pytest with the plugin."""
    # Its patterns are relative to the chart.
    files = os.path.relpath(bench.suites["helm-unittest"] / "*.yaml", bench.chart)
    unittest = (str(bench.peers["helm-unittest"]), str(bench.chart), "--file", files)
    commands = {
        "helm unittest": unittest,
        "helm unittest --skip-schema-validation": (*unittest, "--skip-schema-validation"),
        "pytest with the plugin": (*WITH_PLUGIN, f"--podrunner-chart={bench.chart}", str(bench.suites["pytest"])),
    }
    peer, faster, ours = _timed(bench, commands)
    what = f"{len(bench.cases)} tests with the same assertions"
    yield Measure(f"{what}: helm unittest", _ratio(peer, ours), "times our time", (peer, ours), 1.0, at_least=True)
    # Ours validates.
    what = f"{what}: helm unittest --skip-schema-validation"
    yield Measure(what, _ratio(faster, ours), "times our time", (faster, ours))


def helm_and_kubeconform(bench: Bench) -> Iterator[Measure]:
    """The pipes against `podrunner check`, which checks more."""
    commands = {
        "helm template | kubeconform for each case and version": ("bash", str(bench.scripts["each"])),
        "podrunner check": bench.check(),
        "podrunner check in one process": bench.check("--jobs=1"),
        "the same pipes, two at a time": ("bash", str(bench.scripts["two"])),
        "helm template once a case, kubeconform for each version": ("bash", str(bench.scripts["once"])),
    }
    each, ours, ours_alone, both, once = _timed(bench, commands)
    cases = f"{len(bench.cases)} cases"
    for what, peer, own, limit in (
        (f"{cases}: helm template | kubeconform", each, ours, 15.0),
        (f"{cases}: the same against one process", each, ours_alone, None),
        (f"{cases}: the same, two pipes at a time", both, ours, None),
        (f"{cases}: rendered once for all versions", once, ours, None),
    ):
        yield Measure(what, _ratio(peer, own), "times our time", (peer, own), limit, at_least=True)


def _timed(bench: Bench, commands: Mapping[str, Sequence[str]]) -> list[Series]:
    def seconds(command: Sequence[str]) -> Callable[[], float]:
        return lambda: run(command, bench.cases.folder).seconds

    return _in_turns({name: seconds(command) for name, command in commands.items()}, bench.repeat, "s")


def _in_turns(things: Mapping[str, Callable[[], float]], repeat: int, unit: str) -> list[Series]:
    """Each thing in turn, so often: what else the machine does meanwhile hits all of them."""
    rounds = [[measure() for measure in things.values()] for _ in range(repeat)]
    return [Series(name, unit, values) for name, values in zip(things, zip(*rounds, strict=True), strict=True)]


def _ratio(slow: Series, fast: Series) -> float:
    """How many times as long, by the median of the rounds."""
    return median(one / other for one, other in zip(slow.values, fast.values, strict=True))
