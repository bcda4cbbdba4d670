"""The jobs a runner can ask for: their queue, state and log."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

FINAL_STATES = ("success", "failed", "canceled")


@dataclass(slots=True)
class QueuedJob:
    """One job. `payload` is what the runner gets, `runner` the only runner that may have it (empty: any)."""

    payload: dict[str, Any]
    runner: str = ""
    state: str = "pending"
    taken_by: str = ""
    failure_reason: str = ""
    exit_code: int | None = None
    trace: bytearray = field(default_factory=bytearray)

    @property
    def id(self) -> int:
        """The number the runner knows it by."""
        return int(self.payload["id"])

    @property
    def token(self) -> str:
        """What the runner and the job's own git prove themselves with."""
        return str(self.payload["token"])

    @property
    def project(self) -> str:
        """The path of its project, whose repository it clones."""
        return urlsplit(str(self.payload["git_info"]["repo_url"])).path.removeprefix("/").removesuffix(".git")

    def summary(self) -> dict[str, Any]:
        """State of the job for whoever queued it; no token in it."""
        return {
            "id": self.id,
            "state": self.state,
            "taken_by": self.taken_by,
            "failure_reason": self.failure_reason,
            "exit_code": self.exit_code,
            "trace_size": len(self.trace),
        }


class RangeMismatchError(Exception):
    """A piece of the log does not begin where the log ends; `size` is where it does."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the log has {size} bytes")
        self.size = size


class JobStore:
    """All jobs, safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[int, QueuedJob] = {}
        self._asked: Counter[str] = Counter()
        self._managers: dict[str, dict[str, str]] = {}
        self._refused = 0

    def add(self, payload: dict[str, Any], runner: str = "") -> QueuedJob:
        """Queues a job. Raises ValueError without `id` and `token`, or when the id is taken."""
        if not payload.get("id") or not payload.get("token"):
            raise ValueError("a job needs an id and a token")
        job = QueuedJob(payload, runner)
        with self._lock:
            if job.id in self._jobs:
                raise ValueError(f"there is a job {job.id} already")
            self._jobs[job.id] = job
        return job

    def take(self, runner: str, manager: str = "") -> QueuedJob | None:
        """The first pending job that `runner` may have, now running; None when there is none.

        `manager` is the system id of the manager that asks.
        """
        with self._lock:
            self._asked[runner] += 1
            self._managers.setdefault(runner, {})[manager] = "asks"
            for job in self._jobs.values():
                if job.state == "pending" and job.runner in ("", runner):
                    job.state, job.taken_by = "running", runner
                    return job
        return None

    def leave(self, runner: str, manager: str) -> None:
        """Notes that a manager of a runner has unregistered."""
        with self._lock:
            self._managers.setdefault(runner, {})[manager] = "left"

    def refuse(self) -> None:
        """Counts a request whose runner token is not known."""
        with self._lock:
            self._refused += 1

    def get(self, job_id: int) -> QueuedJob | None:
        """The job of a number."""
        with self._lock:
            return self._jobs.get(job_id)

    def by_token(self, token: str) -> QueuedJob | None:
        """The job of a token, as long as it is not over."""
        with self._lock:
            running = (job for job in self._jobs.values() if job.state not in FINAL_STATES)
            return next((job for job in running if token and job.token == token), None)

    def update(self, job: QueuedJob, state: str, failure_reason: str = "", exit_code: int | None = None) -> None:
        """Notes what the runner says of a job. A final state stays."""
        with self._lock:
            if job.state in FINAL_STATES:
                return
            job.state, job.failure_reason, job.exit_code = state, failure_reason, exit_code

    def append(self, job: QueuedJob, start: int, piece: bytes) -> int:
        """Adds a piece of the log that begins at byte `start`; gives the log's size.

        Raises RangeMismatchError when the log does not end there.
        """
        with self._lock:
            if start != len(job.trace):
                raise RangeMismatchError(len(job.trace))
            job.trace += piece
            return len(job.trace)

    def read(self, job: QueuedJob, offset: int) -> bytes:
        """The log from byte `offset` on."""
        with self._lock:
            return bytes(job.trace[offset:])

    def summary(self) -> dict[str, Any]:
        """How often each runner asked, what became of its managers, how many tokens were not known, and all jobs."""
        with self._lock:
            jobs = [job.summary() for job in self._jobs.values()]
            managers = {runner: dict(known) for runner, known in self._managers.items()}
            return {"asked": dict(self._asked), "managers": managers, "refused": self._refused, "jobs": jobs}
