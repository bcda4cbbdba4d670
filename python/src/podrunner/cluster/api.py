"""The Kubernetes API with plain dicts, through the official client's connection and authentication."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from podrunner.cluster.kubeconfig import api_client, when_busy
from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.objects import Object


# Kind → (path of its API, plural name). Only what smoke and preflight make or read.
_KINDS = {
    "ConfigMap": ("/api/v1", "configmaps"),
    "Deployment": ("/apis/apps/v1", "deployments"),
    "Event": ("/api/v1", "events"),
    "Namespace": ("/api/v1", "namespaces"),
    "Node": ("/api/v1", "nodes"),
    "Pod": ("/api/v1", "pods"),
    "ReplicaSet": ("/apis/apps/v1", "replicasets"),
    "ResourceQuota": ("/api/v1", "resourcequotas"),
    "Secret": ("/api/v1", "secrets"),
    "Service": ("/api/v1", "services"),
    "StatefulSet": ("/apis/apps/v1", "statefulsets"),
}
_CLUSTER_WIDE = frozenset(["Namespace", "Node"])
# Seconds. No answer of an API server takes that long; an unreachable one must not hold up the smoke for minutes.
_PATIENCE = 30
_REPEATABLE = ("GET", "DELETE")


class ApiError(PodrunnerError):
    """The API server said no; `status` is HTTP's (0: not reached), `reason` its own word."""

    def __init__(self, message: str, status: int, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Api:
    """A connection to one cluster."""

    def __init__(self, kubeconfig: Path | None, temporary: Path, context: str = "") -> None:
        """Reads a kubeconfig, None for the one that kubectl would take; empty `context`: its current one.

        `temporary` is a folder for the client's certificate files.

        Raises UsageError when there is none or it cannot be used.
        """
        certificates = tempfile.mkdtemp(prefix="certificates-", dir=temporary)
        self._client = api_client(kubeconfig, context, Path(certificates))
        self.server = str(self._client.configuration.host)

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()  # type: ignore[no-untyped-call]

    def version(self) -> str:
        """The version of Kubernetes, such as 1.34.4."""
        return str(self._json("GET", "/version")["gitVersion"]).removeprefix("v")

    def get(self, kind: str, name: str, namespace: str = "") -> Object:
        """One object. Raises ApiError (404 when there is none)."""
        return self._json("GET", _path(kind, namespace, name))

    def find(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """One object, or None when there is none."""
        try:
            return self.get(kind, name, namespace)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "", selector: str = "", fields: str = "") -> list[Object]:
        """All objects of a kind, of a namespace when one is given, with these labels and fields."""
        query = {key: value for key, value in (("labelSelector", selector), ("fieldSelector", fields)) if value}
        items = self._json("GET", _path(kind, namespace), query=query).get("items") or []
        return [{"kind": kind, **item} for item in items]

    def create(self, body: Object, *, dry_run: bool = False) -> Object:
        """Makes an object, or asks whether it could be made. Raises ApiError (409 when there is one of that name)."""
        namespace = str(body["metadata"].get("namespace", ""))
        query = {"dryRun": "All"} if dry_run else {}
        return self._json("POST", _path(str(body["kind"]), namespace), query=query, body=body)

    def delete(self, kind: str, name: str, namespace: str = "", grace: int | None = None) -> None:
        """Deletes an object; none is fine. `grace` is what its containers get to end, in seconds."""
        body: Object = {"propagationPolicy": "Background"}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        try:
            self._json("DELETE", _path(kind, namespace, name), body=body)
        except ApiError as error:
            if error.status != 404:
                raise

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False) -> str:
        """Log of a container; a text in brackets when there is none."""
        query = {"container": container, **({"previous": "true"} if previous else {})}
        try:
            return self.request("GET", f"{_path('Pod', namespace, pod)}/log", query=query).decode(errors="replace")
        except ApiError as error:
            return f"[no log: {error}]\n"

    def watch_pods(self, namespace: str, version: str, seconds: int) -> Iterator[Object]:
        """Pods of a namespace as they change since a resource version, for so many seconds."""
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        for line in self.request("GET", _path("Pod", namespace), query=query).splitlines():
            event = json.loads(line)
            if event.get("type") == "ERROR":
                raise ApiError(str(event["object"].get("message")), int(event["object"].get("code", 0)))
            yield event["object"]

    def pods_version(self, namespace: str) -> str:
        """The resource version to watch pods from."""
        return str(self._json("GET", _path("Pod", namespace), query={"limit": "1"})["metadata"]["resourceVersion"])

    def proxy(self, service: str, namespace: str, port: int) -> str:
        """The path under which the API server passes requests on to a service."""
        return f"{_path('Service', namespace, f'http:{service}:{port}')}/proxy"

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        kind: str = "application/json",
    ) -> bytes:
        """Any request; `kind` is the body's media type. Raises ApiError."""
        import urllib3

        url = path + (f"?{urlencode(query, doseq=True)}" if query else "")
        sent = {"Accept": "*/*", **({"Content-Type": kind} if body is not None else {}), **(headers or {})}
        method, url, sent, _, _ = self._client.param_serialize(
            method, url, header_params=sent, auth_settings=["BearerToken"]
        )
        try:
            response = self._client.rest_client.pool_manager.request(
                method,
                url,
                headers=sent,
                body=body,
                timeout=_PATIENCE,
                # An API server on a busy machine: what was made is not left behind because it was slow once.
                retries=when_busy(unanswered=method in _REPEATABLE),
            )
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(f"{self.server}: the API server cannot be reached: {error}", 0) from None
        if response.status >= 400:
            raise _error(method, path, response.status, response.data)
        return bytes(response.data)

    def _json(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Object | None = None
    ) -> Object:
        data = None if body is None else json.dumps(body).encode()
        answer: Object = json.loads(self.request(method, path, query=query, body=data))
        return answer


def _path(kind: str, namespace: str = "", name: str = "") -> str:
    base, plural = _KINDS[kind]
    within = f"/namespaces/{quote(namespace)}" if namespace and kind not in _CLUSTER_WIDE else ""
    return f"{base}{within}/{plural}" + (f"/{quote(name, safe=':')}" if name else "")


def _error(method: str, path: str, status: int, data: bytes) -> ApiError:
    try:
        says = json.loads(data)
    except ValueError:
        says = {}
    message = says.get("message") if isinstance(says, dict) else None
    text = message or data.decode(errors="replace").strip()[:300] or "no reason given"
    return ApiError(f"{method} {path}: {text}", status, str(says.get("reason", "")) if isinstance(says, dict) else "")
