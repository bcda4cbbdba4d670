"""Fields of pods that a version of Kubernetes drops by default, told with the gate that keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.manifests.admission.gates import GATES, dropped_faults
from podrunner.manifests.admission.since import too_new_faults

FILE = Path(__file__).parents[1] / "admission" / "gated_fields.yaml"
SPECS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def said(spec: dict[str, Any], kube_version: str) -> list[str]:
    return [f"{fault.path}: {fault.sentence}" for fault in dropped_faults(spec, kube_version)]


@pytest.mark.parametrize(
    ("gate", "last", "first", "sentences"),
    [
        (
            "PodLevelResources",
            "1.33",
            "1.34",
            [
                "resources.limits.cpu: has no effect before Kubernetes 1.34 unless the feature gate PodLevelResources is "
                "on: the API server drops resources of a whole pod, is `1`."
            ],
        ),
        (
            "DynamicResourceAllocation",
            "1.33",
            "1.34",
            [
                "resourceClaims: has no effect before Kubernetes 1.34 unless the feature gate DynamicResourceAllocation is "
                "on: the API server drops the field.",
                "containers[0].resources.claims: has no effect before Kubernetes 1.34 unless the feature gate "
                "DynamicResourceAllocation is on: the API server drops the field.",
            ],
        ),
        (
            "ImageVolume",
            "1.34",
            "1.35",
            [
                "volumes[0].image: has no effect before Kubernetes 1.35 unless the feature gate ImageVolume is on: the API "
                "server drops the volume and its mounts."
            ],
        ),
        (
            "UserNamespacesSupport",
            "1.32",
            "1.33",
            [
                "hostUsers: has no effect before Kubernetes 1.33 unless the feature gate UserNamespacesSupport is on: the "
                "API server drops the field, is `False`."
            ],
        ),
        (
            "MatchLabelKeysInPodAffinity",
            "1.30",
            "1.31",
            [
                "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: has no effect "
                "before Kubernetes 1.31 unless the feature gate MatchLabelKeysInPodAffinity is on: the API server drops "
                "the field."
            ],
        ),
    ],
)
def test_a_field_is_dropped_up_to_the_version_whose_gate_is_on(
    gate: str, last: str, first: str, sentences: list[str]
) -> None:
    assert (said(SPECS[gate], last), said(SPECS[gate], first)) == (sentences, [])


def test_a_gate_that_no_version_has_on_by_default_is_named_alone() -> None:
    assert said(SPECS["ContainerStopSignals"], "1.37") == [
        "containers[0].lifecycle.stopSignal: has no effect unless the feature gate ContainerStopSignals is on: the API "
        "server drops the field, is `SIGUSR1`."
    ]


@pytest.mark.parametrize(
    "spec",
    [
        {"hostUsers": True, "resources": {}, "resourceClaims": []},
        {"securityContext": {"supplementalGroupsPolicy": "Merge"}},
        {
            "containers": [
                {"securityContext": {"procMount": "Default"}, "volumeMounts": [{"recursiveReadOnly": "Disabled"}]}
            ]
        },
        {"volumes": [{"image": None}, {"emptyDir": {}}], "affinity": None},
    ],
)
def test_what_counts_without_the_field_is_not_told(spec: dict[str, Any]) -> None:
    assert said(spec, "1.25") == []


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate.name in SPECS], ids=lambda gate: gate.name)
def test_each_gate_drops_what_is_asked_of_an_api_server(gate: Any) -> None:
    assert any(f"gate {gate.name} is on" in sentence for sentence in said(SPECS[gate.name], "1.25"))


@pytest.mark.parametrize(
    ("gate", "last", "first", "sentence"),
    [
        (
            "EnvFiles",
            "1.34",
            "1.35",
            "containers[0].env[0].valueFrom.fileKeyRef: needs Kubernetes 1.35, or the feature gate EnvFiles.",
        ),
        (
            "PodLifecycleSleepAction",
            "1.29",
            "1.30",
            "containers[0].lifecycle.preStop.sleep: needs Kubernetes 1.30, or the feature gate PodLifecycleSleepAction.",
        ),
        (
            "ContainerRestartRules",
            "1.33",
            "1.34",
            "containers[0].restartPolicy: needs Kubernetes 1.34 and the feature gate ContainerRestartRules, or Kubernetes "
            "1.35, is `Never`.",
        ),
    ],
)
def test_a_field_of_which_nothing_is_left_is_refused_up_to_the_version_whose_gate_is_on(
    gate: str, last: str, first: str, sentence: str
) -> None:
    told = [f"{fault.path}: {fault.sentence}" for fault in too_new_faults(SPECS[gate], last)]

    assert (told, list(too_new_faults(SPECS[gate], first))) == ([sentence], [])


def test_resources_of_a_whole_pod_are_judged_from_the_version_on_that_keeps_them() -> None:
    spec = {"resources": {"limits": {"memory": 256}}}

    assert list(too_new_faults(spec, "1.33")) == []
    assert [fault.sentence for fault in too_new_faults(spec, "1.34")] == ["must have a unit, such as 256Mi, is `256`."]
