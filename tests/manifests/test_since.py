"""What a version of Kubernetes refuses, and a later one takes."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.admission.since import too_new_faults

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
