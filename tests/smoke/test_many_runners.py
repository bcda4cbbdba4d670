"""Two releases with three runners each on one cluster, each runner with a namespace and a mode of its own, all at once.

Every job has what needs rights: a service whose log is asked for, credentials of a registry, and its pod's events. The
managers run where the Pod Security level restricted is enforced, with the Roles as rendered and nothing more.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.cluster import objects
from podrunner.cluster.release import Release
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.modes.promise import check_pods
from podrunner.modes.runners import read_promise
from podrunner.pipeline.fields import Image
from podrunner.values.merge import merge

from .waiting import Door, make_bundle, start_gitlab, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

pytestmark = pytest.mark.xdist_group("many-runners")
CHART = Chart.open()
RELEASES = ("one", "two")
# Runner → its mode.
MODES = {"plain": "unprivileged", "mapped": "userNamespace", "deep": "privileged"}
VARIABLES = {"FF_PRINT_POD_EVENTS": "true", "CI_DEBUG_SERVICES": "true"}
LOGIN = {"type": "registry", "url": "registry.example.com", "username": "ci", "password": "job-password"}
SERVICE = Image(
    "quay.io/podman/stable", alias="helper-service", entrypoint=("sh", "-c", "echo the service speaks; sleep 600")
)


@dataclass
class Run:
    """One runner of a release, and its job. `pod` is the job's, as it was when all jobs ran."""

    release: str
    runner: str
    namespace: str
    job_id: int
    token: str = field(default_factory=lambda: f"glrt-{secrets.token_urlsafe(15)}")
    pod: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """What the stand-in calls the runner."""
        return f"{self.release}/{self.runner}"


@dataclass(frozen=True)
class Stage:
    """Everything that was installed; `home` gives the namespace of a release."""

    cluster: Cluster
    word: str
    runs: tuple[Run, ...]
    door: Door

    def home(self, release: str) -> str:
        return f"podrunner-test-{self.word}-{release}"

    def tell(self) -> str:
        return "".join(f"--- {run.name}\n{self.door.log(run.job_id)}\n" for run in self.runs)


