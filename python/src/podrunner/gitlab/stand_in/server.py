"""The HTTP server: who may call what, and what comes back.

Three kinds of callers, each with a token of its own:

    runners   /api/v4/runners/verify, /api/v4/runners/managers, /api/v4/jobs/request   token in the body
    jobs      /api/v4/jobs/<id>, /api/v4/jobs/<id>/trace, /<project>.git/…, /v2/…      the job's token
    control   /control/…: sends repositories, queues jobs, reads logs, slows it down   header X-Stand-In-Control
"""

from __future__ import annotations

import base64
import hmac
import re
import shutil
import time
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from .exchange import Exchange
from .jobs import FINAL_STATES, JobStore, QueuedJob, RangeMismatchError
from .registry import RegistryBehind, belongs, error, repository_of
from .repositories import CgiRequest, Repositories, RepositoryError

if TYPE_CHECKING:
    from pathlib import Path

CONTROL_HEADER = "X-Stand-In-Control"
RUNNER_CALLS = ("POST /api/v4/jobs/request", "POST /api/v4/runners/verify", "DELETE /api/v4/runners/managers")
JOB_PATH = re.compile(r"/api/v4/jobs/(\d+)(/trace|/artifacts)?")
CONTROL_JOB_PATH = re.compile(r"/control/jobs/(\d+)(/trace)?")
CHALLENGE = {"WWW-Authenticate": 'Basic realm="stand-in"'}
CONTENT_RANGE = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The token of the control calls, and runner token → runner name."""

    control: str
    runners: dict[str, str]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Tokens:
        """From the JSON of the tokens file."""
        return cls(str(data["control"]), {str(token): str(name) for token, name in data["runners"].items()})


class StandInServer(ThreadingHTTPServer):
    """The server with what it knows."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], tokens: Tokens, data: Path, registry: RegistryBehind | None) -> None:
        super().__init__(address, Handler)
        self.tokens = tokens
        self.jobs = JobStore()
        self.repositories = Repositories(data / "repositories")
        self.registry = registry
        # Seconds that runners and jobs wait for each answer.
        self.delay = 0.0


def make_server(
    address: tuple[str, int], tokens: Tokens, data: Path, registry: RegistryBehind | None = None
) -> StandInServer:
    """A server that listens on `address`; call `serve_forever()`."""
    return StandInServer(address, tokens, data, registry)


