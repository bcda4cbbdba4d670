"""What a version of Kubernetes refuses, and a later one takes."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.admission.pod import pod_faults
from podrunner.manifests.admission.probes import probe_faults
from podrunner.manifests.admission.since import too_new_faults
from podrunner.manifests.checks.check import pod_faults_by_schema

NAME = "must be letters, digits, dashes, dots and underscores, the first no digit, before Kubernetes 1.32"


def said(variable: dict[str, Any], kube_version: str) -> list[str]:
    spec = {"containers": [{"name": "a", "env": [variable]}]}
    return [f"{fault.path}: {fault.sentence}" for fault in too_new_faults(spec, kube_version)]


@pytest.mark.parametrize("name", ["1st", "my var", "a$b", ".", "..a"])
def test_a_variable_of_any_name_needs_kubernetes_1_32(name: str) -> None:
    assert said({"name": name}, "1.31.4") == [f"containers[0].env[0].name: {NAME}, is `{name}`."]
    assert said({"name": name}, "1.32") == []


@pytest.mark.parametrize("name", ["A", "my-var.x", "_", "-a", ".a", "a..b"])
def test_a_variable_with_dots_and_dashes_does_not(name: str) -> None:
    assert said({"name": name}, "1.25") == []


def test_all_addresses_of_the_node_need_kubernetes_1_29() -> None:
    variable = {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIPs"}}}

    assert said(variable, "1.28") == [
        "containers[0].env[0].valueFrom.fieldRef.fieldPath: needs Kubernetes 1.29, is `status.hostIPs`."
    ]
    assert said(variable, "1.29") == []


@pytest.mark.parametrize(
    ("restart", "lifecycle", "before", "since"),
    [
        (None, {"stopSignal": "SIGTERM"}, ["needs Kubernetes 1.33 in an init container that ends."], []),
        # The gate ContainerStopSignals is off by default: the API server drops what it does not look at.
        (None, {"stopSignal": "NONE"}, ["needs Kubernetes 1.33 in an init container that ends."], []),
        ("Always", {"stopSignal": "SIGTERM"}, [], []),
    ],
)
def test_a_stop_signal_of_an_init_container_needs_kubernetes_1_33(
    restart: str | None, lifecycle: dict[str, str], before: list[str], since: list[str]
) -> None:
    spec = {"initContainers": [{"name": "a", "image": "a:1", "restartPolicy": restart, "lifecycle": lifecycle}]}

    assert [one.sentence for one in too_new_faults(spec, "1.32")] == before
    assert [one.sentence for one in too_new_faults(spec, "1.33")] == since
    assert [*probe_faults("a", spec["initContainers"][0], spec, is_init=True)] == []


def test_a_handler_beside_a_stop_signal_is_refused_in_an_init_container() -> None:
    container = {"lifecycle": {"stopSignal": "SIGTERM", "preStop": {"sleep": {"seconds": 1}}}}

    assert [one.path for one in probe_faults("a", container, {}, is_init=True)] == ["a.lifecycle"]


@pytest.mark.parametrize("kube_version", ["1.33", "1.34", "1.37"])
def test_a_stop_signal_of_a_container_is_taken_from_1_33_on(kube_version: str) -> None:
    spec = {"containers": [{"name": "a", "image": "a:1", "lifecycle": {"stopSignal": "SIGTERM"}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}

    assert [*pod_faults(spec), *pod_faults_by_schema(pod, kube_version)] == []