@pytest.fixture(scope="module")
def stage(smoke_cluster: Cluster, images: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return the two releases, installed, each with its managers ready."""
    folder, word = tmp_path_factory.mktemp("many"), uuid.uuid4().hex[:6]
    api, gitlab = smoke_cluster.api, f"podrunner-test-{word}-gitlab"
    pairs = [(release, runner) for release in RELEASES for runner in MODES]
    runs = tuple(
        Run(release, runner, f"podrunner-test-{word}-{release}-{runner}", 100 + number)
        for number, (release, runner) in enumerate(pairs)
    )
    api.create(objects.namespace(gitlab, "restricted"))
    tokens = {run.token: run.name for run in runs}
    stand_in = start_gitlab(api, objects.Place(gitlab, word), images.stand_in, tokens)
    stage = Stage(smoke_cluster, word, runs, Door(stand_in, make_bundle(folder)))
    for name in map(stage.home, RELEASES):
        api.create(objects.namespace(name, "restricted"))
    for release in RELEASES:
        install(stage, release, folder, images.values)
    yield stage
    for release in RELEASES:
        helm(stage, release, folder).uninstall()
    for name in (gitlab, *map(stage.home, RELEASES), *(run.namespace for run in runs)):
        api.delete("Namespace", name)


def helm(stage: Stage, release: str, folder: Path) -> Release:
    return Release(CHART.path, release, stage.home(release), stage.cluster.kubeconfig, folder)


def install(stage: Stage, release: str, folder: Path, given: Mapping[str, Any]) -> None:
    """Install a release that makes the namespaces of its jobs, and give it its tokens. `given` name the images."""
    own = [run for run in stage.runs if run.release == release]
    place = objects.Place(stage.home(release), stage.word)
    for run in own:
        name = f"{release}-podrunner-{run.runner}"
        stage.cluster.api.create(objects.secret(place, name, {"token": run.token}, exact_name=True))
    values: dict[str, Any] = {
        "gitlab": {"url": stage.door.stand_in.url},
        "config": {"check_interval": 1},
        "jobs": {"createNamespace": True, "config": {"kubernetes": {"pull_policy": ["if-not-present"]}}},
        "runners": {
            run.runner: {
                "podman": {"mode": MODES[run.runner]},
                "config": {"kubernetes": {"namespace": run.namespace}},
            }
            for run in own
        },
    }
    helm(stage, release, folder).install(merge(given, values))
    wait_for_deployment(stage.cluster.api, stage.home(release), f"{release}-podrunner")


@pytest.fixture(scope="module")
def logs(stage: Stage) -> Mapping[str, str]:
    """Return the logs of all jobs, by runner. While all of them ran, each run was given its pod."""
    for run in stage.runs:
        # One after the other: a busy node's runtime fails to start many containers at the same time.
        stage.door.queue(run.job_id, run.name, credentials=(LOGIN,), variables=VARIABLES, services=(SERVICE,))
        until(partial(stage.door.is_reached, run.job_id), f"{run.name} runs", stage.tell)
    for run in stage.runs:
        pods = [pod for pod in stage.cluster.api.list("Pod", run.namespace) if pod["status"]["phase"] == "Running"]
        run.pod = pods[0] if len(pods) == 1 else None
    stage.door.open()
    for run in stage.runs:
        until(partial(stage.door.is_passed, run.job_id), f"{run.name} succeeds", stage.tell)
    return {run.name: stage.door.log(run.job_id) for run in stage.runs}


def test_all_jobs_run_at_once_each_in_the_namespace_of_its_runner(stage: Stage, logs: Mapping[str, str]) -> None:
    assert [run.name for run in stage.runs if run.pod is None] == []
    assert [name for name, log in logs.items() if "Job succeeded" not in log] == []
    assert len({run.namespace for run in stage.runs}) == 6


def test_each_job_is_what_the_mode_of_its_runner_promises(stage: Stage, logs: Mapping[str, str]) -> None:
    for run in stage.runs:
        promise = read_promise(CHART.modes, MODES[run.runner])
        assert promise
        assert [check.problem for check in check_pods([run.pod or {}], promise) if check.problem] == []


def test_each_namespace_enforces_the_level_of_its_mode_and_the_managers_restricted(stage: Stage) -> None:
    def level(name: str) -> str:
        labels = stage.cluster.api.get("Namespace", name)["metadata"]["labels"]
        return str(labels["pod-security.kubernetes.io/enforce"])

    promised = CHART.modes
    assert {run.name: level(run.namespace) for run in stage.runs} == {
        run.name: promised[MODES[run.runner]]["podSecurity"] for run in stage.runs
    }
    assert [level(stage.home(release)) for release in RELEASES] == ["restricted", "restricted"]


def test_services_credentials_and_events_of_every_job_are_there(stage: Stage, logs: Mapping[str, str]) -> None:
    for run in stage.runs:
        log = logs[run.name]
        assert "the service speaks" in log
        assert "Subscribing to Kubernetes Pod events..." in log
        assert "Started container" in log or "Container started" in log
        assert [one["name"] for one in (run.pod or {})["spec"]["imagePullSecrets"]]


def test_no_manager_is_forbidden_anything(stage: Stage, logs: Mapping[str, str]) -> None:
    for release in RELEASES:
        (pod,) = [
            pod
            for pod in stage.cluster.api.list("Pod", stage.home(release))
            if pod["metadata"]["labels"].get("app.kubernetes.io/component") == "manager"
        ]
        log = stage.cluster.api.logs(stage.home(release), pod["metadata"]["name"], "manager")

        assert "Job succeeded" in log
        assert "forbidden" not in log.lower()
    assert [name for name, log in logs.items() if "forbidden" in log.lower()] == []


def test_the_namespaces_of_jobs_outlive_their_release(stage: Stage, logs: Mapping[str, str], tmp_path: Path) -> None:
    helm(stage, "two", tmp_path).uninstall()

    left = [run for run in stage.runs if stage.cluster.api.find("Namespace", run.namespace)]
    assert [run.name for run in left] == [run.name for run in stage.runs]
