"""Real jobs that lack one thing each: `podrunner explain` names it from that very run's evidence.

negative_pairs.yaml has the pairs. All run in one release of the chart, which has a runner for each, one after the other.
PODRUNNER_KEEP_RUNS=1 writes what was seen of each run to tests/explain/runs, where it is explained without a cluster.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.selection import Selection
from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.cluster.interruption import Interruption
from podrunner.cluster.objects import namespace as namespace_object
from podrunner.cluster.removal import Removals
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.formats.placed import load_layer
from podrunner.helm.renderer import renderer
from podrunner.output.steps import Progress
from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import read_job
from podrunner.secrets.redact import Redactor
from podrunner.smoke.failure import gather_texts
from podrunner.smoke.install import install
from podrunner.smoke.job import JobRun
from podrunner.smoke.judgement import JobFailedError, run_job
from podrunner.smoke.plan import SmokeOptions, make_plan
from podrunner.smoke.surroundings import make_namespaces, send_repository, start_stand_in
from podrunner.smoke.trial import SmokeBench, Trial, prepare, render
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.api import Api
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet
    from podrunner.explain.diagnosis import Explanation
    from podrunner.manifests.objects import Object

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("pairs")]

HERE = Path(__file__).parent
KEPT = HERE.parent / "explain" / "runs"
# Seconds: pods that cannot start are given up soon.
IMPATIENT = {"kubernetes": {"poll_timeout": 20, "poll_interval": 1}}
SCRIPT = ["podman build ."]
# What becomes of a pod on a machine that is too busy to set it up. None of the pairs is about that.
SHAKY = {"container-start", "sandbox"}
# Lines that come as often as it takes, and addresses.
VOLATILE = re.compile(r"^Waiting for pod |^\tContainersNot|^$")
ADDRESS = re.compile(r"\b10(?:\.\d+){3}\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """A job that lacks something; the fields are described in negative_pairs.yaml."""

    name: str
    without: str
    cause: str
    log: str = ""
    podman: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)
    namespace: str = ""
    objects: list[Object] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the test's name."""
        return self.name

    def place(self, release: str) -> str:
        """The namespace of its job pods, given that of the release."""
        return f"{release}-{self.name}" if self.namespace else release

    def runner(self, release: str) -> dict[str, Any]:
        """Its runner's values."""
        where = {"kubernetes": {"namespace": self.place(release)}} if self.namespace else {}
        return {"podman": self.podman, "config": merge(IMPATIENT, where, self.config)}


PAIRS = [
    Pair(name, **pair)
    for name, pair in yaml.safe_load((HERE / "negative_pairs.yaml").read_text(encoding="utf-8")).items()
]


