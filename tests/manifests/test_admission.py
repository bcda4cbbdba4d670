"""Fields of pods and other objects, as the API server takes them; tests/admission asks it."""

from __future__ import annotations

from typing import Any

import pytest
from yaml import safe_load

from podrunner.manifests.admission.forms import image, leftover
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.pod import pod_faults, whole_pod_faults
from podrunner.manifests.admission.volumes import MOUNT_TWICE, VOLUME_TWICE

DNS = "must be lower-case letters, digits, dashes and dots, the first and last a letter or digit"
LABEL = "must be at most 63 letters, digits, dashes, dots and underscores, which a domain and a slash may precede"


def pod(container: str = "", spec: str = "") -> dict[str, Any]:
    found: dict[str, Any] = safe_load(f"{{containers: [{{name: a, image: 'a:1', {container}}}], {spec}}}")
    return found


def said(spec: dict[str, Any]) -> list[str]:
    return [f"{fault.path}: {fault.sentence}" for fault in pod_faults(spec)]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("runtimeClassName: Crun", f"runtimeClassName: {DNS}, is `Crun`."),
        ("imagePullSecrets: [{name: My Login}]", f"imagePullSecrets[0].name: {DNS}, is `My Login`."),
        ("terminationGracePeriodSeconds: -1", "terminationGracePeriodSeconds: must be 0 or more, is `-1`."),
        ("securityContext: {runAsUser: -5}", "securityContext.runAsUser: must be 0 to 2147483647, is `-5`."),
        ("dnsPolicy: None", "dnsConfig.nameservers: missing: the DNS policy None needs one."),
        (
            "tolerations: [{key: a, operator: Exist}]",
            "tolerations[0].operator: must be Equal or Exists, is `Exist`.",
        ),
        ("tolerations: [{key: a b, operator: Exists}]", f"tolerations[0].key: {LABEL}, is `a b`."),
        (
            "hostAliases: [{ip: 1.2.3, hostnames: [a]}]",
            "hostAliases[0].ip: must be an IP address such as 192.0.2.10, is `1.2.3`.",
        ),
        (
            "volumes: [{name: a, hostPath: {path: /a/../b}}]",
            "volumes[0].hostPath.path: must not contain `..`, is `/a/../b`.",
        ),
        (
            "volumes: [{name: a, emptyDir: {sizeLimit: -1}}]",
            "volumes[0].emptyDir.sizeLimit: must not be negative, is `-1`.",
        ),
        ("volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]", f"volumes[1].name: {VOLUME_TWICE}, is `a`."),
    ],
)
def test_a_field_of_a_pod_that_is_refused_is_told_with_its_value(spec: str, sentence: str) -> None:
    assert said(pod(spec=spec)) == [sentence]


@pytest.mark.parametrize(
    ("container", "sentence"),
    [
        (
            "resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}",
            "resources.requests.cpu: must not be more than the limit, 1500m, is `2`.",
        ),
        ("resources: {limits: {memory: 256}}", "resources.limits.memory: must have a unit, such as 256Mi, is `256`."),
        (
            "resources: {limits: {cpus: 1}}",
            "resources.limits.cpus: is not a resource of a container: cpu, memory, ephemeral-storage, or one with a domain.",
        ),
        (
            "securityContext: {privileged: true, allowPrivilegeEscalation: false}",
            "securityContext.allowPrivilegeEscalation: cannot be false with privileged.",
        ),
        (
            "volumeMounts: [{name: a, mountPath: a}]",
            "volumeMounts[0].mountPath: must be an absolute path without a colon, is `a`.",
        ),
        (
            "volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /a}]",
            f"volumeMounts[1].mountPath: {MOUNT_TWICE}, is `/a`.",
        ),
        ("env: [{name: A=B, value: c}]", "env[0].name: must be a name such as MY_VARIABLE, without `=`, is `A=B`."),
        (
            "livenessProbe: {exec: {command: [a]}, successThreshold: 2}",
            "livenessProbe.successThreshold: must be 1: only readiness may ask for more, is `2`.",
        ),
    ],
)
def test_a_field_of_a_container_that_is_refused_is_told_with_its_value(container: str, sentence: str) -> None:
    assert said(pod(container)) == [f"containers[0].{sentence}"]


