"""Fields of pods and other objects, as the API server takes them; tests/admission asks it."""

from __future__ import annotations

from typing import Any

import pytest
from yaml import safe_load

from podrunner.manifests.admission.forms import image, leftover
from podrunner.manifests.admission.host import annotation_faults
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.pod import pod_faults, whole_pod_faults
from podrunner.manifests.admission.schedule import schedule
from podrunner.manifests.admission.since import too_new_faults
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
        ("dnsPolicy: None", "dnsConfig.nameservers: missing: the DNS policy None needs a name server."),
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
            "resources: {limits: {memory: 256u}}",
            "resources.limits.memory: must have a unit of bytes, such as 256Mi (u is a millionth of a byte), is `256u`.",
        ),
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


FIELDS = (
    "metadata.name, metadata.namespace, metadata.uid, spec.nodeName, spec.serviceAccountName, status.hostIP, "
    "status.hostIPs, status.podIP, status.podIPs, metadata.labels['KEY'] or metadata.annotations['KEY']"
)
FIELDS_OF_FILES = (
    "metadata.name, metadata.namespace, metadata.uid, metadata.labels, metadata.annotations, metadata.labels['KEY'] or "
    "metadata.annotations['KEY'] in a file of a volume"
)
RESOURCES = (
    "limits.cpu, limits.memory, limits.ephemeral-storage, limits.hugepages-SIZE or one of the same names with requests"
)
UNITS = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi or 1Ei"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("fieldRef: {fieldPath: metadata.nam}", f"fieldRef.fieldPath: must be {FIELDS}, is `metadata.nam`."),
        ("fieldRef: {fieldPath: metadata.labels}", f"fieldRef.fieldPath: must be {FIELDS}, is `metadata.labels`."),
        ("fieldRef: {fieldPath: status.phase}", f"fieldRef.fieldPath: must be {FIELDS}, is `status.phase`."),
        (
            "fieldRef: {fieldPath: \"spec.nodeSelector['a']\"}",
            f"fieldRef.fieldPath: must be {FIELDS}, is `spec.nodeSelector['a']`.",
        ),
        (
            "fieldRef: {fieldPath: \"metadata.labels['a b']\"}",
            f"fieldRef.fieldPath: has a key that {LABEL}, is `metadata.labels['a b']`.",
        ),
        ("fieldRef: {apiVersion: v2, fieldPath: metadata.name}", "fieldRef.apiVersion: must be v1, is `v2`."),
        ("fieldRef: {fieldPath: ''}", "fieldRef.fieldPath: missing."),
        (
            "resourceFieldRef: {resource: limits.cpus}",
            f"resourceFieldRef.resource: must be {RESOURCES}, is `limits.cpus`.",
        ),
        ("resourceFieldRef: {resource: cpu}", f"resourceFieldRef.resource: must be {RESOURCES}, is `cpu`."),
        (
            "resourceFieldRef: {resource: limits.cpu, divisor: 10m}",
            "resourceFieldRef.divisor: must be 1m or 1 for limits.cpu, is `10m`.",
        ),
        (
            "resourceFieldRef: {resource: requests.memory, divisor: 1024}",
            f"resourceFieldRef.divisor: must be {UNITS} for requests.memory, is `1024`.",
        ),
        (
            "resourceFieldRef: {resource: limits.hugepages-2Mi, divisor: '1e3'}",
            f"resourceFieldRef.divisor: must be {UNITS} for limits.hugepages-2Mi, is `1e3`.",
        ),
        (
            "resourceFieldRef: {resource: limits.memory, divisor: much}",
            "resourceFieldRef.divisor: must be an amount such as 1m or 1Mi, is `much`.",
        ),
        (
            "resourceFieldRef: {resource: limits.memory, containerName: b}",
            "resourceFieldRef.containerName: is not the name of a container of the pod, is `b`.",
        ),
    ],
)
def test_a_variable_of_something_that_a_pod_does_not_tell_is_refused(source: str, sentence: str) -> None:
    assert said(pod(f"env: [{{name: A, valueFrom: {{{source}}}}}]")) == [f"containers[0].env[0].valueFrom.{sentence}"]


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (
            "path: b, fieldRef: {fieldPath: spec.nodeName}",
            f".fieldRef.fieldPath: must be {FIELDS_OF_FILES}, is `spec.nodeName`.",
        ),
        ("path: b, resourceFieldRef: {resource: limits.cpu}", ".resourceFieldRef.containerName: missing."),
        (
            "path: b, resourceFieldRef: {containerName: a, resource: limits.gpu}",
            f".resourceFieldRef.resource: must be {RESOURCES}, is `limits.gpu`.",
        ),
        ("path: b", ": must have exactly one of fieldRef and resourceFieldRef, is `b`."),
        (
            "path: b, fieldRef: {fieldPath: metadata.uid}, resourceFieldRef: {containerName: a, resource: limits.cpu}",
            ": must have exactly one of fieldRef and resourceFieldRef, is `b`.",
        ),
        ("path: ..b, fieldRef: {fieldPath: metadata.uid}", ".path: must not begin with `..`, is `..b`."),
        ("path: b, mode: 512, fieldRef: {fieldPath: metadata.uid}", ".mode: must be 0 to 511, is `512`."),
    ],
)
@pytest.mark.parametrize(
    ("volume", "where"),
    [
        ("downwardAPI: {ITEMS}", "downwardAPI"),
        ("projected: {sources: [{downwardAPI: {ITEMS}}]}", "projected.sources[0].downwardAPI"),
    ],
)
def test_a_file_of_something_that_a_pod_does_not_tell_is_refused(
    item: str, sentence: str, volume: str, where: str
) -> None:
    text = volume.replace("ITEMS", f"items: [{{{item}}}]")

    assert said(pod(spec=f"volumes: [{{name: a, {text}}}]")) == [f"volumes[0].{where}.items[0]{sentence}"]


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
        (
            "env: [{name: a, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a.b/c']\"}}}]",
            "volumes: [{name: a, downwardAPI: {items: [{path: b, fieldRef: {fieldPath: metadata.labels}}]}}]",
        ),
        (
            "env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1024Ki}}}]",
            "volumes: [{name: a, downwardAPI: {items: [{path: b, resourceFieldRef: "
            "{containerName: a, resource: requests.cpu, divisor: '0.001'}}]}}]",
        ),
        ('volumeMounts: [{name: a, mountPath: "C:\\\\a"}]', "dnsConfig: {searches: [a_b.example.com., .]}"),
    ],
)
def test_what_the_api_server_takes_is_no_fault(container: str, spec: str) -> None:
    assert said(pod(container, spec)) == []


