"""What becomes of a job at a fault, and docs/guarantees.json, which has what the last full run saw.

PODRUNNER_RECORD_GUARANTEES=1 writes what is seen into the file. Without it, what is seen has to be what the file says; times
are not compared.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.cluster.api import ApiError

from .clusters import locked
from .installed import Installed, restarts
from .waiting import OVER, on, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.manifests.objects import Object

    from .workers import Workers

RECORDS = Path(__file__).parents[2] / "docs" / "guarantees.json"
IS_RECORDED = bool(os.environ.get("PODRUNNER_RECORD_GUARANTEES"))
# Kinds of what a job may leave, and of what the release has where jobs run.
KINDS = ("Pod", "Secret", "ConfigMap", "Service")
# Seconds that GitLab may hear nothing of the end of a job that could end before the job is said to hang.
PATIENCE = 120
# Seconds in which what is not to be left goes.
MOMENT = 60
LOGIN = {"type": "registry", "url": "registry.example.com", "username": "ci", "password": "not-a-secret"}


@dataclass(frozen=True)
class Outcome:
    """`finishes`, `fails` with the reason that GitLab got, or `hangs`: GitLab waits on; and what is left after it."""

    outcome: str
    reason: str
    left: list[str]


@dataclass
class Scene:
    """A release with a job in front of its door. The manager runs on the first worker, the job's pod on the second."""

    name: str
    it: Installed
    workers: Workers
    # Uids of what is where jobs run before there is a job.
    before: frozenset[str]
    job: int = 0
    pods: list[Object] = field(default_factory=list)
    runner: str = ""
    began: float = 0

    def begin(self, **more: Any) -> Scene:
        """Start the job; what happens next is the fault."""
        self.job = self.it.start_job(credentials=(LOGIN,), **more)
        self.pods, self.runner, self.began = self.it.pods_of(self.job), _runner(self.it), time.monotonic()
        return self

    def drain(self) -> None:
        """Empty the node of the job's pod of what is of this release, as `kubectl drain` does: it asks, once here."""
        node = self.workers.second
        self.workers.cordon(node)
        try:
            for pod in self.pods:
                self.it.evict(pod)
        finally:
            self.workers.cordon(node, cordoned=False)

    def outcome(self, patience: float = PATIENCE) -> Outcome:
        """Let the job go on, see what becomes of it, and hold that to the record, or record it."""
        self.it.doors[self.job].open()
        end = time.monotonic() + patience
        while (state := self._state())["state"] not in OVER and time.monotonic() < end:
            time.sleep(0.5)
        seconds = round(time.monotonic() - self.began)
        print(f"{self.name}: {state} after {seconds} s\n{self.it.tell(self.it.doors[self.job], self.job)}")
        outcome = _word(state["state"])
        if outcome != "hangs":
            # What ends needs a moment to go: Secrets are removed some time after their pods.
            with suppress(AssertionError):
                until(lambda: not self.left(), "nothing is left", patience=MOMENT)
        seen = Outcome(outcome, state["failure_reason"], self.left())
        print(f"{self.name}: {seen}")
        if IS_RECORDED:
            self._record(seen, seconds)
        else:
            assert seen == recorded(self.name)
        return seen

    def _state(self) -> dict[str, Any]:
        """What GitLab knows of the job. A cluster that does not answer, as some faults have it, is asked again later."""
        try:
            return self.it.stand_in.job(self.job)
        except ApiError as error:
            return {"state": str(error), "failure_reason": ""}

    def left(self) -> list[str]:
        """What there is of the job and of managers that have ended, each with its state."""
        objects = [*_objects(self.it), *self.it.ending()]
        return sorted(_named(item) for item in objects if item["metadata"]["uid"] not in self.before)

    def _record(self, seen: Outcome, seconds: int) -> None:
        deadlines = {pod["spec"].get("activeDeadlineSeconds") for pod in self.pods}
        entry = {
            "date": time.strftime("%Y-%m-%d"),
            "kubernetes": self.it.cluster.version,
            "runner": self.runner,
            "outcome": seen.outcome,
            "reason": seen.reason,
            "seconds": seconds,
            "left": seen.left,
            "deadline": max((one for one in deadlines if one), default=0) if seen.outcome == "hangs" else 0,
        }
        with _file() as records:
            records[self.name] = entry


# The fixture `begin`: name of the fault, values → the scene; fields of the job by keyword.
Begin = Callable[..., Scene]


def recorded(name: str) -> Outcome:
    """What the last full run saw of a fault."""
    entry = json.loads(RECORDS.read_text(encoding="utf-8"))[name]
    return Outcome(entry["outcome"], entry["reason"], entry["left"])


@contextmanager
def _file() -> Iterator[dict[str, Any]]:
    """The records, which are written after the block."""
    with locked(RECORDS.with_suffix(".lock")):
        records = json.loads(RECORDS.read_text(encoding="utf-8")) if RECORDS.exists() else {}
        yield records
        RECORDS.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        RECORDS.with_suffix(".lock").unlink()


def _word(state: str) -> str:
    return {"success": "finishes", "failed": "fails", "canceled": "fails", "running": "hangs"}[state]


def _objects(it: Installed) -> list[Object]:
    return [item for kind in KINDS for item in it.api.list(kind, it.jobs)]


def scene_values(workers: Workers) -> dict[str, Any]:
    """Values by which the manager and the pods of jobs run on different nodes."""
    kubernetes = {"node_selector": on(workers.second)}
    return {"manager": {"nodeSelector": on(workers.first)}, "jobs": {"config": {"kubernetes": kubernetes}}}


def present(it: Installed) -> frozenset[str]:
    """Uids of what is where jobs run before there is a job."""
    return frozenset(item["metadata"]["uid"] for item in _objects(it))


def _named(item: Object) -> str:
    """What an object is, without the parts of its name that are drawn: `Pod of the job (Running)`."""
    kind, status = item["kind"], item.get("status") or {}
    if kind != "Pod":
        return f"{kind} of the job"
    whose = "the job" if "job.runner.gitlab.com/id" in (item["metadata"].get("annotations") or {}) else "the manager"
    state = "Terminating" if item["metadata"].get("deletionTimestamp") else status.get("reason") or status.get("phase")
    return f"Pod of {whose} ({state})"


def _runner(it: Installed) -> str:
    (container,) = it.manager()["spec"]["containers"]
    return str(container["image"]).rpartition(":")[2].removeprefix("alpine-v")


def wait_for_a_restart(it: Installed) -> None:
    """Wait until the manager's container has been started again."""
    until(lambda: restarts(it.manager()) == 1, "the container is started again", it.states)
