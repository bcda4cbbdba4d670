"""The builds in job pods: one kind cluster, one release whose runners are the cells, one job for each."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bench.build.measurement import Absence, Measurement, read_facts, read_log
from podrunner.cases.case import Case
from podrunner.cluster.cluster import Nodes, make_cluster
from podrunner.cluster.kind import find_kind
from podrunner.cluster.objects import namespace
from podrunner.cluster.processes import run
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.findings.errors import PodrunnerError
from podrunner.formats.placed import Values
from podrunner.modes.promise import check_inside, check_pods
from podrunner.modes.runners import read_promise
from podrunner.pipeline.fields import Image, Variable
from podrunner.pipeline.job import PipelineJob
from podrunner.smoke.install import install
from podrunner.smoke.job import JobRun
from podrunner.smoke.judgement import run_job
from podrunner.smoke.plan import Plan
from podrunner.smoke.repository import pack
from podrunner.smoke.surroundings import make_namespaces, send_repository, start_stand_in
from podrunner.smoke.trial import SmokeBench, prepare, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.build.cells import Cell
    from podrunner.chart.chart import Chart
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet
    from podrunner.cluster.removal import Removals
    from podrunner.output.steps import Progress
    from podrunner.secrets.redact import Redactor
    from podrunner.smoke.plan import SmokeOptions
    from podrunner.smoke.trial import Trial

_NODE = Path(__file__).resolve().parents[2] / "ci/node.yaml"
_NODE_NAMESPACE = "podrunner-bench-node"
# Less time than this is not enough for a job.
_LEAST_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run shares with the smoke; `timeout` is what all jobs get together, in seconds."""

    options: SmokeOptions
    images: ImageSet
    temporary: Path
    progress: Progress
    removals: Removals
    redactor: Redactor
    timeout: float


@dataclass(slots=True)
class Harvest:
    """What came of the cells. `facts` are of the last job: versions and the like."""

    measurements: list[Measurement]
    absences: list[Absence]
    facts: dict[str, str]


def make_plan(cells: Sequence[Cell], around: Surroundings, repository: Path, sizes: Mapping[str, str]) -> Plan:
    """The job, the repository as a Git bundle, and one subject: a release with a runner for each cell."""
    values = Values({"runners": {cell.runner: cell.values for cell in cells}}, "the benchmark")
    return Plan(
        job=PipelineJob(
            name="bench-build",
            stage="test",
            script=("bash measure.sh",),
            image=Image(job_image(around.options.renderer.chart, around.images)),
            variables=tuple(Variable(name, value) for name, value in sizes.items()),
        ),
        bundle=pack(_repository(repository, around.temporary), around.temporary),
        subjects=(Case("bench-build", (values,)),),
        images=around.images,
        # Lets the job say what it is from inside.
        builtin=True,
    )


def job_image(chart: Chart, images: ImageSet) -> str:
    """The image of jobs that name none, of those that there are."""
    given = images.values.get("podman", {}).get("image")
    return str(given or chart.defaults.data["podman"]["image"])


def measure_pods(cells: Sequence[Cell], around: Surroundings, plan: Plan) -> Harvest:
    """Makes the cluster and measures each cell. Raises PodrunnerError when it does not get as far as the first job."""
    name = f"podrunner-bench-{secrets.token_hex(3)}"
    cluster = make_cluster(name, plan.images, Nodes(), around.temporary, around.progress, around.removals)
    mark = around.removals.mark()
    try:
        return _measure_on(cluster, cells, around, plan)
    finally:
        # What is in the cluster goes with it.
        around.removals.forget(mark)
        cluster.api.close()


