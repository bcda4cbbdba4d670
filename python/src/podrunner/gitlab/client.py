"""The stand-in GitLab seen from here: its control calls, through the API server's service proxy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.gitlab.objects import STAND_IN_PORT
from podrunner.gitlab.stand_in.server import CONTROL_HEADER

if TYPE_CHECKING:
    from podrunner.cluster.api import Api
    from podrunner.cluster.objects import Place
    from podrunner.gitlab.repository import Bundle


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in. `control` is the token of the control calls."""

    api: Api
    place: Place
    control: str

    @property
    def url(self) -> str:
        """Its address for pods."""
        return f"http://{self.place.name('stand-in')}.{self.place.namespace}.svc:{STAND_IN_PORT}"

    @property
    def host(self) -> str:
        """Its address as that of a container registry."""
        return self.url.removeprefix("http://")

    def send_repository(self, project: str, bundle: Bundle) -> None:
        """Makes the repository `project` from a bundle. Raises ApiError with git's words when it cannot."""
        query = {"branch": bundle.commit.branch, "shallow": list(bundle.shallow)}
        path = f"repositories/{project}"
        self._call("PUT", path, query=query, body=bundle.data, kind="application/octet-stream")

    def queue(self, payload: dict[str, Any], runner: str) -> None:
        """Queues a job, as `make_payload` gives it, for one runner."""
        self._call("POST", "jobs", body=json.dumps({"job": payload, "runner": runner}).encode())

    def job(self, job_id: int) -> dict[str, Any]:
        """State of a job: `state`, `failure_reason`, `exit_code`, `trace_size`, `taken_by`."""
        state: dict[str, Any] = json.loads(self._call("GET", f"jobs/{job_id}"))
        return state

    def trace(self, job_id: int, offset: int = 0) -> bytes:
        """The job's log from a byte on."""
        return self._call("GET", f"jobs/{job_id}/trace", query={"offset": offset})

    def state(self) -> dict[str, Any]:
        """`asked`: runner → how often it asked for a job; `refused`: requests with an unknown token; `jobs`.

        `managers`: runner → system id of each of its managers → "asks", or "left" once it has unregistered.
        """
        state: dict[str, Any] = json.loads(self._call("GET", "state"))
        return state

    def slow_down(self, seconds: float) -> None:
        """Makes runners and jobs wait that long for each answer; 0 for none."""
        self._call("PUT", "delay", body=json.dumps({"seconds": seconds}).encode())

    def _call(self, method: str, path: str, **request: Any) -> bytes:
        proxy = self.api.proxy(self.place.name("stand-in"), self.place.namespace, STAND_IN_PORT)
        return self.api.request(method, f"{proxy}/control/{path}", headers={CONTROL_HEADER: self.control}, **request)
