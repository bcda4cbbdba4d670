"""A stand-in GitLab on this machine, and a client for it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.gitlab.repository import Bundle
from podrunner.gitlab.stand_in.server import CONTROL_HEADER, Tokens, make_server
from podrunner.smoke.repository import builtin_pipeline, pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Calls the stand-in as runner, job or smoke."""

    url: str

    def call(self, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data or None, sent, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def control(self, method: str, path: str, body: Any = b"") -> Answer:
        return self.call(method, f"/control/{path}", body, **{CONTROL_HEADER: "the-control-token"})

    def queue(self, job_id: int = 7, runner: str = "", **payload: Any) -> Answer:
        git = {"repo_url": f"{self.url}/group/project.git"}
        return self.control(
            "POST",
            "jobs",
            {"job": {"id": job_id, "token": f"job-{job_id}", "git_info": git, **payload}, "runner": runner},
        )

    def ask(self, token: str = "glrt-one") -> Answer:
        return self.call("POST", "/api/v4/jobs/request", {"token": token})

    def patch(self, start: int, piece: bytes, job_id: int = 7, token: str = "job-7") -> Answer:
        headers = {
            "JOB_TOKEN": token,
            "Content_Range": f"{start}-{start + len(piece) - 1}",
            "Content_Type": "text/plain",
        }
        return self.call("PATCH", f"/api/v4/jobs/{job_id}/trace?debug_trace=false", piece, **headers)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Client]:
    """Return a client of a stand-in that knows two runners, `one` and `two`."""
    tokens = Tokens("the-control-token", {"glrt-one": "one", "glrt-two": "two"})
    server = make_server(("127.0.0.1", 0), tokens, tmp_path / "data")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Return the built-in repository, packed."""
    folder = tmp_path_factory.mktemp("builtin")
    return pack(builtin_pipeline(folder / "playground").parent, folder)
