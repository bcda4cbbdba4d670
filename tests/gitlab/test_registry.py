"""The project's container registry: a job's token opens its own project's images, and no others.

A registry that only notes what reaches it shows what is let through; the real one, where ci/airgap/build has made it, that
images get in and out.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import socket
import subprocess
import tarfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from podrunner.cluster.objects import Place
from podrunner.gitlab.objects import stand_in as stand_in_objects
from podrunner.gitlab.stand_in.registry import RegistryBehind, belongs, repository_of
from podrunner.gitlab.stand_in.server import Tokens, make_server

from .conftest import Answer, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYER = bytes(range(256)) * 4096
DIGEST = f"sha256:{hashlib.sha256(LAYER).hexdigest()}"
PLACE = Place("ci", "a1b2c3")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass
class Behind(ThreadingHTTPServer):
    """A registry that notes what reaches it, and answers with 201."""

    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Noting)

    __hash__ = object.__hash__


class Noting(BaseHTTPRequestHandler):
    """Notes method, path, headers and the size of a body."""

    protocol_version = "HTTP/1.1"
    server: Behind

    def do_POST(self) -> None:
        """Answer any method; http.server wants these names."""
        size, chunks = int(self.headers.get("Content-Length") or 0), 0
        self.rfile.read(size)
        if self.headers.get("Transfer-Encoding") == "chunked":
            while piece := int(self.rfile.readline(), 16):
                self.rfile.read(piece + 2)
                size, chunks = size + piece, chunks + 1
            self.rfile.readline()
        noted = {"method": self.command, "path": self.path, "size": size, "chunks": chunks}
        self.server.seen.append(noted | {"headers": self.headers})
        self.send_response(201)
        self.send_header("Location", "/v2/group/project/blobs/uploads/1")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok")

    do_GET = do_HEAD = do_PATCH = do_PUT = do_DELETE = do_POST  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def in_front_of(port: int, folder: Path) -> Iterator[Client]:
    """A stand-in in front of a registry, with a running job of each of two projects: 7 and 8."""
    server = make_server(("127.0.0.1", 0), Tokens("the-control-token", {}), folder, RegistryBehind(port))
    with serving(server):
        client = Client(f"http://127.0.0.1:{server.server_address[1]}")
        client.queue(7, git_info={"repo_url": f"{client.url}/group/project.git"})
        client.queue(8, git_info={"repo_url": f"{client.url}/group/project-b.git"})
        yield client


@pytest.fixture
def behind() -> Iterator[Behind]:
    """Return a registry that notes what reaches it."""
    server = Behind()
    with serving(server):
        yield server


@pytest.fixture
def front(behind: Behind, tmp_path: Path) -> Iterator[Client]:
    """Return a client of the stand-in in front of it."""
    with in_front_of(behind.server_address[1], tmp_path / "data") as client:
        yield client


def login(token: str = "job-7", user: str = "gitlab-ci-token") -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"}


def raw(client: Client, method: str, target: str, body: Any = None, **headers: str) -> Answer:
    """Send a path as it is; a body that is an iterator goes in chunks."""
    connection = http.client.HTTPConnection(urlsplit(client.url).netloc)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, body, sent, encode_chunked="Transfer-Encoding" in sent)
    answer = connection.getresponse()
    found = Answer(answer.status, dict(answer.headers), answer.read())
    connection.close()
    return found


# --- who gets through


@pytest.mark.parametrize(
    "headers", [{}, login("wrong"), login(""), login(user="job-7"), {"Authorization": "Bearer job-7"}]
)
def test_without_a_jobs_token_there_is_a_challenge(front: Client, behind: Behind, headers: dict[str, str]) -> None:
    answer = front.call("GET", "/v2/", **headers)

    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="stand-in"')
    assert answer.json["errors"][0]["code"] == "UNAUTHORIZED"
    assert behind.seen == []


def test_podman_login_asks_for_no_more_than_the_version(front: Client) -> None:
    assert front.call("GET", "/v2/", **login()).status == 200


def test_the_token_of_a_job_that_is_over_opens_no_image(front: Client, behind: Behind) -> None:
    front.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "success"})

    answer = front.call("GET", "/v2/group/project/manifests/1", **login())

    assert (answer.status, behind.seen) == (401, [])


@pytest.mark.parametrize("repository", ["group/project", "group/project/app", "group/project/a/b-c"])
def test_a_job_gets_to_its_project_and_what_is_below_it(front: Client, behind: Behind, repository: str) -> None:
    front.call("GET", f"/v2/{repository}/manifests/latest", **login())

    assert [seen["path"] for seen in behind.seen] == [f"/v2/{repository}/manifests/latest"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "target",
    [
        "/v2/group/project-b/manifests/latest",
        "/v2/group/manifests/latest",
        "/v2/_catalog",
        "/v2/group/project/../project-b/manifests/latest",
        "/v2/group/project/%2e%2e/project-b/manifests/latest",
        "/v2/group%2fproject-b/manifests/latest",
        "/v2/group/project/manifests/../../project-b/manifests/latest",
        "/v2//group/project/manifests/latest",
        "/v2/group/project/blobs/uploads/../../../project-b/blobs/uploads/",
        "/v2/group/project/manifests/x/manifests/latest",
        "/v2/GROUP/project/manifests/latest",
        "/v2/group/project/manifests/latest%0d%0aX: y",
        "/v2/group/project/",
    ],
)
def test_a_job_gets_to_nothing_else(front: Client, behind: Behind, method: str, target: str) -> None:
    answer = raw(front, method, target.replace(" ", "%20"), **login())

    assert (answer.status, behind.seen) == (403, [])


def test_the_refusal_names_the_project_and_what_was_wanted(front: Client) -> None:
    answer = front.call("GET", "/v2/group/project-b/tags/list", **login())

    assert answer.json == {
        "errors": [
            {
                "code": "DENIED",
                "message": "the token of a job of group/project opens that project's images, and not "
                "/v2/group/project-b/tags/list",
            }
        ]
    }


def test_no_layer_is_taken_over_from_another_project(front: Client, behind: Behind) -> None:
    front.call("POST", "/v2/group/project/blobs/uploads/?mount=sha256:1&from=group/project-b&_state=a%2Bb", **login())

    assert [seen["path"] for seen in behind.seen] == ["/v2/group/project/blobs/uploads/?_state=a%2Bb"]


def test_a_project_in_capitals_has_repositories_in_small_letters() -> None:
    assert belongs("group/my-app", "Group/My-App")
    assert not belongs("group/my-apps", "Group/My-App")


@pytest.mark.parametrize("path", ["/v2/", "/v2/a/tags", "/v2/a/uploads/1", "/v1/a/tags/list", "/v2/a/tags/list/b"])
def test_what_is_no_path_of_a_repository_names_none(path: str) -> None:
    assert repository_of(path) == ""


# --- what gets through


def test_the_registry_behind_learns_no_token(front: Client, behind: Behind) -> None:
    raw(front, "GET", "/v2/group/project/manifests/1", Accept=MANIFEST, X_Own="yes", **login())

    headers = behind.seen[0]["headers"]
    assert (headers["Authorization"], headers["Accept"], headers["X-Own"]) == (None, MANIFEST, "yes")


@pytest.mark.parametrize("chunked", [True, False])
def test_a_layer_is_passed_on_in_pieces(front: Client, behind: Behind, chunked: bool) -> None:
    body = iter([LAYER]) if chunked else LAYER
    more = {"Transfer-Encoding": "chunked"} if chunked else {}

    answer = raw(front, "PATCH", "/v2/group/project/blobs/uploads/1", body, **more, **login())

    assert (answer.status, answer.body) == (201, b"ok")
    assert answer.headers["Location"] == "/v2/group/project/blobs/uploads/1"
    # 64 KiB each.
    assert (behind.seen[0]["size"], behind.seen[0]["chunks"]) == (len(LAYER), 16 if chunked else 0)


def test_a_question_for_a_layers_size_has_no_body(front: Client) -> None:
    answer = raw(front, "HEAD", f"/v2/group/project/blobs/{DIGEST}", **login())

    assert (answer.status, answer.headers["Content-Length"], answer.body) == (201, "2", b"")


def test_a_registry_that_is_down_is_named(tmp_path: Path) -> None:
    with in_front_of(9, tmp_path) as client:
        health, answer = client.call("GET", "/healthz"), client.call("GET", "/v2/group/project/tags/list", **login())

    assert (health.status, answer.status) == (503, 502)
    assert answer.json["errors"][0]["message"].startswith("the registry behind does not answer: ")


def test_a_stand_in_without_a_registry_has_no_images(stand_in: Client) -> None:
    stand_in.queue(7)

    assert stand_in.call("GET", "/v2/", **login()).status == 404
    assert stand_in.call("GET", "/healthz").status == 200


# --- the real registry


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the registry of the image that ci/airgap/build has made."""
    runner = os.environ.get("PODRUNNER_GITLAB_RUNNER", "")
    folder = os.environ.get("PODRUNNER_SMOKE_IMAGES", "") or (runner and str(Path(runner).parents[1]))
    archive = Path(folder or ".") / "parts/registry/registry.tar"
    if not archive.is_file():
        pytest.skip("needs the image of a registry: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build")
    file = tmp_path_factory.mktemp("registry") / "registry"
    with tarfile.open(archive) as image:
        (manifest,) = json.load(image.extractfile("manifest.json"))  # type: ignore[arg-type]
        with tarfile.open(fileobj=image.extractfile(manifest["Layers"][0])) as layer:
            member = next(one for one in layer if one.name.endswith("usr/bin/registry"))
            file.write_bytes(layer.extractfile(member).read())  # type: ignore[union-attr]
    file.chmod(0o755)
    return file


