"""Runs one job: queues it, shows its log while it grows, keeps what its pod looked like."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.cluster.api import Api, ApiError
from podrunner.findings.errors import PodrunnerError
from podrunner.gitlab.trace import TraceReader, plain

if TYPE_CHECKING:
    from podrunner.gitlab.client import StandIn
    from podrunner.manifests.objects import Object
    from podrunner.output.steps import Progress

_FINAL = frozenset(["success", "failed", "canceled"])
_ID = "job.runner.gitlab.com/id"
_GONE = 410
# Seconds a watch takes, and so the time between two looks at the log.
_LOOK = 1


class JobTimeoutError(PodrunnerError):
    """The job is not over after the time it got."""


@dataclass(slots=True)
class JobRun:
    """What is known of a job's run. `pods` are the last seen states of its pods, by name."""

    job_id: int
    state: str = "pending"
    failure_reason: str = ""
    exit_code: int | None = None
    trace: bytearray = field(default_factory=bytearray)
    pods: dict[str, Object] = field(default_factory=dict)

    @property
    def log(self) -> str:
        """The log as plain text."""
        return plain(bytes(self.trace))


def queue_job(stand_in: StandIn, namespace: str, payload: Object, runner: str) -> PodWatch:
    """Queues the job for `runner`, whose job pods will be in `namespace`. Goes on with `follow_job`."""
    # From before the job is there: no pod of it can be missed.
    watch = PodWatch(stand_in.api, namespace, stand_in.api.pods_version(namespace))
    stand_in.queue(payload, runner)
    return watch


def follow_job(run: JobRun, stand_in: StandIn, watch: PodWatch, progress: Progress, timeout: float) -> None:
    """Shows the log until the job is over, and fills `run`. Raises JobTimeoutError after `timeout` seconds."""
    reader = TraceReader()
    start = time.monotonic()
    while True:
        _remember(run, watch)
        state = stand_in.job(run.job_id)
        piece = stand_in.trace(run.job_id, len(run.trace))
        run.trace += piece
        for line in reader.feed(piece):
            progress.log(line)
        run.state, run.failure_reason = state["state"], state["failure_reason"]
        run.exit_code = state["exit_code"]
        if run.state in _FINAL and len(run.trace) >= state["trace_size"]:
            break
        if time.monotonic() - start > timeout:
            raise JobTimeoutError(f"the job is still {run.state} after {timeout:.0f} s (--timeout).")
    for line in reader.end():
        progress.log(line)


def is_of_job(pod: Object, job_id: int) -> bool:
    """Whether GitLab Runner made a pod for this job."""
    annotations = pod["metadata"].get("annotations") or {}
    return bool(annotations.get(_ID) == str(job_id))


@dataclass(slots=True)
class PodWatch:
    """Looks at the pods of a namespace without missing one, a second at a time."""

    api: Api
    namespace: str
    version: str

    def changes(self) -> list[Object]:
        """Pods that changed since the last look."""
        try:
            pods = list(self.api.watch_pods(self.namespace, self.version, _LOOK))
        except ApiError as error:
            if error.status != _GONE:
                raise
            # Too long ago for the API server: begin anew.
            self.version = self.api.pods_version(self.namespace)
            return self.api.list("Pod", self.namespace)
        if pods:
            self.version = pods[-1]["metadata"]["resourceVersion"]
        return pods


def _remember(run: JobRun, watch: PodWatch) -> None:
    for pod in watch.changes():
        if is_of_job(pod, run.job_id):
            run.pods[pod["metadata"]["name"]] = {"apiVersion": "v1", "kind": "Pod", **pod}
