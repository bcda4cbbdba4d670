"""What an API server says of many objects, asked for each by a strict dry run: nothing is made of any."""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .control_plane import ControlPlane

_OPTIONS = "dryRun=All&fieldValidation=Strict"
_AT_ONCE = 8


class StrictDryRun:
    """One API server, asked by its administrator; objects that name no namespace are for `namespace`."""

    def __init__(self, plane: ControlPlane, namespace: str) -> None:
        self._plane, self._namespace = plane, namespace
        self._context = ssl.create_default_context(cafile=str(plane.certificate))
        self._host = urllib.parse.urlsplit(plane.url).netloc
        self._idle: queue.SimpleQueue[http.client.HTTPSConnection] = queue.SimpleQueue()
        self._resources = self._discover()

    def close(self) -> None:
        """End the connections."""
        while not self._idle.empty():
            self._idle.get().close()

    def refusals(self, items: Sequence[Mapping[str, Any]]) -> list[str]:
        """Why each of some objects may not be made; empty for those that may."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.refusal, items))

    def refusal(self, item: Mapping[str, Any]) -> str:
        """Why an object may not be made; empty when it may."""
        kind = str(item.get("apiVersion")), str(item.get("kind"))
        if kind not in self._resources:
            # As every client says, which asks for the kinds first.
            return f"no matches for kind {kind[1]!r} in version {kind[0]!r}"
        metadata = item.get("metadata")
        within = (metadata.get("namespace") if isinstance(metadata, dict) else None) or self._namespace
        path = self._resources[kind].format(namespace=urllib.parse.quote(str(within), safe=""))
        status, said = self._ask("POST", f"{path}?{_OPTIONS}", json.dumps(item))
        # Of an object that is there, made by another test, it has looked at all fields before.
        if status < 300 or said.get("reason") == "AlreadyExists":
            return ""
        if status in (401, 429, 503):
            raise RuntimeError(f"{status}: {said}")
        return f"{said.get('reason')}: {said.get('message')}"

    def _discover(self) -> dict[tuple[str, str], str]:
        """(apiVersion, kind) → path of its objects."""
        groups = [one for group in self._get("/apis")["groups"] for one in group["versions"]]
        versions = {"v1": "/api/v1"} | {one["groupVersion"]: f"/apis/{one['groupVersion']}" for one in groups}
        found = {}
        for version, path in versions.items():
            for one in self._get(path)["resources"]:
                if "/" not in one["name"] and "create" in one["verbs"]:
                    within = "/namespaces/{namespace}" if one["namespaced"] else ""
                    found[version, one["kind"]] = f"{path}{within}/{one['name']}"
        return found

    def _get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None)[1]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._plane.admin}", "Content-Type": "application/json"}
        connection = self._connection()
        try:
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                return answer.status, json.load(answer)
        except http.client.RemoteDisconnected:
            # It ends the connection when an object makes it panic; the next request opens another.
            connection.close()
            return 500, {"reason": "Panic", "message": "the API server ended the connection"}
        finally:
            self._idle.put(connection)

    def _connection(self) -> http.client.HTTPSConnection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return http.client.HTTPSConnection(self._host, context=self._context, timeout=30)
