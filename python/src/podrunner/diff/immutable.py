"""Fields that the API server does not let change: `helm upgrade` fails on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.diff.hooks import hook_events
from podrunner.manifests.difference.objects import ABSENT
from podrunner.manifests.difference.pod_updates import completions_may, history_may, pod_may, pods_of_job_may
from podrunner.manifests.objects import table, texts
from podrunner.manifests.quantity import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.difference.objects import Difference

    Prefixes = tuple[str, ...]

# (group, kind) → fields that stay what they were.
_FIXED: dict[tuple[str, str], Prefixes] = {
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "ReplicaSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
        "spec.podManagementPolicy",
    ),
    ("batch", "Job"): (
        "spec.template",
        "spec.selector",
        "spec.completionMode",
        "spec.podFailurePolicy",
        "spec.backoffLimitPerIndex",
        "spec.managedBy",
        "spec.successPolicy",
    ),
    ("apps", "ControllerRevision"): ("data",),
    ("", "Pod"): ("spec",),
    ("", "PersistentVolumeClaim"): ("spec",),
    ("", "PersistentVolume"): ("spec",),
    ("", "Secret"): ("type",),
    ("", "ResourceQuota"): ("spec.scopes", "spec.scopeSelector"),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("scheduling.k8s.io", "PriorityClass"): ("value", "preemptionPolicy"),
    ("node.k8s.io", "RuntimeClass"): ("handler",),
    ("networking.k8s.io", "IngressClass"): ("spec.controller",),
    ("discovery.k8s.io", "EndpointSlice"): ("addressType",),
    ("storage.k8s.io", "CSIDriver"): ("spec.attachRequired", "spec.volumeLifecycleModes"),
    ("storage.k8s.io", "VolumeAttachment"): ("spec",),
    ("storage.k8s.io", "StorageClass"): ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    ("storage.k8s.io", "VolumeAttributesClass"): ("driverName", "parameters"),
    ("storage.k8s.io", "CSIStorageCapacity"): ("nodeTopology", "storageClassName"),
    ("resource.k8s.io", "ResourceClaim"): ("spec",),
    ("resource.k8s.io", "ResourceClaimTemplate"): ("spec",),
    ("resource.k8s.io", "ResourceSlice"): ("spec.pool.name", "spec.driver", "spec.nodeName"),
    ("networking.k8s.io", "IPAddress"): ("spec.parentRef",),
    ("certificates.k8s.io", "ClusterTrustBundle"): ("spec.signerName",),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        "spec.group",
        "spec.scope",
        "spec.names.plural",
        "spec.names.kind",
    ),
}
# What of it may change all the same.
_FREE: dict[tuple[str, str], Prefixes] = {
    ("", "PersistentVolumeClaim"): ("spec.resources", "spec.volumeAttributesClassName"),
    # All but the volume itself, its mode and where it can be reached from.
    ("", "PersistentVolume"): (
        "spec.accessModes",
        "spec.capacity",
        "spec.claimRef",
        "spec.mountOptions",
        "spec.persistentVolumeReclaimPolicy",
        "spec.storageClassName",
        "spec.volumeAttributesClassName",
    ),
}
# Fields of a PersistentVolume that may be set where nothing was set.
_ONCE = ("spec.nodeAffinity", "spec.csi.controllerExpandSecretRef")
_ORPHAN = "Its pods go on when it is deleted with `kubectl delete --cascade=orphan` before the upgrade."
_ADVICE = {
    "Deployment": _ORPHAN,
    "DaemonSet": _ORPHAN,
    "ReplicaSet": _ORPHAN,
    "StatefulSet": _ORPHAN,
    "PersistentVolumeClaim": "Make a claim of another name and move the data: deleting this one deletes them.",
}


def why_immutable(
    difference: Difference, before: Mapping[str, Any], after: Mapping[str, Any], kube_version: str
) -> str:
    """Why the API server refuses a change, and the way out; empty when it takes it.

    `before` and `after` are the whole object, `kube_version` is that of Kubernetes.
    """
    identity = difference.identity
    # Helm deletes a hook and makes it anew.
    if not difference.parts or hook_events(before) or hook_events(after):
        return ""
    kind = (identity.group, identity.kind)
    if advice := _keeps_rolling_update(kind, difference, before):
        return advice
    is_fixed = _is_fixed(kind, difference) and not _is_let_through(kind, difference, before, after, kube_version)
    if not (
        is_fixed or _is_sealed(kind, difference, before) or _is_special(kind, difference, before, after, kube_version)
    ):
        return ""
    advice = _ADVICE.get(identity.kind, "Delete it before the upgrade, or give the new one another name.")
    article = "an" if identity.kind[0] in "AEIO" else "a"
    return (
        f"{difference.path.partition('[')[0]} of {article} {identity.kind} cannot change: helm upgrade fails. {advice}"
    )


def _is_fixed(kind: tuple[str, str], difference: Difference) -> bool:
    return _below(difference.path, _FIXED.get(kind, ())) and not _below(difference.path, _FREE.get(kind, ()))


def _is_let_through(
    kind: tuple[str, str],
    difference: Difference,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    kube_version: str,
) -> bool:
    if kind == ("", "Pod"):
        return pod_may(difference, before, after)
    if kind == ("", "PersistentVolume"):
        return difference.before is ABSENT and difference.path in _ONCE
    in_template = difference.parts[:2] == ("spec", "template")
    return kind == ("batch", "Job") and in_template and pods_of_job_may(difference, before, kube_version)


def _is_sealed(kind: tuple[str, str], difference: Difference, before: Mapping[str, Any]) -> bool:
    """A ConfigMap or Secret that said `immutable: true`."""
    fields = ("data", "binaryData", "stringData", "immutable")
    return (
        kind in (("", "ConfigMap"), ("", "Secret")) and bool(before.get("immutable")) and difference.parts[0] in fields
    )


def _is_special(
    kind: tuple[str, str],
    difference: Difference,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    kube_version: str,
) -> bool:
    if kind == ("", "Service"):
        return _is_fixed_of_service(difference, table(before.get("spec")), table(after.get("spec")))
    if kind == ("", "PersistentVolumeClaim") and difference.path == "spec.resources.requests.storage":
        sizes = [quantity(value) for value in (difference.before, difference.after)]
        return None not in sizes and sizes[1] < sizes[0]  # type: ignore[operator]
    if kind == ("batch", "Job") and difference.path == "spec.completions":
        return not completions_may(after)
    if kind == ("apps", "StatefulSet") and difference.path == "spec.revisionHistoryLimit":
        return not history_may(kube_version)
    if kind == ("networking.k8s.io", "ServiceCIDR") and difference.parts[:2] == ("spec", "cidrs"):
        # A second one may come, for the other family.
        was, is_now = (texts(table(one.get("spec")).get("cidrs")) for one in (before, after))
        return not (len(was) == 1 and is_now[:1] == was and len(is_now) == len(was) + 1)
    return False


def _is_fixed_of_service(difference: Difference, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> bool:
    """Source: validateLoadBalancerClassField, validateUpgradeDowngradeClusterIPs of pkg/apis/core/validation."""
    types = [spec.get("type") or "ClusterIP" for spec in (was, is_now)]
    if difference.path == "spec.loadBalancerClass":
        return types == ["LoadBalancer", "LoadBalancer"]
    if difference.path == "spec.type":
        # An address that is left out stays what it was, and None is for this type alone.
        stays = was.get("clusterIP") == "None" and is_now.get("clusterIP") in (None, "", "None")
        return stays and types[1] in ("NodePort", "LoadBalancer")
    if "ExternalName" in types:
        return False
    if difference.path == "spec.clusterIP":
        return difference.after not in (ABSENT, "", None)
    if difference.path == "spec.healthCheckNodePort":
        return all(_has_health_check(spec) for spec in (was, is_now)) and difference.after is not ABSENT
    return difference.parts[1:2] in (("clusterIPs",), ("ipFamilies",)) and _changes_first(difference, was, is_now)


def _has_health_check(spec: Mapping[str, Any]) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _changes_first(difference: Difference, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> bool:
    """Whether the first address, or the first family, is another one. A second may come, and go.

    Without a word of families the cluster has chosen one, which is not known here.
    """
    if "None" in {was.get("clusterIP"), is_now.get("clusterIP")}:
        return False
    name = difference.parts[1]
    first, new = (texts(spec.get(name))[:1] for spec in (was, is_now))
    return bool(new) and new != first and (bool(first) or name == "clusterIPs")


# Kind → field of how it is updated.
_STRATEGIES = {("apps", "Deployment"): "strategy", ("apps", "StatefulSet"): "updateStrategy"}


def _keeps_rolling_update(kind: tuple[str, str], difference: Difference, before: Mapping[str, Any]) -> str:
    """What is said where the API server's own rollingUpdate stays beside another strategy, which it then refuses.

    Helm takes away what its manifest said, and nobody's manifest said that. Source: tests/admission/test_upgrades.py.
    """
    name = _STRATEGIES.get(kind, "")
    if not name or difference.path not in (f"spec.{name}", f"spec.{name}.type"):
        return ""
    chosen = difference.after.get("type") if isinstance(difference.after, dict) else difference.after
    was = table(table(before.get("spec")).get(name))
    # What a manifest said, also with nothing in it, Helm takes away with all that is below. A StatefulSet gets none
    # where the type is written.
    said = {"rollingUpdate", "type"} if kind[1] == "StatefulSet" else {"rollingUpdate"}
    if chosen in (ABSENT, None, "RollingUpdate") or was.get("type", "RollingUpdate") != "RollingUpdate":
        return ""
    if said & was.keys():
        return ""
    fails = f"stays in the cluster beside type {chosen}: helm upgrade of Helm 4 fails"
    if kind[1] == "Deployment":
        return f"The rollingUpdate that the API server added {fails}. Upgrade once with --server-side=false."
    return (
        f"The rollingUpdate that the API server added {fails}, and of Helm 3. Write spec.{name}.rollingUpdate: null, and "
        "upgrade once with --server-side=false."
    )


def _below(path: str, prefixes: Prefixes) -> bool:
    return any(path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) for prefix in prefixes)
