"""One case tried: the release is installed, its real manager takes a job for each runner, and is ended again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .gitlab import IMAGE
from .manager import manager
from .release import Release, installed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podrunner.gitlab.stand_in.jobs import QueuedJob
    from podrunner.pipeline.fields import Variable

    from .cluster import Cluster
    from .gitlab import Gitlab
    from .manager import Manager

# Seconds until the pod of a job has to be there, or the job to have failed: on a machine that has nothing else to do, a few.
_PATIENCE = 120
# Seconds between two questions: asking without a pause is what a busy machine is busy with.
_PAUSE = 0.2
_JOB = "job.runner.gitlab.com/id"


@dataclass(frozen=True)
class Bench:
    """What all trials share. `binary` is gitlab-runner."""

    cluster: Cluster
    gitlab: Gitlab
    binary: Path


@dataclass(frozen=True)
class Trial:
    """What became of a case.

    `pods`: runner → its job's pod, or None when the job failed without one; `traces`: runner → the job's log; `log` is
    the manager's; `left` are pods and Secrets that were there after its end; `requests` are audit events.
    """

    release: Release
    pods: Mapping[str, dict[str, Any] | None]
    traces: Mapping[str, str]
    log: str
    left: list[str]
    requests: list[dict[str, Any]]

    def asked(self, runner: str) -> dict[str, Any]:
        """The pod of a runner's job as the runner sent it, before admission."""
        pod = self.pods[runner]
        name = pod["metadata"]["name"] if pod else ""
        sent = [one["requestObject"] for one in self.requests if "requestObject" in one]
        return next(one for one in sent if one["metadata"]["name"] == name)

    @property
    def refused(self) -> list[str]:
        """What the API server forbade the manager."""
        return [
            f"{one['verb']} {one['requestURI']}" for one in self.requests if one["responseStatus"]["code"] in (401, 403)
        ]

    @property
    def rights(self) -> set[tuple[str, str, str]]:
        """(group, resource, verb) of everything that the manager asked for."""
        found = set()
        for one in self.requests:
            reference = one.get("objectRef") or {}
            if "resource" in reference:
                parts = [reference["resource"], reference.get("subresource")]
                found.add((reference.get("apiGroup", ""), "/".join(part for part in parts if part), one["verb"]))
        return found


def attempt(
    release: Release,
    bench: Bench,
    folder: Path,
    *,
    levels: Mapping[str, str] | None = None,
    variables: tuple[Variable, ...] = (),
) -> Trial:
    """Install a release, give each runner a job, wait for the pods, end the manager, remove everything."""
    cluster = bench.cluster
    with installed(release, cluster, levels=levels):
        user = f"system:serviceaccount:{release.rendering.namespace}:{release.account}"
        past, before = len(cluster.plane.requests(user)), _secrets(release, cluster)
        # Before the manager starts: its first question is answered with a job.
        queued = [(one.name, _queue(one.entry, release.tokens[one.name], bench, variables)) for one in release.runners]
        jobs = dict(queued)
        with manager(bench.binary, release.rendering, cluster, folder) as running:
            pods = {one.name: _wait(jobs[one.name], one.job_namespace, cluster, running) for one in release.runners}
            for job in jobs.values():
                bench.gitlab.cancel(job)
            _until_gone(release, cluster)
            running.stop()
            left = sorted({f"Pod/{pod['metadata']['name']}" for pod in _pods(release, cluster)})
            left += sorted(_secrets(release, cluster) - before)
            traces = {name: bytes(job.trace).decode(errors="replace") for name, job in jobs.items()}
            return Trial(release, pods, traces, running.log, left, cluster.plane.requests(user)[past:])


def _queue(runner: Mapping[str, Any], token: str, bench: Bench, variables: tuple[Variable, ...]) -> QueuedJob:
    given = (runner.get("kubernetes") or {}).get("image")
    return bench.gitlab.queue(str(runner["name"]), token, "" if given else IMAGE, variables=variables)


def _wait(job: QueuedJob, namespace: str, cluster: Cluster, running: Manager) -> dict[str, Any] | None:
    """Give the pod of a job; None once the job is over without."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        over = job.state in ("failed", "success", "canceled")
        for pod in cluster.objects("Pod", namespace):
            if (pod["metadata"].get("annotations") or {}).get(_JOB) == str(job.id):
                return pod
        if over:
            return None
        if not running.running:
            break
        time.sleep(_PAUSE)
    raise AssertionError(f"job {job.id} is {job.state} and has no pod:\n{running.log[-4000:]}")


def _until_gone(release: Release, cluster: Cluster) -> None:
    """Wait until the runners have removed the pods of their cancelled jobs, or have had the time to."""
    deadline = time.monotonic() + _PATIENCE
    while _pods(release, cluster) and time.monotonic() < deadline:
        time.sleep(_PAUSE)


def _pods(release: Release, cluster: Cluster) -> list[dict[str, Any]]:
    return [pod for name in release.levels for pod in cluster.objects("Pod", name)]


def _secrets(release: Release, cluster: Cluster) -> set[str]:
    """Secrets that are nobody's: those of a pod are the garbage collector's, which does not run here."""
    every = [one["metadata"] for name in release.levels for one in cluster.objects("Secret", name)]
    return {f"Secret/{one['name']}" for one in every if not one.get("ownerReferences")}