@pytest.fixture
def real(program: Path, tmp_path: Path) -> Iterator[Client]:
    """Return a client of the stand-in in front of the registry as the smoke configures it."""
    objects = stand_in_objects(PLACE, "stand-in:1", "control", {}, "registry:1")
    config = json.loads(next(item["data"] for item in objects if item["kind"] == "ConfigMap")["registry.json"])
    config["storage"]["filesystem"]["rootdirectory"] = str(tmp_path / "images")
    port = free_port()
    config["http"]["addr"] = f"127.0.0.1:{port}"
    (tmp_path / "registry.json").write_text(json.dumps(config))
    environment = os.environ | {"OTEL_TRACES_EXPORTER": "none"}
    with subprocess.Popen([program, "serve", tmp_path / "registry.json"], env=environment) as process:
        try:
            wait_for(port)
            with in_front_of(port, tmp_path / "data") as client:
                yield client
        finally:
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while not RegistryBehind(port).is_up():
        assert time.monotonic() < deadline, "the registry does not take connections"
        time.sleep(0.05)


def push(client: Client, repository: str, headers: dict[str, str]) -> int:
    """Push an image with one layer as podman does, the layer in chunks."""
    for data in (LAYER, b"{}"):
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        begun = raw(client, "POST", f"/v2/{repository}/blobs/uploads/", **headers)
        if begun.status != 202:
            return begun.status
        pieces = iter([data[: len(data) // 2], data[len(data) // 2 :]])
        sent = raw(client, "PATCH", begun.headers["Location"], pieces, **{"Transfer-Encoding": "chunked"}, **headers)
        assert raw(client, "PUT", f"{sent.headers['Location']}&digest={digest}", **headers).status == 201
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(b"{}", "application/vnd.oci.image.config.v1+json"),
        "layers": [described(LAYER, "application/vnd.oci.image.layer.v1.tar")],
    }
    body = json.dumps(manifest).encode()
    return raw(client, "PUT", f"/v2/{repository}/manifests/v1", body, Content_Type=MANIFEST, **headers).status


def described(data: bytes, kind: str) -> dict[str, Any]:
    return {"mediaType": kind, "digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data)}


@pytest.mark.process
def test_an_image_that_a_job_pushes_is_there_for_the_next_job_of_its_project(real: Client) -> None:
    assert push(real, "group/project/app", login("job-7")) == 201
    real.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "success"})
    real.queue(9, git_info={"repo_url": f"{real.url}/group/project.git"})

    manifest = real.call("GET", "/v2/group/project/app/manifests/v1", Accept=MANIFEST, **login("job-9"))
    layer = real.call("GET", f"/v2/group/project/app/blobs/{DIGEST}", **login("job-9"))

    assert manifest.json["layers"][0]["digest"] == DIGEST
    assert layer.body == LAYER
    assert real.call("GET", "/v2/group/project/app/tags/list", **login("job-9")).json["tags"] == ["v1"]


@pytest.mark.process
def test_another_project_neither_reads_nor_writes_that_image(real: Client) -> None:
    push(real, "group/project", login("job-7"))

    assert real.call("GET", "/v2/group/project/manifests/v1", **login("job-8")).status == 403
    assert real.call("GET", f"/v2/group/project/blobs/{DIGEST}", **login("job-8")).status == 403
    assert push(real, "group/project", login("job-8")) == 403


@pytest.mark.process
def test_another_project_gets_no_layer_by_its_digest(real: Client) -> None:
    push(real, "group/project", login("job-7"))

    mounted = raw(
        *(real, "POST", f"/v2/group/project-b/blobs/uploads/?mount={DIGEST}&from=group/project"), **login("job-8")
    )
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described(LAYER, "x/y"), "layers": []}
    named = raw(
        *(real, "PUT", "/v2/group/project-b/manifests/v1", json.dumps(manifest).encode()),
        Content_Type=MANIFEST,
        **login("job-8"),
    )

    # An ordinary upload begins, instead of 201 for a layer that was taken over.
    assert mounted.status == 202
    assert (named.status, named.json["errors"][0]["code"]) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert real.call("GET", f"/v2/group/project-b/blobs/{DIGEST}", **login("job-8")).status == 404