def _measure_on(cluster: Cluster, cells: Sequence[Cell], around: Surroundings, plan: Plan) -> Harvest:
    if any(cell.fuse for cell in cells):
        _offer_fuse(cluster, around)
    elif any(cell.driver == "fuse-overlayfs" for cell in cells):
        _open_fuse(cluster, around)
    bench = SmokeBench(cluster, plan, around.options, around.progress, around.removals, around.redactor)
    trial = prepare(bench, plan.subjects[0])
    render(trial)
    # Of the level that the first runner by name needs: `p-…`, where there is one, needs the most.
    make_namespaces(trial)
    start_stand_in(trial)
    send_repository(trial)
    install(trial)
    deadline = time.monotonic() + around.timeout
    harvest = Harvest([], [], {"Kubernetes": cluster.version, "container runtime": _runtime(trial)})
    for number, cell in enumerate(cells, 1):
        around.progress.heading(f"{number} of {len(cells)}: {cell.preset} with {cell.driver}")
        runner = next(runner for runner in trial.runners if runner.name == cell.runner)
        job = replace(trial, runners=[runner], run=JobRun(trial.run.job_id + number))
        _measure(job, cell, around, harvest, deadline)
    return harvest


def _measure(job: Trial, cell: Cell, around: Surroundings, harvest: Harvest, deadline: float) -> None:
    """Runs the job of one cell. A failure ends the cell, not the run."""
    left = deadline - time.monotonic()
    try:
        if left < _LEAST_SECONDS:
            raise PodrunnerError("no time was left (--timeout)")
        job.bench = replace(job.bench, options=replace(job.bench.options, timeout=left))
        run_job(job)
        _judge(job, cell)
        harvest.measurements += read_log(job.run.log, cell.preset, cell.driver)
    except PodrunnerError as error:
        text = around.redactor.redact(str(error))
        around.progress.failed(text)
        harvest.absences.append(Absence(cell.preset, cell.driver, text.splitlines()[0], failed=True))
    harvest.facts |= read_facts(job.run.log)


def _judge(job: Trial, cell: Cell) -> None:
    """A number counts only when container and driver were what they should be. Raises PodrunnerError."""
    promise = read_promise(job.bench.options.renderer.chart.modes, cell.mode)
    if promise is None:
        raise PodrunnerError(f"the mode {cell.mode} promises nothing")
    checks = [*check_pods(job.run.pods.values(), promise), check_inside(job.run.log, promise)]
    if problems := [f"{check.text}: {check.problem}" for check in checks if check.problem]:
        raise PodrunnerError("; ".join(problems))
    if (driver := read_facts(job.run.log).get("driver")) != cell.driver:
        raise PodrunnerError(f"the storage driver was {driver}, not {cell.driver}")


def plugin_image(images: ImageSet) -> str:
    """The device plugin among the images; empty when there is none."""
    return next((image for image, _ in images.archives if "/device-plugin:" in image), "")


def _open_fuse(cluster: Cluster, around: Surroundings) -> None:
    """Gives /dev/fuse of the node the mode that udev gives it on other machines; a node of kind has no udev."""
    kind = find_kind("any", around.images, around.temporary)
    node = cluster.api.list("Node")[0]["metadata"]["name"]
    with around.progress.step("Let every user of the node open /dev/fuse"):
        run([kind.engine, "exec", node, "chmod", "0666", "/dev/fuse"], kind.environment)


def _offer_fuse(cluster: Cluster, around: Surroundings) -> None:
    """Puts the device plugin on the node, which also opens the device to every user."""
    deployment = yaml.safe_load(_NODE.read_text(encoding="utf-8"))
    deployment["metadata"]["namespace"] = _NODE_NAMESPACE
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = plugin_image(around.images)
    with around.progress.step("Put a device plugin for /dev/fuse on the node"):
        cluster.api.create(namespace(_NODE_NAMESPACE, "privileged"))
        cluster.api.create(deployment)
        wait_for_deployment(cluster.api, _NODE_NAMESPACE, "node")


def _runtime(trial: Trial) -> str:
    """Such as `containerd 2.3.7`."""
    node = trial.bench.api.list("Node")[0]
    return str(node["status"]["nodeInfo"]["containerRuntimeVersion"]).replace("://", " ")


def _repository(source: Path, temporary: Path) -> Path:
    """A Git repository with the files of a folder."""
    folder = temporary / "bench-build"
    shutil.copytree(source, folder)
    identity = ["-c", "user.name=podrunner", "-c", "user.email=podrunner@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "Benchmark"]):
        run(["git", "-C", str(folder), *arguments], os.environ)
    return folder
