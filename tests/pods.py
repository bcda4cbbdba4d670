"""A small API server that knows nodes, pods and events, as much as removing and telling of them takes."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import yaml

from podrunner.cluster.api import Api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INSTANCE = "app.kubernetes.io/instance"


class Server:
    """`nodes`; `pods` and `events` by namespace. A pod with an heir makes that one as its last act."""

    def __init__(self) -> None:
        self.pods: dict[str, dict[str, Any]] = defaultdict(dict)
        self.events: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.heirs: dict[str, str] = {}
        self.nodes: list[dict[str, Any]] = []

    def add(self, namespace: str, name: str, *, instance: str = "", job: int = 0) -> None:
        """Put a pod there, of a release or of a job; and an event about it."""
        metadata = {"name": name, "namespace": namespace, "labels": {INSTANCE: instance} if instance else {}}
        if job:
            metadata["annotations"] = {"job.runner.gitlab.com/id": str(job)}
        self.pods[namespace][name] = {"metadata": metadata, "spec": {"containers": [{"name": "build"}]}}
        about = {"involvedObject": {"kind": "Pod", "name": name}, "metadata": {}, "message": f"about {name}"}
        self.events[namespace].append(about)

    def get(self, path: str, query: dict[str, list[str]]) -> Any:
        """Answer with nodes, with the pods that have a label, with events, or with a log."""
        if path == "/api/v1/nodes":
            return {"items": self.nodes}
        _, _, _, _, namespace, kind, *name = path.split("/")
        if name:
            return f"log of {name[0]}\n".encode()
        if kind == "events":
            return {"items": self.events[namespace]}
        wanted = query.get("labelSelector", [""])[0].partition("=")[2]
        pods = self.pods[namespace].values()
        return {"items": [pod for pod in pods if wanted in ("", pod["metadata"]["labels"].get(INSTANCE))]}

    def delete(self, path: str) -> Any:
        """Remove a pod; its heir comes."""
        _, _, _, _, namespace, _, name = path.split("/")
        del self.pods[namespace][name]
        if heir := self.heirs.pop(name, ""):
            self.add(namespace, heir, job=7)
        return {}


@contextmanager
def served(folder: Path) -> Iterator[tuple[Server, Api]]:
    """The server, running, and the way to it."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            self.answer(state.get(url.path, parse_qs(url.query)))

        def do_DELETE(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(state.delete(urlsplit(self.path).path))

        def answer(self, answer: Any) -> None:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class calls it so
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        config = {
            "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
            "contexts": [{"name": "a", "context": {"cluster": "a"}}],
            "current-context": "a",
        }
        (folder / "kubeconfig").write_text(yaml.safe_dump(config), encoding="utf-8")
        yield state, Api(folder / "kubeconfig", folder)
        server.shutdown()
