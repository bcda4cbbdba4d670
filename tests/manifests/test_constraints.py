"""What the API server's validation asks of fields, over a change of one field each."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.manifests.schemas.kinds import known_versions
from tests.admission.object_errors import object_errors
from tests.changed_object import GONE, changed

HERE = Path(__file__).parent
OBJECTS = {
    f"{one['kind']}/{one['metadata']['name']}": one
    for name in ("plain", "rich")
    for one in yaml.safe_load_all((HERE.parent / "admission" / f"{name}_objects.yaml").read_text(encoding="utf-8"))
}
REFUSED: list[list[Any]] = yaml.safe_load((HERE / "refused_changes.yaml").read_text(encoding="utf-8"))
TAKEN_CHANGES: list[list[Any]] = yaml.safe_load((HERE / "taken_changes.yaml").read_text(encoding="utf-8"))
# As the published schemas do not have it: the API server takes each.
TAKEN = [
    ("CSIDriver/rich.example.com", "spec.tokenRequests[0].audience"),
    ("CustomResourceDefinition/birds.rich.example.com", "spec.versions[0].served"),
    ("EndpointSlice/rich-slice", "endpoints"),
    ("IngressClass/rich-ingress-class", "spec.parameters.apiGroup"),
    ("Job/rich-job", "spec.podFailurePolicy.rules[1].onPodConditions[0].status"),
    ("Pod/rich-pod", "spec.securityContext.sysctls[0].value"),
    ("Pod/rich-volumes", "spec.volumes[2].projected.sources[4].clusterTrustBundle.path"),
    ("Pod/rich-volumes", "spec.volumes[5].iscsi.lun"),
    ("PriorityClass/rich-priority", "value"),
    ("RoleBinding/rich-role-binding", "roleRef.apiGroup"),
    ("RoleBinding/rich-role-binding", "subjects[0].namespace"),
]
NODE_TERMS = "spec.nodeAffinity.required.nodeSelectorTerms"


def errors_of(name: str, path: str, value: Any = GONE, kube: str = "1.34") -> list[str]:
    """What is said of an object with one field changed."""
    item = changed(OBJECTS[name], path, value)
    return [one.message for one in object_errors(item, kube)]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_change_that_the_api_server_refuses_is_an_error_at_its_field(row: list[Any]) -> None:
    name, path, *value, said = row

    assert [one for one in errors_of(name, path, *value) if one.startswith(said)]


@pytest.mark.parametrize(("name", "path", "value"), TAKEN_CHANGES)
def test_a_change_near_to_a_refused_one_that_the_api_server_takes_is_no_error(name: str, path: str, value: Any) -> None:
    assert errors_of(name, path, value) == []


@pytest.mark.parametrize("version", known_versions())
def test_objects_that_the_api_server_takes_have_no_errors_in_any_version(version: tuple[int, int]) -> None:
    kube = f"{version[0]}.{version[1]}"
    said = {name: object_errors(item, kube) for name, item in OBJECTS.items()}
    # Not in each version are all kinds and fields.
    foreign = ("unknown key", "is not in Kubernetes", "needs Kubernetes")

    assert {
        name: [one.message for one in found if not any(text in one.message for text in foreign)]
        for name, found in said.items()
        if not all(any(text in one.message for text in foreign) for one in found)
    } == {}


@pytest.mark.parametrize(("name", "path"), TAKEN)
def test_what_the_api_server_fills_in_need_not_be_there(name: str, path: str) -> None:
    assert errors_of(name, path) == []
    assert errors_of(name, path, None) == []


def test_a_map_of_more_than_a_mebibyte_is_refused() -> None:
    text = "ä" * (1 << 19)
    most: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": text}}
    more = {**most, "binaryData": {"b": "YQ=="}}
    secret = {**most, "kind": "Secret", "stringData": {"b": "c"}, "data": {"a": "YWFh" * 350000, "b": "YWFh"}}
    said = "of 1048576 at most. Take files out, or spread them over several."

    assert object_errors(most, "1.34") == []
    assert [one.message for one in object_errors(more, "1.34")] == [f"data: has 1048577 bytes, {said}"]
    assert [one.message for one in object_errors(secret, "1.34")] == [f"data: has 1050001 bytes, {said}"]


def test_a_group_of_kubernetes_own_domain_needs_an_approval() -> None:
    crd = copy.deepcopy(OBJECTS["CustomResourceDefinition/kites.example.com"])
    crd["metadata"] = {"name": "kites.sigs.k8s.io"}
    crd["spec"]["group"] = "sigs.k8s.io"
    (without,) = object_errors(crd, "1.34")
    crd["metadata"]["annotations"] = {"api-approved.kubernetes.io": "unapproved, for tests"}

    assert without.message.startswith("metadata.annotations: must have api-approved.kubernetes.io with a URL")
    assert object_errors(crd, "1.34") == []


def test_two_profiles_of_apparmor_have_to_agree() -> None:
    pod = copy.deepcopy(OBJECTS["Pod/host"])
    name = pod["spec"]["containers"][0]["name"]
    key = f"container.apparmor.security.beta.kubernetes.io/{name}"
    pod["spec"]["securityContext"] = {"appArmorProfile": {"type": "RuntimeDefault"}}
    pod["metadata"]["annotations"] = {key: "unconfined"}
    (found,) = object_errors(pod, "1.34")
    pod["metadata"]["annotations"] = {key: "runtime/default"}

    assert found.message == (
        f"metadata.annotations.{key}: must be as appArmorProfile of containers[0], runtime/default, or not be there, "
        "is `unconfined`."
    )
    assert object_errors(pod, "1.34") == []


def test_a_class_of_devices_need_not_say_anything() -> None:
    item = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "any"}}

    assert object_errors(item, "1.34") == []


def test_the_apis_of_an_autoscalers_target_are_asked_for_from_134_on() -> None:
    name, path = "HorizontalPodAutoscaler/rich-autoscaler", "spec.scaleTargetRef.apiVersion"

    assert errors_of(name, path, kube="1.33") == []
    assert errors_of(name, path, kube="1.34") != []


def test_an_autoscaler_goes_to_zero_from_137_on() -> None:
    name = "HorizontalPodAutoscaler/rich-autoscaler"

    assert errors_of(name, "spec.minReplicas", 0, "1.36") != []
    assert errors_of(name, "spec.minReplicas", 0, "1.37") == []


# The first version in which it is refused: in those before it is not looked at, mostly as its feature gate is off.
LATER = [
    ("1.31", "CustomResourceDefinition/birds.rich.example.com", "spec.versions[0].selectableFields[0].jsonPath", "."),
    ("1.31", "Job/rich-indexed", "spec.successPolicy.rules[0].succeededCount", -1),
    ("1.31", "Job/rich-indexed", "spec.successPolicy.rules[0].succeededIndexes", "0 -1"),
    ("1.32", "Job/rich-indexed", "spec.managedBy", "EXAMPLE.COM/QUEUE"),
    ("1.33", "PersistentVolume/rich-local", f"{NODE_TERMS}[0].matchExpressions[0].values[0]", "n ode"),
    ("1.33", "Pod/rich-pod", "spec.containers[0].resizePolicy[0].restartPolicy", "Never"),
    ("1.33", "Pod/rich-pod", "spec.containers[0].securityContext.procMount", "DEFAULT"),
    ("1.33", "Pod/rich-pod", "spec.securityContext.supplementalGroupsPolicy", "MERGE"),
    ("1.34", "PersistentVolumeClaim/rich-restored", "spec.volumeAttributesClassName", "SILVER"),
    ("1.35", "Pod/rich-volumes", "spec.volumes[12].image.pullPolicy", "Never!"),
]


@pytest.mark.parametrize(("first", "name", "path", "value"), LATER)
def test_a_field_is_refused_from_the_version_on_that_reads_it(first: str, name: str, path: str, value: Any) -> None:
    before = f"1.{int(first.removeprefix('1.')) - 1}"

    assert errors_of(name, path, value, before) == []
    assert errors_of(name, path, value, first) != []


@pytest.mark.parametrize("kube", ["1.32", "1.33", "1.34"])
def test_a_policy_without_a_selector_of_pods_is_of_all_and_a_set_without_a_service_has_none(kube: str) -> None:
    assert errors_of("NetworkPolicy/network-policy", "spec.podSelector", kube=kube) == []
    assert errors_of("StatefulSet/stateful-set", "spec.serviceName", kube=kube) == []


def test_a_null_among_values_is_an_empty_one() -> None:
    affinity = "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    crd = "spec.versions[0].schema.openAPIV3Schema.required"

    assert errors_of("ResourceQuota/rich-scoped-quota", "spec.scopeSelector.matchExpressions[0].values", [None]) == []
    values = f"{affinity}.nodeSelectorTerms[0].matchExpressions[0].values"
    assert errors_of("DaemonSet/rich-daemon-set", values, [None]) == []
    assert errors_of("CustomResourceDefinition/birds.rich.example.com", crd, [None]) == []
    assert errors_of("CustomResourceDefinition/birds.rich.example.com", crd, True) != []


def test_services_may_begin_with_a_digit_from_136_on() -> None:
    name, path = "Ingress/rich-ingress", "spec.rules[0].http.paths[0].backend.service.name"

    assert errors_of(name, path, "1-shop", kube="1.36") == []
    assert errors_of(name, path, "1-shop", kube="1.35") != []


def test_what_is_said_of_a_field_of_a_pod_is_said_once() -> None:
    path = "spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
    labels = f"{path}.podAffinityTerm.labelSelector.matchLabels"

    assert len(errors_of("Deployment/rich-deployment", labels, {"app": "a b"})) == 1
