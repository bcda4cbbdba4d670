"""A whole run: the host, then the job pods, then the results; what was made is removed whatever happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.build.cells import default_cell, safe_presets
from bench.build.host import DRIVER, Host, measure_host
from bench.build.measurement import HOST, Results, read_facts, read_log
from bench.build.pods import Surroundings, job_image, make_plan, measure_pods
from bench.machine import describe_machine
from podrunner.cluster.removal import run_and_remove
from podrunner.helm.renderer import renderer
from podrunner.output.steps import Progress
from podrunner.secrets.redact import Redactor
from podrunner.smoke.plan import SmokeOptions

if TYPE_CHECKING:
    from bench.build.cells import Cell
    from bench.build.measurement import Absence
    from podrunner.chart.chart import Chart
    from podrunner.cluster.images import ImageSet
    from podrunner.cluster.removal import Removals

REPOSITORY = Path(__file__).resolve().parent / "repository"
# Options of the command line, and variables of measure.sh in capitals.
_SIZES = ("repeat", "files", "megabytes", "patience")


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure. In seconds: `patience` after which no cell repeats anything, `timeout` of all jobs together.

    `absences` is what cannot be measured.
    """

    chart: Chart
    images: ImageSet
    cells: tuple[Cell, ...]
    absences: tuple[Absence, ...]
    repeat: int
    files: int
    megabytes: int
    patience: int
    timeout: int

    @property
    def sizes(self) -> dict[str, str]:
        """The variables of measure.sh."""
        return {name.upper(): str(getattr(self, name)) for name in _SIZES}

    @property
    def command(self) -> str:
        """What people type to repeat it."""
        return " ".join(["python -m bench.build", *(f"--{name} {getattr(self, name)}" for name in _SIZES)])


def measure(order: Order) -> Results | None:
    """Measures on the host and in pods; None when it was interrupted. Raises PodrunnerError."""
    progress = Progress()
    return run_and_remove(progress, partial(_measure, order, progress))


def _measure(order: Order, progress: Progress, removals: Removals) -> Results:
    temporary = removals.temporary_folder("podrunner-bench-")
    around = Surroundings(
        options=SmokeOptions(renderer("library", order.chart)),
        images=order.images,
        temporary=temporary,
        progress=progress,
        removals=removals,
        redactor=Redactor(),
        timeout=order.timeout,
    )
    plan = make_plan(order.cells, around, REPOSITORY, order.sizes)
    (temporary / "host").mkdir()
    mark = removals.mark()
    host = Host(order.images, temporary / "host", progress, removals)
    log = measure_host(host, job_image(order.chart, order.images), REPOSITORY, order.sizes)
    # What is not needed any more must not take part in what comes next.
    removals.run(mark)
    harvest = measure_pods(order.cells, around, plan)
    facts = read_facts(log) | harvest.facts
    return Results(
        about=_about(order, facts),
        files=order.files,
        megabytes=order.megabytes,
        repeat=order.repeat,
        default=default_cell(order.chart),
        safe=safe_presets(order.chart),
        measurements=(*read_log(log, HOST, DRIVER), *harvest.measurements),
        absences=(*order.absences, *harvest.absences),
    )


def _about(order: Order, facts: dict[str, str]) -> dict[str, str]:
    today = dt.datetime.now(tz=dt.UTC).date()
    return {
        "command": f"`{order.command}`, {today.isoformat()}",
        **describe_machine(),
        "file system of the images": facts["file-system"],
        "podman": f"{facts['podman']} in {job_image(order.chart, order.images)}, on the host too",
        "Kubernetes": f"{facts['Kubernetes']} by kind, {facts['container runtime']}",
    }
