"""Jobs that wait in front of a door until a test opens it, the GitLab they come from, and patience."""

from __future__ import annotations

import secrets
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.cluster import objects
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.gitlab.client import StandIn
from podrunner.gitlab.objects import stand_in
from podrunner.gitlab.payload import Order, make_payload
from podrunner.gitlab.repository import Bundle
from podrunner.gitlab.trace import plain
from podrunner.pipeline.fields import Variable
from podrunner.pipeline.job import PipelineJob
from podrunner.smoke.repository import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from podrunner.cluster.api import Api

# Seconds. All of it happens within a few, on a machine that has nothing else to do. Other tests run beside these.
PATIENCE = 300
OVER = ("success", "failed", "canceled")


def until(is_so: Callable[[], object], what: str, tell: Callable[[], str] = str, patience: float = PATIENCE) -> None:
    """Wait until something is so; `what` and what `tell` gives are shown when it does not get there."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, f"after {patience:.0f} s, it is not so that {what}\n{tell()}"
        time.sleep(0.5)


def start_gitlab(api: Api, place: objects.Place, image: str, runners: Mapping[str, str], node: str = "") -> StandIn:
    """Start a stand-in for GitLab that knows runners by their tokens, on a node if one is named."""
    client = StandIn(api, place, secrets.token_urlsafe(24))
    for item in stand_in(place, image, client.control, dict(runners)):
        if node and item["kind"] == "Deployment":
            item["spec"]["template"]["spec"]["nodeSelector"] = on(node)
        api.create(item)
    wait_for_deployment(api, place.namespace, place.name("stand-in"))
    return client


def on(node: str) -> dict[str, str]:
    """The labels by which pods get to a node."""
    return {"kubernetes.io/hostname": node}


def make_bundle(folder: Path) -> Bundle:
    """Make a repository of one commit."""
    repository = folder / "door"
    repository.mkdir()
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for command in (["init", "--quiet", "--initial-branch=main"], ["commit", "--quiet", "--allow-empty", "-m", "Open"]):
        subprocess.run(["git", "-C", str(repository), *identity, *command], check=True)
    return pack(repository, folder)


@dataclass(frozen=True)
class Door:
    """A repository that GitLab has only once it is opened: until then, jobs for it wait."""

    stand_in: StandIn
    bundle: Bundle
    project: str = "group/door"

    def queue(
        self,
        job_id: int,
        runner: str,
        *,
        credentials: tuple[Any, ...] = (),
        variables: Mapping[str, str],
        behind: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        """Queue a job for a runner: it says that it is there, and waits; `more` are fields of the job.

        `behind` are commands that it runs once it is through the door.
        """
        order = Order(self.stand_in.url, self.project, job_id, secrets.token_hex(16), self.bundle.commit)
        waits = f"until git ls-remote --quiet {order.repository_url} >/dev/null 2>&1; do sleep 1; done"
        job = PipelineJob(
            name="wait",
            stage="test",
            script=("echo in front of the door", waits, "echo through the door", *behind),
            variables=tuple(Variable(key, value) for key, value in {"GIT_STRATEGY": "none", **variables}.items()),
            **more,
        )
        self.stand_in.queue({**make_payload(job, order), "credentials": list(credentials)}, runner)

    def open(self) -> None:
        """Let the jobs through."""
        self.stand_in.send_repository(self.project, self.bundle)

    def log(self, job_id: int) -> str:
        """What a job said so far."""
        return plain(self.stand_in.trace(job_id))

    def is_over(self, job_id: int) -> bool:
        """Whether a job has ended, however."""
        return self.stand_in.job(job_id)["state"] in OVER

    def is_reached(self, job_id: int) -> bool:
        """Whether a job waits. One that has ended never will."""
        assert not self.is_over(job_id), self.log(job_id)
        return "\nin front of the door" in self.log(job_id)

    def is_passed(self, job_id: int) -> bool:
        """Whether a job has succeeded. One that has failed never will."""
        state = self.stand_in.job(job_id)["state"]
        assert state not in OVER or state == "success", self.log(job_id)
        return bool(state == "success")
