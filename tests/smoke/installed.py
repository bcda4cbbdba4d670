"""A release on a cluster with a GitLab of its own, to which things happen while its jobs run."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart import Chart
from podrunner.cluster import objects
from podrunner.cluster.api import ApiError
from podrunner.cluster.release import Release
from podrunner.smoke.overlay import new_token
from podrunner.values.merge import merge

from .waiting import Door, make_bundle, start_gitlab, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podrunner.cluster.api import Api
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet
    from podrunner.gitlab.client import StandIn
    from podrunner.gitlab.repository import Bundle
    from podrunner.manifests.objects import Object

CHART = Chart.open()
FULL_NAME = "life-podrunner"
MANAGERS = "app.kubernetes.io/component=manager"
METRICS = 9252
SUCCEEDED = "Job succeeded"
# The shells of a job pod heed no signal: without it, each pod takes half a minute to go.
KUBERNETES = {"pull_policy": ["if-not-present"], "pod_termination_grace_period_seconds": 1}


@dataclass(frozen=True)
class Installed:
    """A release whose manager is where the Pod Security level restricted is enforced.

    GitLab calls whoever has `next_token` the runner `next`.
    """

    cluster: Cluster
    release: Release
    values: dict[str, Any]
    stand_in: StandIn
    next_token: str
    bundle: Bundle
    doors: dict[int, Door] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def api(self) -> Api:
        return self.cluster.api

    @property
    def namespace(self) -> str:
        return self.release.namespace

    @property
    def jobs(self) -> str:
        """The namespace of job pods."""
        return jobs_of(self.namespace)

    # --- jobs

    def start_job(self, runner: str = "default", **more: Any) -> int:
        """Start a job and wait until it is in front of its door; `more` as `Door.queue` takes it."""
        job = next(self.ids)
        door = self.doors[job] = Door(self.stand_in, self.bundle, f"group/door-{job}")
        door.queue(job, runner, variables={}, **more)
        until(lambda: door.is_reached(job), f"job {job} runs", lambda: self.tell(door, job))
        return job

    def finish(self, job: int) -> str:
        """Open a job's door, wait for its end, and give the last line of its log."""
        door = self.doors[job]
        door.open()
        until(lambda: door.is_passed(job), f"job {job} succeeds", lambda: self.tell(door, job))
        return door.log(job).rstrip().rpartition("\n")[2]

    def pods_of(self, job: int) -> list[Object]:
        return [
            pod
            for pod in self.api.list("Pod", self.jobs)
            if pod["metadata"]["annotations"]["job.runner.gitlab.com/id"] == str(job)
        ]

    def left(self) -> list[str]:
        """Name what is left of jobs and of managers that have ended; wait for what needs a moment to go."""
        with contextlib.suppress(AssertionError):
            until(lambda: not self._leftovers(), "nothing is left", patience=45)
        return self._leftovers()

    def _leftovers(self) -> list[str]:
        return [pod["metadata"]["name"] for pod in (*self.ending(), *self.api.list("Pod", self.jobs))]

    # --- managers

    def managers(self) -> list[Object]:
        return self.api.list("Pod", self.namespace, MANAGERS)

    def manager(self) -> Object:
        """The manager that is there to stay."""
        (pod,) = [pod for pod in self.managers() if not pod["metadata"].get("deletionTimestamp")]
        return pod

    def ending(self) -> list[Object]:
        """Managers that have been told to end."""
        return [pod for pod in self.managers() if pod["metadata"].get("deletionTimestamp")]

    def wait_for_a_manager_after(self, old: Object) -> Object:
        """Wait until another manager is ready, and the one before has been told to end."""

        def is_there() -> bool:
            pods = {pod["metadata"]["uid"]: pod for pod in self.managers()}
            before = pods.pop(old["metadata"]["uid"], {"metadata": {"deletionTimestamp": "gone"}})
            return "deletionTimestamp" in before["metadata"] and any(map(is_ready, pods.values()))

        until(is_there, "another manager is ready", self.states)
        return self.manager()

    def metric(self, name: str) -> float:
        """The sum of a metric's series, 0 without any."""
        pod = self.manager()["metadata"]["name"]
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{METRICS}/proxy/metrics"
        lines = self.api.request("GET", path).decode()
        return sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", lines, re.MULTILINE)))

    def stays_ready(self, seconds: float) -> None:
        """Hold the manager to be ready, and not to be started again, for some time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert (is_ready(self.manager()), restarts(self.manager())) == (True, 0)
            time.sleep(1)

    def log(self, pod: Object) -> str:
        return self.api.logs(self.namespace, pod["metadata"]["name"], "manager")

    def states(self) -> str:
        return json.dumps([pod["status"] for pod in self.managers()], indent=1)

    def tell(self, door: Door, job: int) -> str:
        """What job and managers said, for a test that fails."""
        logs = "".join(f"--- {pod['metadata']['name']}\n{self.log(pod)[-3000:]}\n" for pod in self.managers())
        return f"--- job {job}\n{door.log(job)}\n{logs}"

    # --- what happens to them

    def upgrade(self, *layers: dict[str, Any]) -> None:
        """Upgrade the release to its first values with others above them."""
        self.release.upgrade(merge(self.values, *layers))

    def change(self, kind: str, name: str, change: Object) -> None:
        """Change an object of the release's namespace, by a merge patch."""
        group = "apis/apps/v1" if kind in ("deployments", "statefulsets") else "api/v1"
        path = f"/{group}/namespaces/{self.namespace}/{kind}/{name}"
        self.api.request("PATCH", path, body=json.dumps(change).encode(), kind="application/merge-patch+json")

    def restart(self) -> None:
        """Replace the manager's pod, as `kubectl rollout restart` does."""
        annotations = {"kubectl.kubernetes.io/restartedAt": secrets.token_hex(4)}
        self.change("deployments", FULL_NAME, {"spec": {"template": {"metadata": {"annotations": annotations}}}})

    def evict(self, pod: Object) -> None:
        """Ask for the pod's place, as `kubectl drain` does."""
        metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction"
        self.api.request("POST", path, body=json.dumps(eviction).encode())

    @contextlib.contextmanager
    def without_gitlab(self) -> Iterator[None]:
        """Take GitLab away during the block: its Service leads to nobody."""
        service = self.stand_in.place.name("stand-in")
        selector = self.api.get("Service", service, self.namespace)["spec"]["selector"]
        self.change("services", service, {"spec": {"selector": {"app.kubernetes.io/instance": "nobody"}}})
        yield
        self.change("services", service, {"spec": {"selector": selector}})
        until(self.has_gitlab, "GitLab is back")

    def has_gitlab(self) -> bool:
        """Whether the Service leads to GitLab, as the API server sees it."""
        try:
            self.stand_in.state()
        except ApiError:
            return False
        return True

    @contextlib.contextmanager
    def reloading(self, metric: str = "gitlab_runner_configuration_loaded_total") -> Iterator[None]:
        """Wait, after the block, until the manager has read the configuration that was changed in it."""
        before, pod = self.metric(metric), self.manager()
        yield
        # A kubelet takes changed ConfigMaps and Secrets to the pods once a minute, or at once when a pod itself changes.
        annotations = {"podrunner.test/look": secrets.token_hex(4)}
        self.change("pods", pod["metadata"]["name"], {"metadata": {"annotations": annotations}})
        until(lambda: self.metric(metric) > before, f"{metric} is greater than {before}", lambda: self.log(pod))