@pytest.fixture(scope="module")
def release(smoke_cluster: Cluster, images: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Return an installed release whose runners lack one thing each."""
    if images.registry is None:
        pytest.skip("needs a registry in the cluster: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build, has one")
    folder = tmp_path_factory.mktemp("pairs")
    name = f"podrunner-pairs-{secrets.token_hex(3)}"
    values = {"runners": {pair.name: pair.runner(name) for pair in PAIRS}}
    jobs = {pair.name: {"image": "quay.io/podman/stable", "script": SCRIPT, **pair.job} for pair in PAIRS}
    (folder / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (folder / "ci.yml").write_text(yaml.safe_dump(jobs), encoding="utf-8")
    options = SmokeOptions(
        renderer("library", Chart.open()),
        Selection(values=(load_layer(folder / "values.yaml"),)),
        pipeline=folder / "ci.yml",
        job=PAIRS[0].name,
        namespace=name,
        timeout=120,
    )
    plan = replace(make_plan(options, folder), images=images)
    # Everything goes with the namespaces.
    removals = Removals(Progress(), Interruption())
    trial = prepare(SmokeBench(smoke_cluster, plan, options, Progress(), removals, Redactor()), plan.subjects[0])
    try:
        make_surroundings(trial)
        for step in (render, make_namespaces, start_stand_in, send_repository, install):
            step(trial)
        take_permissions(trial)
        yield trial
    finally:
        for namespace in {pair.place(name) for pair in PAIRS}:
            smoke_cluster.api.delete("Namespace", namespace)


def make_surroundings(trial: Trial) -> None:
    """Make the namespaces, what the pairs put into them, and registries that let nobody in."""
    api, name = trial.bench.api, trial.place.namespace
    levels = {name: "privileged"} | {pair.place(name): pair.namespace for pair in PAIRS if pair.namespace}
    for namespace, level in levels.items():
        api.create(namespace_object(namespace, level))
    for pair in PAIRS:
        for item in pair.objects:
            create(api, item, pair.place(name))
    code = {"registries.py": (HERE / "registries.py").read_text(encoding="utf-8")}
    metadata = {"name": "registries"}
    create(api, {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": code}, name)
    for item in yaml.safe_load((HERE / "registries.yaml").read_text(encoding="utf-8")):
        if item["kind"] == "Deployment":
            item["spec"]["template"]["spec"]["containers"][0]["image"] = trial.bench.plan.images.stand_in
        create(api, item, name)
    wait_for_deployment(api, name, "registries")


def create(api: Api, item: Object, namespace: str) -> None:
    """Make an object of any kind in a namespace."""
    group = "api/v1" if item["apiVersion"] == "v1" else f"apis/{item['apiVersion']}"
    body = {**item, "metadata": {**item["metadata"], "namespace": namespace}}
    path = f"/{group}/namespaces/{namespace}/{item['kind'].lower()}s"
    api.request("POST", path, body=json.dumps(body).encode())


def take_permissions(trial: Trial) -> None:
    """Take permissions out of the manager's Role, in namespaces where a pair wants that."""
    api = trial.bench.api
    for pair in PAIRS:
        for resource, verb in pair.refuse.items():
            folder = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{pair.place(trial.place.namespace)}/roles"
            (role,) = json.loads(api.request("GET", folder))["items"]
            rules = [rule for allowed in role["rules"] for rule in without(allowed, resource, verb)]
            body = json.dumps({**role, "rules": rules}).encode()
            api.request("PUT", f"{folder}/{role['metadata']['name']}", body=body)


def without(rule: Object, resource: str, verb: str) -> list[Object]:
    """Rules that allow what a rule does, but for one verb of one resource."""
    rules = [
        {**rule, "resources": [name], "verbs": [one for one in rule["verbs"] if (name, one) != (resource, verb)]}
        for name in rule["resources"]
    ]
    return [rule for rule in rules if rule["verbs"]]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_explain_names_what_a_job_lacks(
    pair: Pair, release: Trial, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial, explanation = fail(pair, release)

    (tmp_path / "job.log").write_text(trial.run.log, encoding="utf-8")
    keep(pair, trial)
    capsys.readouterr()
    main(["explain", str(tmp_path / "job.log"), "--format", "json"])
    of_log = json.loads(capsys.readouterr().out)["cause"]
    assert (cause_of(explanation), of_log) == (pair.cause, pair.log or pair.cause)


def fail(pair: Pair, release: Trial) -> tuple[Trial, Explanation]:
    """Run the job, which has to fail; a second time where the machine did not manage to start a container."""
    for _ in range(2):
        trial = trial_of(pair, release)
        with pytest.raises(JobFailedError) as failure:
            run_job(trial)
        if cause_of(failure.value.explanation) not in SHAKY:
            break
    return trial, failure.value.explanation


def cause_of(explanation: Explanation) -> str:
    """The id of the first cause."""
    return explanation.cause.id if explanation.cause else "nothing"


def trial_of(pair: Pair, release: Trial) -> Trial:
    """The release as a trial of one pair: its runner, its job, a run of its own."""
    plan = release.bench.plan
    pipeline = load_pipeline(release.bench.options.pipeline or Path())
    (runner,) = (runner for runner in release.runners if runner.name == pair.name)
    bench = replace(release.bench, plan=replace(plan, job=read_job(pipeline, pair.name)))
    run = JobRun(100_000_000 + secrets.randbelow(900_000_000))
    return replace(release, bench=bench, runners=[runner], run=run)


def keep(pair: Pair, trial: Trial) -> None:
    """Write what was seen of a run, without what differs from run to run, when asked to."""
    if not os.environ.get("PODRUNNER_KEEP_RUNS"):
        return
    seen = {"log": trial.run.log.splitlines(), **gather_texts(trial)}
    seen["manager"] = [line.split("  ")[0] for line in seen["manager"] if line.startswith(("WARNING: Job", "ERROR: "))]
    texts = {
        name: [anonymous(line, trial) for line in lines if not VOLATILE.search(line)] for name, lines in seen.items()
    }
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{pair.name}.yaml").write_text(yaml.safe_dump(texts, width=1000, sort_keys=False), encoding="utf-8")


def anonymous(text: str, trial: Trial) -> str:
    """A line without what is this run's or this machine's alone."""
    names = {node["metadata"]["name"]: "node-1" for node in trial.bench.api.list("Node")}
    names |= {trial.place.namespace: "ci", trial.place.word: "a1b2c3", str(trial.run.job_id): "123456789"}
    for name, into in names.items():
        text = text.replace(name, into)
    return trial.bench.redactor.redact(ADDRESS.sub("10.0.0.1", text))