@pytest.mark.parametrize(
    ("container", "spec", "path"),
    [
        ("", "volumes: [{name: a, secret: {}}]", "volumes[0].secret.secretName"),
        ("", "volumes: [{name: a, configMap: {}}]", "volumes[0].configMap.name"),
        (
            "",
            "volumes: [{name: a, projected: {sources: [{secret: {}}]}}]",
            "volumes[0].projected.sources[0].secret.name",
        ),
        (
            "env: [{name: A, valueFrom: {secretKeyRef: {key: b}}}]",
            "",
            "containers[0].env[0].valueFrom.secretKeyRef.name",
        ),
        ("envFrom: [{configMapRef: {}}]", "", "containers[0].envFrom[0].name"),
        (
            "securityContext: {seccompProfile: {type: Localhost}}",
            "",
            "containers[0].securityContext.seccompProfile.localhostProfile",
        ),
    ],
)
def test_what_has_to_be_there_though_no_schema_asks_for_it_is_missing(container: str, spec: str, path: str) -> None:
    (fault,) = pod_faults(pod(container, spec))

    assert (fault.path, fault.sentence, fault.is_absent) == (path, "missing.", False)


def test_what_a_schema_asks_for_is_left_to_it() -> None:
    (fault,) = pod_faults(pod(spec="volumes: [{name: a, csi: {}}]"))

    assert (fault.path, fault.is_absent) == ("volumes[0].csi.driver", True)


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
            "{kind: ResourceQuota, spec: {hard: {example.com/gpu: 2.5}}}",
            "spec.hard.example.com/gpu: must be a whole number, is `2.5`.",
        ),
        (
            "{kind: ResourceQuota, spec: {hard: {count/jobs.batch: 2.5}}}",
            "spec.hard.count/jobs.batch: must be a whole number, is `2.5`.",
        ),
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
        "{kind: ResourceQuota, spec: {hard: {requests.example.com/gpu: 2.5, hugepages-2Mi: 1.5, kubernetes.io/a: 1.5}}}",
        "{kind: LimitRange, spec: {limits: [{type: Container, max: {cpu: 100n}, min: {cpu: 10u}}]}}",
        "{kind: NetworkPolicy, spec: {egress: [{to: [{ipBlock: {cidr: '::/0', except: ['fd00::/8']}}]}]}}",
        "{kind: Service, spec: {loadBalancerSourceRanges: [' 10.0.0.0/8']}}",
    ],
)
def test_another_object_that_is_taken_has_no_fault(data: str) -> None:
    assert list(object_faults(safe_load(data))) == []


