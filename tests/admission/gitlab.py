"""A GitLab that is a thread of the tests: the stand-in of the smoke, with one job for each runner."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import threading
from typing import TYPE_CHECKING, Any

from podrunner.gitlab.payload import Order, make_payload
from podrunner.gitlab.repository import Commit
from podrunner.gitlab.stand_in.server import StandInServer, Tokens, make_server
from podrunner.pipeline.fields import Image
from podrunner.pipeline.job import PipelineJob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podrunner.gitlab.stand_in.jobs import QueuedJob
    from podrunner.pipeline.fields import Variable

IMAGE = "docker.io/library/alpine:3.22"


class Gitlab:
    """A running stand-in."""

    def __init__(self, server: StandInServer) -> None:
        self._server = server
        self._ids = itertools.count(1)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"

    def queue(
        self,
        runner: str,
        token: str,
        image: str = "",
        services: tuple[str, ...] = (),
        variables: tuple[Variable, ...] = (),
    ) -> QueuedJob:
        """Queue a job for the runner `runner`, which says `token`; without an image it gets the runner's own."""
        job = PipelineJob(
            name="build",
            stage="test",
            script=("podman build .",),
            image=Image(image) if image else None,
            services=tuple(Image(name) for name in services),
            variables=variables,
        )
        commit = Commit("0123456789abcdef0123456789abcdef01234567", "main", "Build", "A <a@example.com>")
        order = Order(self.url, "group/project", self.next_id(), secrets.token_hex(16), commit)
        # GitLab sends credentials of its registry with each job: the runner makes a Secret of them.
        login = {"type": "registry", "url": "registry.example.com", "username": "ci", "password": "job-password"}
        payload: dict[str, Any] = {**make_payload(job, order), "credentials": [login]}
        return self.add(payload, runner, token)

    def next_id(self) -> int:
        """A number that no job has."""
        return next(self._ids)

    def add(self, payload: dict[str, Any], runner: str, token: str) -> QueuedJob:
        """Queue a job as it is sent to the runner `runner`, which says `token`."""
        self._server.tokens.runners[token] = runner
        return self._server.jobs.add(payload, runner)

    def cancel(self, job: QueuedJob) -> None:
        """Cancel a job, as somebody does in GitLab: the runner learns of it with its next report."""
        self._server.jobs.update(job, "canceled")


@contextlib.contextmanager
def gitlab(folder: Path) -> Iterator[Gitlab]:
    """Serve until the block ends."""
    server = make_server(("127.0.0.1", 0), Tokens(secrets.token_hex(8), {}), folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Gitlab(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
