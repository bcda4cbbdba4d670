"""What `podrunner diff` says cannot be applied is what the API server refuses to change, and nothing else."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.diff.immutable import why_immutable
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.difference.objects import differences

from .test_defaults import OBJECTS as OBJECTS_THAT_SAY_LITTLE
from .test_defaults import ready
from .test_upgrades import LEFT_OUT, WORDS, is_valid, leaves, put

if TYPE_CHECKING:
    from .trial import Bench

NAMESPACE = "immutable"
POD = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
WORKLOAD = {"selector": {"matchLabels": {"app": "a"}}, "template": POD}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
VOLUME = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}}
TERM = {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}
NODES = {"required": {"nodeSelectorTerms": [TERM]}}
DEVICES = {"devices": {"requests": [{"name": "a", "exactly": {"deviceClassName": "example.com"}}]}}
RBAC = "rbac.authorization.k8s.io"


def of(api: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, **copy.deepcopy(fields)}


OBJECTS = {
    "Deployment": of("apps/v1", "Deployment", spec={**WORKLOAD, "replicas": 0}),
    "DaemonSet": of("apps/v1", "DaemonSet", spec=WORKLOAD),
    "StatefulSet": of(
        "apps/v1",
        "StatefulSet",
        spec={
            **WORKLOAD,
            "replicas": 0,
            "serviceName": "a",
            "podManagementPolicy": "Parallel",
            "volumeClaimTemplates": [{"metadata": {"name": "a"}, "spec": CLAIM}],
        },
    ),
    "Job": of(
        "batch/v1",
        "Job",
        spec={
            "backoffLimit": 1,
            "completionMode": "NonIndexed",
            "template": {**POD, "spec": {**POD["spec"], "restartPolicy": "Never"}},
        },
    ),
    "Pod": of("v1", "Pod", spec={**POD["spec"], "hostNetwork": False}),
    "PersistentVolumeClaim": of("v1", "PersistentVolumeClaim", spec={**CLAIM, "storageClassName": "a"}),
    "Service": of("v1", "Service", spec={"ports": [{"port": 80}], "clusterIP": "None"}),
    "Secret": of("v1", "Secret", type="Opaque", stringData={"a": "b"}),
    "ConfigMap": of("v1", "ConfigMap", data={"a": "b"}),
    "sealed ConfigMap": of("v1", "ConfigMap", data={"a": "b"}, immutable=True),
    "ResourceQuota": of("v1", "ResourceQuota", spec={"hard": {"pods": "1"}, "scopes": ["BestEffort"]}),
    "RoleBinding": of(f"{RBAC}/v1", "RoleBinding", roleRef={"apiGroup": RBAC, "kind": "Role", "name": "a"}),
    "ClusterRoleBinding": of(
        f"{RBAC}/v1", "ClusterRoleBinding", roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": "a"}
    ),
    "PriorityClass": of("scheduling.k8s.io/v1", "PriorityClass", value=1, preemptionPolicy="Never", description="a"),
    "RuntimeClass": of("node.k8s.io/v1", "RuntimeClass", handler="a"),
    "IngressClass": of("networking.k8s.io/v1", "IngressClass", spec={"controller": "example.com/a"}),
    "StorageClass": of(
        "storage.k8s.io/v1",
        "StorageClass",
        provisioner="example.com/a",
        parameters={"a": "b"},
        reclaimPolicy="Delete",
        volumeBindingMode="Immediate",
        allowVolumeExpansion=False,
    ),
    "Job with a policy": of(
        "batch/v1",
        "Job",
        spec={
            "completionMode": "Indexed",
            "completions": 2,
            "parallelism": 1,
            "successPolicy": {"rules": [{"succeededCount": 1}]},
            "template": {**POD, "spec": {**POD["spec"], "restartPolicy": "Never"}},
        },
    ),
    "ControllerRevision": of("apps/v1", "ControllerRevision", revision=1, data={"a": "b"}),
    "CSIStorageCapacity": of(
        "storage.k8s.io/v1", "CSIStorageCapacity", storageClassName="a", nodeTopology={"matchLabels": {"a": "b"}}
    ),
    "VolumeAttributesClass": of(
        "storage.k8s.io/v1", "VolumeAttributesClass", driverName="example.com", parameters={"a": "b"}
    ),
    "PersistentVolume": of("v1", "PersistentVolume", spec=VOLUME),
    "bound PersistentVolume": of("v1", "PersistentVolume", spec={**VOLUME, "nodeAffinity": NODES}),
    "ResourceClaim": of("resource.k8s.io/v1", "ResourceClaim", spec=DEVICES),
    "ResourceClaimTemplate": of("resource.k8s.io/v1", "ResourceClaimTemplate", spec={"spec": DEVICES}),
    "ResourceSlice": of(
        "resource.k8s.io/v1",
        "ResourceSlice",
        spec={
            "driver": "example.com",
            "nodeName": "a",
            "pool": {"name": "a", "generation": 1, "resourceSliceCount": 1},
        },
    ),
    "ServiceCIDR": of("networking.k8s.io/v1", "ServiceCIDR", spec={"cidrs": ["10.201.0.0/24"]}),
    "IPAddress": of(
        "networking.k8s.io/v1",
        "IPAddress",
        spec={"parentRef": {"resource": "services", "namespace": "a", "name": "a"}},
    ),
    "Service with families": of(
        "v1", "Service", spec={"ports": [{"port": 80}], "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"]}
    ),
    "local Service": of(
        "v1",
        "Service",
        spec={
            "ports": [{"port": 80}],
            "type": "LoadBalancer",
            "externalTrafficPolicy": "Local",
            "healthCheckNodePort": 30991,
        },
    ),
}
# An IPAddress has its address for a name.
CALLED = {"IPAddress": "10.96.7.77"}
# Object → what a merge patch puts into it.
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("Deployment", {"spec": {"selector": {"matchLabels": {"tier": "b"}}}}),
    ("Deployment", {"spec": {"replicas": 1}}),
    ("Deployment", {"spec": {"template": {"metadata": {"labels": {"more": "b"}}}}}),
    ("DaemonSet", {"spec": {"selector": {"matchLabels": {"tier": "b"}}}}),
    ("StatefulSet", {"spec": {"serviceName": "b"}}),
    ("StatefulSet", {"spec": {"podManagementPolicy": "OrderedReady"}}),
    ("StatefulSet", {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "b"}, "spec": CLAIM}]}}),
    (
        "StatefulSet",
        {"spec": {"minReadySeconds": 5, "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}},
    ),
    ("Job", {"spec": {"template": {"spec": {"restartPolicy": "OnFailure"}}}}),
    ("Job", {"spec": {"completionMode": "Indexed", "completions": 1}}),
    ("Job", {"spec": {"backoffLimit": 2, "parallelism": 2}}),
    ("Pod", {"spec": {"hostNetwork": True}}),
    ("Pod", {"spec": {"activeDeadlineSeconds": 100}}),
    ("PersistentVolumeClaim", {"spec": {"storageClassName": "b"}}),
    ("PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}),
    ("Service", {"spec": {"clusterIP": "10.96.0.77"}}),
    ("Service", {"spec": {"sessionAffinity": "ClientIP"}}),
    ("Secret", {"type": "example.com/other"}),
    ("Secret", {"stringData": {"a": "c"}}),
    ("ConfigMap", {"data": {"a": "c"}}),
    ("sealed ConfigMap", {"data": {"a": "c"}}),
    ("sealed ConfigMap", {"immutable": False}),
    ("ResourceQuota", {"spec": {"scopes": ["NotBestEffort"]}}),
    ("ResourceQuota", {"spec": {"hard": {"pods": "2"}}}),
    ("RoleBinding", {"roleRef": {"name": "b"}}),
    ("RoleBinding", {"subjects": [{"kind": "User", "name": "b", "apiGroup": RBAC}]}),
    ("ClusterRoleBinding", {"roleRef": {"name": "b"}}),
    ("PriorityClass", {"value": 2}),
    ("PriorityClass", {"preemptionPolicy": "PreemptLowerPriority"}),
    ("PriorityClass", {"description": "b"}),
    ("RuntimeClass", {"handler": "b"}),
    ("IngressClass", {"spec": {"controller": "example.com/b"}}),
    ("StorageClass", {"provisioner": "example.com/b"}),
    ("StorageClass", {"parameters": {"a": "c"}}),
    ("StorageClass", {"reclaimPolicy": "Retain"}),
    ("StorageClass", {"volumeBindingMode": "WaitForFirstConsumer"}),
    ("StorageClass", {"allowVolumeExpansion": True}),
    ("StatefulSet", {"spec": {"revisionHistoryLimit": 4}}),
    ("Job with a policy", {"spec": {"successPolicy": {"rules": [{"succeededCount": 2}]}}}),
    ("Job with a policy", {"spec": {"parallelism": 2}}),
    ("ControllerRevision", {"data": {"a": "c"}}),
    ("CSIStorageCapacity", {"storageClassName": "b"}),
    ("CSIStorageCapacity", {"nodeTopology": {"matchLabels": {"a": "c"}}}),
    ("CSIStorageCapacity", {"capacity": "2Gi"}),
    ("VolumeAttributesClass", {"driverName": "b.example.com"}),
    ("VolumeAttributesClass", {"parameters": {"a": "c"}}),
    ("PersistentVolume", {"spec": {"hostPath": {"path": "/b"}}}),
    ("PersistentVolume", {"spec": {"nodeAffinity": NODES}}),
    ("PersistentVolume", {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}),
    ("bound PersistentVolume", {"spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [TERM, TERM]}}}}),
    (
        "ResourceClaim",
        {"spec": {"devices": {"requests": [{"name": "b", "exactly": {"deviceClassName": "example.com"}}]}}},
    ),
    (
        "ResourceClaimTemplate",
        {"spec": {"spec": {"devices": {"requests": [{"name": "b", "exactly": {"deviceClassName": "example.com"}}]}}}},
    ),
    ("ResourceClaimTemplate", {"spec": {"metadata": {"labels": {"a": "b"}}}}),
    ("ResourceSlice", {"spec": {"driver": "b.example.com"}}),
    ("ResourceSlice", {"spec": {"pool": {"name": "b"}}}),
    ("ResourceSlice", {"spec": {"pool": {"generation": 2}}}),
    ("ServiceCIDR", {"spec": {"cidrs": ["10.202.0.0/24"]}}),
    ("ServiceCIDR", {"spec": {"cidrs": ["10.201.0.0/24", "fd00:201::/112"]}}),
    ("IPAddress", {"spec": {"parentRef": {"name": "b"}}}),
    ("Service with families", {"spec": {"ipFamilies": ["IPv6"]}}),
    ("Service with families", {"spec": {"clusterIPs": ["10.96.0.78"]}}),
    ("local Service", {"spec": {"healthCheckNodePort": 30992}}),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[f"{name}-{change}" for name, change in CHANGES])
def test_what_diff_calls_impossible_is_what_the_api_server_refuses(
    bench: Bench, name: str, change: dict[str, Any]
) -> None:
    bench.cluster.namespace(NAMESPACE, "privileged")
    body = {**OBJECTS[name], "metadata": {"name": CALLED.get(name, name.lower().replace(" ", "-"))}}
    bench.cluster.ensure(body, NAMESPACE)

    refused = bench.cluster.refused_change(body, change, NAMESPACE)

    said = [
        why_immutable(one, body, merged(body, change), bench.cluster.version)
        for one in differences([body], [merged(body, change)])
    ]
    assert (any(said), said) == (bool(refused), said), refused


# Leaves whose change is refused for another reason, or by the patch of this test alone, which is simpler than Helm's.
NOT_HELM_S = {
    "Pod.serviceAccount": "the old name of serviceAccountName, which wins",
    "Pod.timeoutSeconds": "0 is the default written otherwise",
    "Pod.successThreshold": "0 is the default written otherwise",
    "ReplicationController.app": "the selector was made from the labels",
    "Deployment.type": "Helm's patch takes the fields of the other strategy away",
    "StatefulSet.type": "see tests/admission/test_upgrades.py",
    "StatefulSet.apiVersion": "of a claim, which is of one kind",
    "StatefulSet.kind": "of a claim, which is of one kind",
    "Job.completions": "of an indexed job, together with parallelism alone",
    "Service.port": "the key by which ports are merged",
    "PersistentVolumeClaim.storage": "no claim is bound where no controller runs",
}
NOTHING_TO_CHANGE = {"ServiceAccount"}
KINDS = sorted({one["kind"] for one in OBJECTS_THAT_SAY_LITTLE} - LEFT_OUT | {"CSIDriver"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_that_cannot_change_is_known_and_no_other(bench: Bench, kind: str) -> None:
    # A quota or limits must not meet the pods.
    namespace = f"every-field-{kind.lower()}"
    ready(bench, namespace)
    wrong: list[str | None] = []
    for item in (one for one in OBJECTS_THAT_SAY_LITTLE if one["kind"] == kind):
        bench.cluster.ensure(item, namespace)
        for path, value in leaves(with_defaults(item)):
            if f"{kind}.{path[-1]}" not in NOT_HELM_S:
                told = (judged(bench, item, path, new, namespace) for new in others(value))
                wrong.append(next((one for one in told if one is not None), None))

    assert [one for one in wrong if one] == []
    assert kind in NOTHING_TO_CHANGE or len(wrong) > wrong.count(None)


def judged(bench: Bench, item: dict[str, Any], path: tuple[str | int, ...], value: Any, namespace: str) -> str:
    """What podrunner and the API server make of one changed value; empty when they agree."""
    new = copy.deepcopy(item)
    put(new, path, value)
    if not is_valid(bench, {**new, "metadata": {**new["metadata"], "name": "fresh"}}, namespace):
        return None
    change = {path[0]: new[path[0]]} if isinstance(path[0], str) else {}
    refused = bench.cluster.refused_change(item, change, namespace, strategic=True)
    said = [
        why_immutable(one, item, new, bench.cluster.version)
        for one in differences([item], [new], complete=with_defaults)
    ]
    agree = any(said) == bool(refused)
    return "" if agree else f"{item['metadata']['name']} {'.'.join(map(str, path))}={value}: {refused or said}"


def others(value: Any) -> list[Any]:
    """Give other values of the same type."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, max(value - 1, 0), 7]
    return [word for word in WORDS if word != value] if isinstance(value, str) else []


def merged(base: Any, over: Any) -> Any:
    """One map over another, as a merge patch lays it."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return base | {key: merged(base.get(key), value) for key, value in over.items()}
