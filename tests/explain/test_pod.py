"""`--pod`, asked of a small API server that answers as a cluster does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from podrunner.cli.main import main

POD = "/api/v1/namespaces/ci/pods/runner-a"
FORBIDDEN = {"kind": "Status", "code": 403, "message": "forbidden"}


def job_pod(**status: Any) -> dict[str, Any]:
    """A pod as GitLab Runner makes it."""
    capabilities = {"drop": ["ALL"], "add": ["SETUID", "SETGID"]}
    build = {"name": "build", "securityContext": {"allowPrivilegeEscalation": True, "capabilities": capabilities}}
    helper = {"name": "helper", "securityContext": {"allowPrivilegeEscalation": False}}
    return {
        "metadata": {"name": "runner-a", "namespace": "ci"},
        "spec": {"nodeName": "worker", "containers": [build, helper]},
        "status": {"phase": "Running", **status},
    }


class Cluster:
    """Answers by path; a path that is not there is 404, a dict with a code above 400 is refused."""

    def __init__(self, kubeconfig: Path) -> None:
        self.answers: dict[str, Any] = {
            "/api/v1/namespaces/ci/events": {"items": []},
            "/api/v1/nodes/worker": FORBIDDEN,
        }
        self.kubeconfig = kubeconfig

    def kubectl_describe(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of `podrunner explain`."""
        code = main(["explain", "--pod", "ci/runner-a", "--kubeconfig", str(self.kubeconfig), "--format", "json"])
        return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A running API server and a kubeconfig for it."""
    served = Cluster(tmp_path / "kubeconfig")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = served.answers.get(urlsplit(self.path).path, {"code": 404, "message": "not found"})
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            code = answer.get("code", 200) if isinstance(answer, dict) else 200
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class calls it so
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    entry = {"name": "a", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [entry],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    served.kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_container_that_ran_out_of_memory_is_named_by_its_status(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
    cluster.answers[POD] = job_pod(containerStatuses=[{"name": "build", "state": ended}])
    cluster.answers[f"{POD}/log"] = b"$ make\nmake: *** [Makefile:9: check] Error 1\n"

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "oom-killed")
    assert report["diagnoses"][0]["evidence"] == [
        {"source": "pod", "line": 1, "text": "container build terminated: OOMKilled, exit code 137"}
    ]


def test_what_may_not_be_read_is_said(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.answers[POD] = job_pod(containerStatuses=[{"name": "build", "state": {"running": {}}}])
    cluster.answers[f"{POD}/log"] = FORBIDDEN
    cluster.answers["/api/v1/namespaces/ci/events"] = FORBIDDEN

    code, report = cluster.kubectl_describe(capsys)

    assert code == 1
    assert report["unread"] == [
        "events of ci/runner-a: this kubeconfig may not list events.",
        "log of container build: this kubeconfig may not get pods/log.",
        "node worker: this kubeconfig may not get nodes.",
    ]


def test_a_pod_that_waits_for_its_image_is_named_by_status_and_event(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "registry.lan/a:1"'}}
    cluster.answers[POD] = job_pod(phase="Pending", containerStatuses=[{"name": "build", "state": waiting}])
    message = 'Failed to pull image "registry.lan/a:1": failed to resolve reference "registry.lan/a:1": not found'
    cluster.answers["/api/v1/namespaces/ci/events"] = {
        "items": [{"type": "Warning", "reason": "Failed", "message": message, "metadata": {}}]
    }

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "image-pull-not-found")
    assert report["diagnoses"][0]["title"] == "the job's image registry.lan/a:1 does not exist"
    assert report["diagnoses"][0]["consequences"] == ["the node cannot pull registry.lan/a:1"]


def test_the_spec_of_the_build_container_tells_why_newuidmap_is_refused(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    pod = job_pod(containerStatuses=[{"name": "build", "state": {"running": {}}}])
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = False
    cluster.answers[POD] = pod
    cluster.answers[f"{POD}/log"] = b"newuidmap: write to uid_map failed: Operation not permitted\n"

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "idmap-no-new-privs")


def test_missing_capabilities_are_read_from_the_spec(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    pod = job_pod(containerStatuses=[{"name": "build", "state": {"running": {}}}])
    pod["spec"]["containers"][0]["securityContext"]["capabilities"] = {"drop": ["ALL"], "add": ["SETGID"]}
    cluster.answers[POD] = pod
    cluster.answers[f"{POD}/log"] = b"newuidmap: write to uid_map failed: Operation not permitted\n"

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "idmap-capabilities")
    assert "container build lacks the capabilities SETUID" in [
        one["text"] for one in report["diagnoses"][0]["evidence"]
    ]


def test_an_init_container_that_failed_is_named_by_its_own_log(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = {"terminated": {"reason": "Error", "exitCode": 1}}
    pod = job_pod(
        phase="Failed",
        initContainerStatuses=[{"name": "fetch", "state": ended}],
        containerStatuses=[{"name": "build", "state": {"waiting": {"reason": "PodInitializing"}}}],
    )
    pod["spec"]["initContainers"] = [{"name": "fetch"}]
    cluster.answers[POD] = pod
    cluster.answers[f"{POD}/log"] = b"curl: (6) Could not resolve host: files.lan\n"

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "dns")
    assert [one["source"] for one in report["diagnoses"][0]["evidence"]] == ["log of fetch"]


def test_an_evicted_pod_is_named_by_its_message(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    message = "The node was low on resource: ephemeral-storage. Container build was using 40Gi, request is 0."
    cluster.answers[POD] = job_pod(phase="Failed", reason="Evicted", message=message)

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "evicted-disk")


def test_a_pod_that_is_gone_is_explained_by_its_events(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    message = "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available."
    cluster.answers["/api/v1/namespaces/ci/events"] = {
        "items": [{"type": "Warning", "reason": "FailedScheduling", "message": message, "metadata": {}}]
    }

    code, report = cluster.kubectl_describe(capsys)

    assert (code, report["cause"]) == (0, "insufficient-resources")
    assert report["unread"] == [
        "pod ci/runner-a: not there. GitLab Runner deletes a job's pod when the job ends; its events stay for an hour."
    ]


def test_an_api_server_that_is_not_there_is_a_sentence(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    config = cluster.kubeconfig.read_text(encoding="utf-8")
    cluster.kubeconfig.write_text(config.replace("http://127.0.0.1", "http://127.0.0.1:1/#"), encoding="utf-8")

    code = main(["explain", "--pod", "ci/runner-a", "--kubeconfig", str(cluster.kubeconfig)])

    assert code == 1
    assert capsys.readouterr().err.startswith("podrunner: the API server cannot be reached: ")


def test_credentials_that_are_refused_are_told_at_once(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.answers[POD] = {"kind": "Status", "code": 401, "message": "Unauthorized"}

    code = main(["explain", "--pod", "ci/runner-a", "--kubeconfig", str(cluster.kubeconfig)])

    assert code == 2
    assert capsys.readouterr().err == (
        "podrunner: the cluster does not know who asks: the kubeconfig's credentials are refused.\n"
    )