@pytest.mark.parametrize(
    ("container", "spec"),
    [
        ("resources: {requests: {cpu: 1500m}, limits: {cpu: 1.5}}", "runtimeClassName: crun.v2"),
        (
            "resources: {limits: {memory: 1Mi, example.com/gpu: 2}}",
            "dnsPolicy: None, dnsConfig: {nameservers: ['::1']}",
        ),
        ("env: [{name: a.b-c, value: ''}]", "tolerations: [{operator: Exists}]"),
        ("readinessProbe: {grpc: {port: 5}, successThreshold: 2}", "tolerations: [{key: a/b, value: c}]"),
        ('volumeMounts: [{name: a, mountPath: "C:\\\\a"}]', "dnsConfig: {searches: [a_b.example.com., .]}"),
    ],
)
def test_what_the_api_server_takes_is_no_fault(container: str, spec: str) -> None:
    assert said(pod(container, spec)) == []


def test_a_whole_pod_is_asked_for_its_labels_and_names_too() -> None:
    metadata = {"namespace": "My_Jobs", "labels": {"a b": "c"}, "annotations": {"X/Y": "z"}}
    spec = pod("volumeMounts: [{name: gone, mountPath: /a}]", "nodeSelector: {a: 'b c'}")

    assert [fault.path for fault in whole_pod_faults({"metadata": metadata, "spec": spec})] == [
        "metadata.namespace",
        "metadata.labels",
        "nodeSelector.a",
        "containers[0].volumeMounts[0].name",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a:1",
        "quay.io/podman/stable",
        "Registry.example.com:5000/a/b_c/d:V1.0",
        "localhost/a@sha256:0011",
        "[::1]:5000/a:1",
        "a:alpine-v19.4.0",
    ],
)
def test_an_image_is_taken(text: str) -> None:
    assert image(text) == ""


@pytest.mark.parametrize("text", ["a b", "A/b/C", "a:1\n", "https://a/b", "a:b:c", "a:alpine-v", "a/:1", "-a", "a:"])
def test_what_is_no_image_is_not(text: str) -> None:
    assert image(text).startswith("must be an image such as registry.example.com/team/image:1.0")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("${namespace}", "${namespace}"),
        ("registry/{{ .Values.image }}:1", "{{"),
        ("%!s(<nil>)/a", "%!s("),
        ("a:<no value>", "<no value>"),
        ("gitlab-runner:alpine-v", "alpine-v"),
        ("$CI_REGISTRY_IMAGE/a", ""),
        ("a:alpine-v19", ""),
    ],
)
def test_what_a_template_left_over_is_told(text: str, left: str) -> None:
    assert leftover(text) == left


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            "{kind: LimitRange, spec: {limits: [{type: Container, default: {cpu: 4}, max: {cpu: 2}}]}}",
            "spec.limits[0].default.cpu: must not be more than max, which is 2, is `4`.",
        ),
        (
            "{kind: LimitRange, spec: {limits: [{type: Pod, default: {cpu: 4}}]}}",
            "spec.limits[0].default: is for containers: a limit of pods has no defaults.",
        ),
        ("{kind: ResourceQuota, spec: {hard: {pods: 0.5}}}", "spec.hard.pods: must be a whole number, is `0.5`."),
        (
            "{kind: NetworkPolicy, spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}}",
            "spec.egress[0].to[0].ipBlock.cidr: must be a network such as 192.0.2.0/24, is `10.0.0.0/33`.",
        ),
        (
            "{kind: NetworkPolicy, spec: {egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [0.0.0.0/0]}}]}]}}",
            "spec.egress[0].to[0].ipBlock.except[0]: must be a part of 0.0.0.0/0, and not all of it, is `0.0.0.0/0`.",
        ),
        (
            "{kind: Service, spec: {loadBalancerSourceRanges: [office]}}",
            "spec.loadBalancerSourceRanges[0]: must be a network such as 192.0.2.0/24, is `office`.",
        ),
    ],
)
def test_a_field_of_another_object_that_is_refused_is_told(data: str, sentence: str) -> None:
    assert [f"{fault.path}: {fault.sentence}" for fault in object_faults(safe_load(data))] == [sentence]


@pytest.mark.parametrize(
    "data",
    [
        "{kind: LimitRange, spec: {limits: [{type: Container, min: {cpu: 1}, default: {cpu: 2}, max: {cpu: 2}}]}}",
        "{kind: ResourceQuota, spec: {hard: {pods: '5', limits.cpu: 500m, count/jobs.batch: 1k}}}",
        "{kind: NetworkPolicy, spec: {egress: [{to: [{ipBlock: {cidr: '::/0', except: ['fd00::/8']}}]}]}}",
        "{kind: Service, spec: {loadBalancerSourceRanges: [' 10.0.0.0/8']}}",
    ],
)
def test_another_object_that_is_taken_has_no_fault(data: str) -> None:
    assert list(object_faults(safe_load(data))) == []