class Handler(Exchange):
    """One connection."""

    server: StandInServer

    def is_passed_on(self) -> bool:
        """Layers of images are."""
        return self._is_for_registry()

    def _is_for_registry(self) -> bool:
        # The path as it was sent: what it means once decoded is the registry's to say.
        return self.server.registry is not None and f"{self.url.path}/".startswith("/v2/")

    def answer(self) -> None:
        """Find out who calls, and let the right part answer."""
        path = unquote(self.url.path)
        if path == "/healthz":
            self._health()
        elif path.startswith("/control/"):
            self._control(path)
        else:
            time.sleep(self.server.delay)
            self._serve(path)

    def _health(self) -> None:
        registry = self.server.registry
        if registry is None or registry.is_up():
            self.send(200, {"status": "ok"})
        else:
            self.send(503, {"status": "the registry behind does not take connections"})

    def _serve(self, path: str) -> None:
        if self._is_for_registry():
            self._image()
        elif path.startswith("/api/v4/"):
            self._api(path)
        else:
            self._git(path)

    # --- what runners and jobs call -------------------------------------------------------------------------------

    def _api(self, path: str) -> None:
        if f"{self.command} {path}" in RUNNER_CALLS:
            self._runner_call(path)
        elif job_path := JOB_PATH.fullmatch(path):
            self._job_call(int(job_path[1]), job_path[2] or "")
        else:
            self.send(404, {"message": f"the stand-in has no {self.command} {path}"})

    def _runner_call(self, path: str) -> None:
        token, manager = (str(self.json().get(key, "")) for key in ("token", "system_id"))
        name = self.server.tokens.runners.get(token)
        if name is None:
            self.server.jobs.refuse()
            self.send(403, {"message": "403 Forbidden: no runner has this token"})
        elif path.endswith("/verify"):
            self.send(200, {"id": 1, "token": token, "token_expires_at": None})
        elif path.endswith("/managers"):
            self.server.jobs.leave(name, manager)
            self.send(204)
        else:
            job = self.server.jobs.take(name, manager)
            self.send(201, job.payload) if job else self.send(204)

    def _job_call(self, job_id: int, what: str) -> None:
        job = self.server.jobs.get(job_id)
        token = self.headers.get("JOB-TOKEN") or str(self.json().get("token", ""))
        if job is None or not _same(token, job.token):
            self.send(403, {"message": "403 Forbidden: not the token of this job"})
        elif what == "/trace" and self.command == "PATCH":
            self._trace(job)
        elif what == "/artifacts":
            self.send(501, {"message": "the stand-in keeps no artifacts"})
        elif what == "" and self.command == "PUT":
            self._job_state(job)
        else:
            self.send(404, {"message": f"the stand-in has no {self.command} for a job's {what or 'state'}"})

    def _job_state(self, job: QueuedJob) -> None:
        says = self.json()
        state = str(says.get("state", ""))
        if state not in ("running", *FINAL_STATES):
            self.send(400, {"message": f"unknown state {state!r}"})
            return
        self.server.jobs.update(job, state, str(says.get("failure_reason") or ""), says.get("exit_code"))
        self.send(200, {}, headers={"Job-Status": job.state})

    def _trace(self, job: QueuedJob) -> None:
        given = CONTENT_RANGE.fullmatch(self.headers.get("Content-Range", ""))
        if not given or int(given[2]) - int(given[1]) + 1 != len(self.body):
            self.send(400, {"message": "Content-Range must say first and last byte of the piece"})
            return
        try:
            size, status = self.server.jobs.append(job, int(given[1]), self.body), 202
        except RangeMismatchError as mismatch:
            size, status = mismatch.size, 416
        # A second between two pieces: people watch the log as it grows.
        headers = {"Range": f"0-{size}", "Job-Status": job.state, "X-GitLab-Trace-Update-Interval": "1"}
        self.send(status, {}, headers=headers)

    def _git(self, path: str) -> None:
        project, rest = self.server.repositories.project_of(path)
        job = self.server.jobs.by_token(self._password())
        if not project:
            self.send(404, {"message": f"there is nothing at {path}"})
        elif job is None or job.project != project:
            self.send(401, {"message": "HTTP Basic: a job's token opens its own repository"}, headers=CHALLENGE)
        elif "git-receive-pack" in rest + self.url.query:
            self.send(403, {"message": "a job's token may not push"})
        else:
            self._git_program(path)

    def _git_program(self, path: str) -> None:
        request = CgiRequest(self.command, path, self.url.query, dict(self.headers.items()), self.body)
        status, headers, process = self.server.repositories.serve(request)
        # The length is not known: the end of the connection is the end of the answer.
        self.close_connection = True
        self.send_response(status)
        for name, value in [*headers, ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()
        with process:
            if process.stdout:
                shutil.copyfileobj(process.stdout, self.wfile)

    def _image(self) -> None:
        repository, registry = repository_of(self.url.path), self.server.registry
        job = self.server.jobs.by_token(self._password())
        if job is None or registry is None:
            message = "HTTP Basic: the user gitlab-ci-token with the token of a job that is not over"
            self.send(401, error("UNAUTHORIZED", message), headers=CHALLENGE)
        elif self.url.path.rstrip("/") == "/v2":
            self.send(200, {})
        elif not belongs(repository, job.project):
            message = f"the token of a job of {job.project} opens that project's images, and not {self.url.path}"
            self.send(403, error("DENIED", message))
        else:
            registry.pass_on(self)

    def _password(self) -> str:
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return ""
        return password if user == "gitlab-ci-token" else ""

    # --- what the smoke calls -------------------------------------------------------------------------------------

    def _control(self, path: str) -> None:
        if not _same(self.headers.get(CONTROL_HEADER, ""), self.server.tokens.control):
            self.send(403, {"message": f"403 Forbidden: {CONTROL_HEADER} is missing or wrong"})
        elif self.command == "PUT" and path.startswith("/control/repositories/"):
            self._receive(path.removeprefix("/control/repositories/"))
        elif self.command == "POST" and path == "/control/jobs":
            self._queue()
        elif self.command == "PUT" and path == "/control/delay":
            self.server.delay = float(self.json().get("seconds") or 0)
            self.send(204)
        elif self.command == "GET" and path == "/control/state":
            self.send(200, self.server.jobs.summary())
        elif self.command == "GET" and (job_path := CONTROL_JOB_PATH.fullmatch(path)):
            self._show(int(job_path[1]), bool(job_path[2]))
        else:
            self.send(404, {"message": f"the stand-in has no {self.command} {path}"})

    def _receive(self, project: str) -> None:
        query = parse_qs(self.url.query)
        branch, shallow = query.get("branch", ["main"])[0], tuple(query.get("shallow", []))
        try:
            self.server.repositories.receive(project, branch, self.body, shallow)
        except RepositoryError as error:
            self.send(400, {"message": str(error)})
        else:
            self.send(201, {})

    def _queue(self) -> None:
        asked = self.json()
        try:
            job = self.server.jobs.add(asked.get("job") or {}, str(asked.get("runner") or ""))
        except ValueError as error:
            self.send(400, {"message": str(error)})
        else:
            self.send(201, job.summary())

    def _show(self, job_id: int, trace: bool) -> None:
        job = self.server.jobs.get(job_id)
        if job is None:
            self.send(404, {"message": f"no job {job_id}"})
        elif trace:
            offset = int(parse_qs(self.url.query).get("offset", ["0"])[0])
            self.send_bytes(200, self.server.jobs.read(job, offset), "text/plain; charset=utf-8")
        else:
            self.send(200, job.summary())


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
