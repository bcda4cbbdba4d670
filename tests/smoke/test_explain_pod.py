"""`podrunner explain --pod` on a real cluster: status, events and logs of pods as the runner makes them."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main
from podrunner.cluster.api import ApiError
from podrunner.cluster.objects import namespace as namespace_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.cluster.cluster import Cluster

pytestmark = pytest.mark.xdist_group("explain-pod")
IMAGE = "quay.io/podman/stable"
# Seconds: all of it happens within a few, on a machine that has nothing else to do.
PATIENCE = 120


@pytest.fixture(scope="module")
def namespace(smoke_cluster: Cluster) -> Iterator[str]:
    """Return a new namespace."""
    name = f"podrunner-test-{uuid.uuid4().hex[:6]}"
    smoke_cluster.api.create(namespace_object(name))
    wait_for_account(smoke_cluster, f"/api/v1/namespaces/{name}/serviceaccounts/default")
    yield name
    smoke_cluster.api.delete("Namespace", name)


def wait_for_account(cluster: Cluster, path: str) -> None:
    """Wait for the account that pods of a namespace run as."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            cluster.api.request("GET", path)
        except ApiError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


@pytest.fixture
def explain(
    smoke_cluster: Cluster, namespace: str, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], dict[str, Any]]:
    """Return a function that gives what `podrunner explain --pod` prints of a pod."""

    def explain(name: str) -> dict[str, Any]:
        capsys.readouterr()
        main(
            [
                "explain",
                "--pod",
                f"{namespace}/{name}",
                "--kubeconfig",
                str(smoke_cluster.kubeconfig),
                "--format",
                "json",
            ]
        )
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        return printed

    return explain


@pytest.fixture
def make(smoke_cluster: Cluster, namespace: str) -> Callable[..., str]:
    """Return a function that makes a job pod and waits until a text is in its status or events."""

    def make(until: str, *command: str, spec: dict[str, Any] | None = None, **build: Any) -> str:
        name = f"runner-test-project-1-concurrent-0-{uuid.uuid4().hex[:8]}"
        container = {"name": "build", "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": [*command], **build}
        body = {"containers": [container], "restartPolicy": "Never", "terminationGracePeriodSeconds": 1, **(spec or {})}
        metadata = {"name": name, "namespace": namespace}
        smoke_cluster.api.create({"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": body})
        wait_for(smoke_cluster, namespace, name, until)
        return name

    return make


def wait_for(cluster: Cluster, namespace: str, name: str, text: str) -> None:
    """Wait until a text is in the status or the events of a pod."""
    deadline = time.monotonic() + PATIENCE
    while True:
        events = cluster.api.list("Event", namespace, fields=f"involvedObject.name={name}")
        said = json.dumps([cluster.api.get("Pod", name, namespace)["status"], events])
        if text in said:
            return
        assert time.monotonic() < deadline, f"{text} is not in {said}"
        time.sleep(0.5)


def test_a_pod_that_waits_for_its_image_is_explained(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]]
) -> None:
    pod = make("ImagePullBackOff", image="registry.invalid/acme/tools:1")

    told = explain(pod)

    assert told["cause"] == "image-pull-network"
    assert "registry.invalid" in told["diagnoses"][0]["title"]
    assert told["unread"] == []


def test_a_pod_that_no_node_takes_is_explained(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]]
) -> None:
    pod = make("Unschedulable", "true", spec={"nodeSelector": {"example.com/builds": "true"}})

    told = explain(pod)

    assert told["cause"] == "unschedulable"
    assert "didn't match Pod's node affinity/selector" in told["diagnoses"][0]["evidence"][0]["text"]


def test_a_pod_that_ran_out_of_memory_is_explained(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]]
) -> None:
    # A line that does not end is kept in memory.
    script = "echo '$ make'; head --bytes=1G /dev/zero | tail"
    # A runtime with much to do misses the kernel's message, and calls it an error.
    for attempt in range(3):
        try:
            pod = make("OOMKilled", "sh", "-c", script, resources={"limits": {"memory": "64Mi"}})
            break
        except AssertionError:
            if attempt == 2:
                raise

    told = explain(pod)

    assert told["cause"] == "oom-killed"
    assert {evidence["source"] for evidence in told["diagnoses"][0]["evidence"]} == {"pod"}


def test_a_pod_that_lacks_a_secret_is_explained(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]]
) -> None:
    pod = make("CreateContainerConfigError", "true", envFrom=[{"secretRef": {"name": "no-such-secret"}}])

    told = explain(pod)

    assert told["cause"] == "container-config"


def test_what_the_log_alone_cannot_tell_the_pod_does(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]]
) -> None:
    context = {"runAsUser": 1000, "runAsGroup": 1000, "allowPrivilegeEscalation": False}
    pod = make("terminated", "podman", "info", securityContext=context)

    told = explain(pod)

    assert told["cause"] == "idmap-no-new-privs"
    assert {evidence["source"] for evidence in told["diagnoses"][0]["evidence"]} == {"", "pod"}


def test_a_pod_that_is_gone_is_explained_by_its_events(
    make: Callable[..., str], explain: Callable[[str], dict[str, Any]], smoke_cluster: Cluster, namespace: str
) -> None:
    pod = make("FailedScheduling", "true", spec={"nodeSelector": {"example.com/builds": "true"}})
    smoke_cluster.api.delete("Pod", pod, namespace, grace=0)

    told = explain(pod)

    assert told["cause"] == "unschedulable"
    assert told["unread"] == [
        f"pod {namespace}/{pod}: not there. "
        "GitLab Runner deletes a job's pod when the job ends; its events stay for an hour."
    ]