@pytest.mark.parametrize(
    ("container", "sentence"),
    [
        (
            "livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: a b, value: c}]}}",
            "containers[0].livenessProbe.httpGet.httpHeaders[0].name: "
            "must be the name of a header: letters, digits and dashes, is `a b`.",
        ),
        (
            "readinessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 5}",
            "containers[0].readinessProbe.terminationGracePeriodSeconds: "
            "cannot be in a readinessProbe, which ends nothing, is `5`.",
        ),
        (
            "lifecycle: {preStop: {sleep: {seconds: 31}}}",
            "containers[0].lifecycle.preStop.sleep.seconds: "
            "must be 0 to 30, the pod's terminationGracePeriodSeconds, is `31`.",
        ),
        (
            "volumeDevices: [{name: b, devicePath: /b}]",
            "containers[0].volumeDevices[0].name: is not the name of a volume of a claim, is `b`.",
        ),
        (
            "ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80}]",
            "containers[0].ports[1].hostPort: is the port of the node of two ports, is `80`.",
        ),
        (
            "resources: {limits: {hugepages-2Mi: 3Mi, cpu: 1}}",
            "containers[0].resources.limits.hugepages-2Mi: must be a multiple of a page, 2Mi, is `3Mi`.",
        ),
    ],
)
def test_what_a_container_asks_of_its_node_and_cannot_have_is_told(container: str, sentence: str) -> None:
    assert said(pod(container)) == [sentence]


@pytest.mark.parametrize(
    "container",
    [
        "livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: X-a, value: c}]}, terminationGracePeriodSeconds: 5}",
        "lifecycle: {preStop: {sleep: {seconds: 30}}}",
        "ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80, protocol: UDP}]",
        "resources: {limits: {hugepages-2Mi: 4Mi, cpu: 1}}",
    ],
)
def test_what_a_container_asks_of_its_node_and_can_have_is_taken(container: str) -> None:
    assert said(pod(container)) == []


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("nodeName: bad_node", f"nodeName: {DNS}, is `bad_node`."),
        (
            "preemptionPolicy: Sometimes",
            "preemptionPolicy: must be PreemptLowerPriority or Never, is `Sometimes`.",
        ),
        (
            "shareProcessNamespace: true, hostPID: true",
            "shareProcessNamespace: cannot be true with hostPID: true.",
        ),
        ("overhead: {cpu: 1}", "overhead: comes from a RuntimeClass: write runtimeClassName instead."),
        (
            "ephemeralContainers: [{name: b, image: 'b:1'}]",
            "ephemeralContainers: cannot be in a pod that is made: kubectl debug adds them.",
        ),
        (
            "schedulingGates: [{name: a/b}, {name: a/b}]",
            "schedulingGates[1].name: is the name of two gates, is `a/b`.",
        ),
        (
            "initContainers: [{name: b, image: 'b:1', lifecycle: {preStop: {exec: {command: [a]}}}}]",
            "initContainers[0].lifecycle: cannot be in an init container that ends: it needs restartPolicy: Always.",
        ),
        (
            "volumes: [{name: v, projected: {sources: [{secret: {name: a, items: [{key: a, path: t}]}}, "
            "{serviceAccountToken: {path: t}}]}}]",
            "volumes[0].projected.sources[1].serviceAccountToken.path: is the path of two files, is `t`.",
        ),
    ],
)
def test_what_stands_in_a_pod_that_is_for_nobody_to_write_is_told(spec: str, sentence: str) -> None:
    assert said(pod(spec=spec)) == [sentence]