# The fixture `install`: values → the release; Secrets by keyword.
Install = Callable[..., Installed]


def jobs_of(namespace: str) -> str:
    return f"{namespace}-jobs"


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any((one["type"], one["status"]) == ("Ready", "True") for one in conditions)


def restarts(pod: Object) -> int:
    """How often containers of a pod were started again."""
    return sum(container["restartCount"] for container in pod["status"]["containerStatuses"])


def preset(name: str) -> dict[str, Any]:
    return CHART.preset(name).data


@contextlib.contextmanager
def installed(
    cluster: Cluster,
    images: ImageSet,
    folder: Path,
    values: Mapping[str, Any],
    given: Mapping[str, Mapping[str, str]],
    node: str = "",
) -> Iterator[Installed]:
    """Install a release with these values; its manager is ready. `given` are Secrets by name, `node` is GitLab's."""
    api, namespace = cluster.api, f"podrunner-life-{secrets.token_hex(3)}"
    place = objects.Place(namespace, "life")
    tokens = {name: new_token() for name in (*values.get("runners", ["default"]), "next")}
    try:
        api.create(objects.namespace(namespace, "restricted"))
        # Whatever preset an upgrade leads to.
        api.create(objects.namespace(jobs_of(namespace), "privileged"))
        stand_in = start_gitlab(api, place, images.stand_in, {token: name for name, token in tokens.items()}, node)
        own = {f"{FULL_NAME}-{name}": {"token": token} for name, token in tokens.items()}
        for name, data in {**own, **given}.items():
            api.create(objects.secret(place, name, dict(data), exact_name=True))
        ours: dict[str, Any] = {
            "gitlab": {"url": stand_in.url},
            "config": {"check_interval": 1},
            "jobs": {"namespace": jobs_of(namespace), "config": {"kubernetes": KUBERNETES}},
        }
        release = Release(CHART.path, "life", namespace, cluster.kubeconfig, folder)
        it = Installed(
            cluster, release, merge(images.values, ours, values), stand_in, tokens["next"], make_bundle(folder)
        )
        release.install(it.values)
        until(lambda: any(map(is_ready, it.managers())), "a manager is ready", it.states)
        yield it
    finally:
        # Not through the release: its manager would wait for jobs that nobody lets go on any more.
        for name in (jobs_of(namespace), namespace):
            for pod in api.list("Pod", name):
                api.delete("Pod", pod["metadata"]["name"], name, grace=0)
            api.delete("Namespace", name)
