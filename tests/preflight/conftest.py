"""A small API server that answers as a cluster does, and a kubeconfig for it."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

PODS = "/api/v1/namespaces/ci/pods"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
BUILT = """\
podrunner-preflight uid={uid}
podrunner-preflight seccomp=0
podrunner-preflight id_map=0 0 4294967295,
podrunner-preflight user_namespaces=96365
podrunner-inside uid={uid} CapBnd={bounding} NoNewPrivs={no_new} Seccomp=0 root=0 driver=overlay
"""
NODE: dict[str, Any] = {
    "metadata": {"name": "worker", "labels": {"kubernetes.io/os": "linux"}},
    "spec": {},
    "status": {
        "nodeInfo": {
            "kernelVersion": "6.8.0-45-generic",
            "containerRuntimeVersion": "containerd://2.1.4",
            "osImage": "Ubuntu 24.04.1 LTS",
            "architecture": "amd64",
            "kubeletVersion": "v1.34.4",
        },
        "runtimeHandlers": [{"name": "", "features": {"userNamespaces": True}}],
        "allocatable": {"cpu": "4"},
    },
}


class Cluster:
    """Answers by path. Pods end at once, as builds that went well in the node's own user namespace.

    The first `hiccups` pods fail before they say a word.
    """

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self.answers: dict[str, Any] = {
            "/version": {"gitVersion": "v1.34.4"},
            "/api/v1/nodes": {"items": [copy.deepcopy(NODE)]},
            "/api/v1/nodes/worker/proxy/configz": {"kubeletconfig": {"seccompDefault": False}},
            "/api/v1/namespaces/ci": {"metadata": {"name": "ci"}},
            "/api/v1/namespaces/ci/resourcequotas": {"items": []},
        }
        self.denied: set[str] = set()
        self.pods: dict[str, dict[str, Any]] = {}
        self.made: list[dict[str, Any]] = []
        self.busy = 0
        self.hiccups = 0

    def forbid(self, path: str, message: str = "no") -> None:
        """Answer that somebody may not."""
        self.answers[path] = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": message}

    def refuse_pods(self, message: str) -> None:
        """Refuse every pod, also in a dry run."""
        self.forbid(PODS, message)

    def label(self, **labels: str) -> None:
        """Give the namespace Pod Security labels."""
        names = {f"pod-security.kubernetes.io/{name}": level for name, level in labels.items()}
        self.answers["/api/v1/namespaces/ci"]["metadata"]["labels"] = names

    def add_node(self, name: str, *, kernel: str = "6.8.0-45-generic", spec: dict[str, Any] | None = None) -> None:
        """Add a node that differs in its kernel, or in whom it takes."""
        node = copy.deepcopy(NODE)
        node["metadata"]["name"] = name
        node["status"]["nodeInfo"]["kernelVersion"] = kernel
        self.answers["/api/v1/nodes"]["items"].append(node | {"spec": spec or {}})

    def taint(self, name: str, key: str, value: str) -> None:
        """Keep pods away from a node."""
        (node,) = (one for one in self.answers["/api/v1/nodes"]["items"] if one["metadata"]["name"] == name)
        node["spec"]["taints"] = [{"key": key, "value": value, "effect": "NoSchedule"}]

    def get(self, path: str) -> Any:
        """Answer a question, once the API server is no longer busy."""
        if self.busy:
            self.busy -= 1
            return {"kind": "Status", "code": 429, "message": "storage is (re)initializing"}
        if path in self.answers:
            return self.answers[path]
        name, _, part = path.removeprefix(f"{PODS}/").partition("/")
        if path.startswith(PODS) and name in self.pods:
            failed = self.pods[name]["status"]["phase"] == "Failed"
            return ("" if failed else log_of(self.pods[name])).encode() if part else self.pods[name]
        return {"code": 404, "message": "not found"}

    def post(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """Make a pod, or say whether somebody may."""
        if path in self.answers:
            return self.answers[path]
        if path == REVIEWS:
            asked = body["spec"]["resourceAttributes"]
            name = " ".join([asked["verb"], "/".join(filter(None, [asked["resource"], asked["subresource"]]))])
            return {"status": {"allowed": name not in self.denied}}
        if "dryRun" not in query:
            self.made.append(body)
            self.pods[body["metadata"]["name"]] = body | {
                "status": {"phase": "Failed" if self.hiccups else "Succeeded"}
            }
            self.hiccups = max(0, self.hiccups - 1)
        return body

    def delete(self, path: str) -> Any:
        """Remove a pod."""
        return self.pods.pop(path.removeprefix(f"{PODS}/"), {"code": 404, "message": "not found"})


def log_of(pod: dict[str, Any]) -> str:
    """Write the log of a build that went well, as whoever the pod says it is."""
    context = pod["spec"]["containers"][0]["securityContext"]
    bits = {"SETGID": 6, "SETUID": 7, "SETFCAP": 31}
    bounding = sum(1 << bits[name] for name in context.get("capabilities", {}).get("add", []))
    no_new = int(context.get("allowPrivilegeEscalation") is False)
    if context.get("privileged"):
        bounding = (1 << 41) - 1
    return BUILT.format(uid=context.get("runAsUser"), bounding=f"{bounding:016x}", no_new=no_new)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A running API server."""
    served = Cluster(tmp_path / "kubeconfig")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(served.get(urlsplit(self.path).path))

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(served.post(url.path, parse_qs(url.query), body))

        def do_DELETE(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(served.delete(urlsplit(self.path).path))

        def answer(self, answer: Any) -> None:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            code = answer.get("code", 200) if isinstance(answer, dict) else 200
            self.send_response(code)
            if code == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class calls it so
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    write_kubeconfig(served.kubeconfig, server.server_port)
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def write_kubeconfig(file: Path, port: int) -> None:
    """Two contexts for the same server, with different namespaces."""
    contexts = [
        {"name": "prod", "context": {"cluster": "a", "user": "a", "namespace": "ci"}},
        {"name": "elsewhere", "context": {"cluster": "a", "user": "a", "namespace": "nowhere"}},
    ]
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": contexts,
        "current-context": "prod",
    }
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