@pytest.mark.parametrize(
    ("kube_version", "expected"),
    [
        ("1.32", []),
        ("1.33", ["containers[0].securityContext.procMount: needs a user namespace: hostUsers: false, is `Unmasked`."]),
    ],
)
def test_all_of_proc_needs_a_user_namespace_since_kubernetes_looks_at_it(
    kube_version: str, expected: list[str]
) -> None:
    spec = pod("securityContext: {procMount: Unmasked}")

    assert [f"{fault.path}: {fault.sentence}" for fault in too_new_faults(spec, kube_version)] == expected


@pytest.mark.parametrize(
    ("kube_version", "expected"),
    [
        ("1.33", []),
        (
            "1.34",
            ["resourceClaims[0]: must have exactly one of resourceClaimName and resourceClaimTemplateName, is `a`."],
        ),
    ],
)
def test_a_claim_of_devices_that_names_none_is_told_since_kubernetes_looks_at_it(
    kube_version: str, expected: list[str]
) -> None:
    spec = pod(spec="resourceClaims: [{name: a}]")

    assert [f"{fault.path}: {fault.sentence}" for fault in too_new_faults(spec, kube_version)] == expected


@pytest.mark.parametrize(
    ("key", "value", "fine"),
    [
        ("container.apparmor.security.beta.kubernetes.io/a", "localhost/x", True),
        ("container.apparmor.security.beta.kubernetes.io/a", "localhostx", False),
        ("container.apparmor.security.beta.kubernetes.io/b", "unconfined", False),
        ("seccomp.security.alpha.kubernetes.io/pod", "docker/default", True),
        ("seccomp.security.alpha.kubernetes.io/pod", "nonsense", False),
        ("example.com/a", "nonsense", True),
    ],
)
def test_an_annotation_that_names_a_profile_names_one_of_a_container_that_is_there(
    key: str, value: str, fine: bool
) -> None:
    assert [*annotation_faults({key: value}, pod())] != fine


@pytest.mark.parametrize(
    "text", ["* * * * *", "*/5 0-6 1,15 jan-mar MON", "@daily", "@every 1h30m", "0 4 ? * 6", "5/15 * * * *"]
)
def test_a_schedule_that_cron_reads_is_taken(text: str) -> None:
    assert schedule(text) == ""


@pytest.mark.parametrize(
    "text", ["every day", "* * * *", "60 * * * *", "* * 0 * *", "* * * * 7", "5-1 * * * *", "*/0 * * * *", "@dayly"]
)
def test_a_schedule_that_cron_cannot_read_is_told(text: str) -> None:
    assert schedule(text).startswith("must be five fields")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "{apiVersion: v1, kind: Secret, type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: hunter}}",
            ['must be JSON such as {"auths": {}}: the type is kubernetes.io/dockerconfigjson.'],
        ),
        (
            "{apiVersion: v1, kind: Secret, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: e30=}}",
            [],
        ),
        (
            "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: system-a}, value: 5}",
            ["must not begin with system-, which is for Kubernetes' own classes, is `system-a`."],
        ),
        (
            "{apiVersion: v1, kind: LimitRange, spec: {limits: [{type: PersistentVolumeClaim, max: {cpu: 1}}]}}",
            ["must have min or max of storage: the type is PersistentVolumeClaim."],
        ),
        (
            "{apiVersion: v1, kind: LimitRange, spec: {limits: [{type: Container, maxLimitRequestRatio: {cpu: '0.5'}}]}}",
            ["must be 1 or more: no limit is below its request, is `0.5`."],
        ),
    ],
)
def test_an_object_whose_parts_do_not_agree_is_told(text: str, sentences: list[str]) -> None:
    assert [fault.sentence for fault in object_faults(safe_load(text))] == sentences
