"""An API server with objects and nothing behind it: what Helm's own `lookup` asks while a chart is rendered.

Helm has no way to be given objects; it asks an API server for the kinds of a group, then for an object or a list. This
answers both, on 127.0.0.1, to who knows its address, and as long as one render takes. A kind that no object has is one of
which there are no objects, as everything is for `helm template`.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import is_built_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from socketserver import StreamRequestHandler

    Kinds = dict[str, dict[str, bool]]
    Objects = dict[str, dict[str, Any]]

# Objects of these are in no namespace, whatever their manifest says; of kinds that Kubernetes does not have, those are
# that never say one.
_OF_NO_NAMESPACE = (
    *("Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"),
    *("StorageClass", "IngressClass", "PriorityClass", "RuntimeClass", "VolumeAttributesClass", "DeviceClass"),
    *("CSIDriver", "CSINode", "VolumeAttachment", "ResourceSlice", "APIService", "CertificateSigningRequest"),
    *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "MutatingAdmissionPolicy"),
    *("MutatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    *("FlowSchema", "PriorityLevelConfiguration", "ClusterTrustBundle", "ServiceCIDR", "IPAddress"),
)
_POLL = 0.01


@contextmanager
def serve(objects: Sequence[str], namespace: str) -> Iterator[str]:
    """Answer with objects, each as JSON; gives the kubeconfig. What names no namespace is in that of the release."""
    # Here and below, for it takes time to import that cases without such objects do not need.
    from socketserver import ThreadingTCPServer
    from threading import Thread

    # In the address: a client of Kubernetes sends a token by TLS alone.
    token = os.urandom(16).hex()
    with ThreadingTCPServer(("127.0.0.1", 0), _handler(_answers(objects, namespace), token)) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(_POLL,), daemon=True).start()
        try:
            yield _kubeconfig(f"http://127.0.0.1:{server.server_address[1]}/{token}")
        finally:
            server.shutdown()


def _kubeconfig(address: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "lookup", "cluster": {"server": address}}],
            "contexts": [{"name": "lookup", "context": {"cluster": "lookup", "user": ""}}],
            "current-context": "lookup",
        }
    )


def _answers(objects: Sequence[str], namespace: str) -> Objects:
    """Path → what is there: the kinds of each group, each object, and lists of all and of those of a namespace."""
    read = [json.loads(one) for one in objects]
    kinds = _kinds(read)
    found: Objects = {_path(version): _resources(version, of) for version, of in kinds.items()}
    for version, of in kinds.items():
        for kind, is_namespaced in of.items():
            own = [one for one in read if (one["apiVersion"], one["kind"]) == (version, kind)]
            placed = [_placed(one, namespace) for one in own] if is_namespaced else own
            found |= _of_kind(_path(version), kind, placed, is_namespaced=is_namespaced)
    return found


def _kinds(objects: Sequence[dict[str, Any]]) -> Kinds:
    """API version → kind → whether its objects are in namespaces."""
    found: Kinds = {}
    for one in objects:
        version, kind = one["apiVersion"], one["kind"]
        is_in_one = kind not in _OF_NO_NAMESPACE if is_built_in(version) else bool(one["metadata"].get("namespace"))
        of = found.setdefault(version, {})
        of[kind] = of.get(kind, False) or is_in_one
    return found


def _placed(manifest: dict[str, Any], namespace: str) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "namespace": metadata.get("namespace") or namespace}}


def _path(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _resources(version: str, kinds: dict[str, bool]) -> dict[str, Any]:
    # A resource may be called anything: Helm takes the name from here.
    listed = [
        {"name": kind.lower(), "singularName": "", "kind": kind, "namespaced": is_namespaced, "verbs": ["get", "list"]}
        for kind, is_namespaced in kinds.items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}


def _of_kind(path: str, kind: str, objects: Sequence[dict[str, Any]], *, is_namespaced: bool) -> Objects:
    # Of two of one name, the last; in the order of an API server.
    by_name = {(one["metadata"].get("namespace", ""), one["metadata"]["name"]): one for one in objects}
    ordered = dict(sorted(by_name.items()))
    found: Objects = {f"{path}/{kind.lower()}": _list(kind, ordered.values())}
    for (namespace, name), one in ordered.items():
        inside = f"{path}/namespaces/{namespace}/{kind.lower()}" if is_namespaced else f"{path}/{kind.lower()}"
        found[f"{inside}/{name}"] = one
        if is_namespaced:
            found[inside] = _list(kind, [each for (place, _), each in ordered.items() if place == namespace])
    return found


def _list(kind: str, objects: Any) -> dict[str, Any]:
    items = list(objects)
    version = items[0]["apiVersion"]
    return {"apiVersion": version, "kind": f"{kind}List", "metadata": {"resourceVersion": "1"}, "items": items}


def _handler(answers: Objects, token: str) -> type[StreamRequestHandler]:
    from socketserver import StreamRequestHandler

    class Handler(StreamRequestHandler):
        """One request of one connection."""

        timeout = 30

        def handle(self) -> None:
            method, path, _ = f"{self.rfile.readline().decode('latin-1')}  ".split(" ", 2)
            while self.rfile.readline().strip():
                """Headers say nothing that matters here."""
            _, secret, asked = path.partition("?")[0].partition(f"/{token}")
            found = _answer(answers, asked) if method == "GET" and secret else None
            said = json.dumps(found or _NOT_FOUND).encode()
            status = b"200 OK" if found else b"404 Not Found"
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            self.wfile.write(head % (status, len(said)) + said)

    return Handler


def _answer(answers: Objects, path: str) -> dict[str, Any] | None:
    """What is at a path; of a group that has no object no kinds, of a namespace that has none of a kind an empty list."""
    if path not in answers and (path == "/api/v1" or (path.startswith("/apis/") and path.count("/") == 3)):
        return _resources(path.split("/", 2)[2], {})
    prefix, _, rest = path.partition("/namespaces/")
    _, _, resource = rest.partition("/")
    every = answers.get(f"{prefix}/{resource}") if resource and "/" not in resource else None
    return answers.get(path) or (every and {**every, "items": []})


_NOT_FOUND = {
    "kind": "Status",
    "apiVersion": "v1",
    "status": "Failure",
    "reason": "NotFound",
    "code": 404,
    "message": "not found",
}
