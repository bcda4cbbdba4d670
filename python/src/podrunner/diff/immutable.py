"""Fields that the API server does not let change: `helm upgrade` fails on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.difference.objects import ABSENT
from podrunner.manifests.objects import HOOK_ANNOTATION, table
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
    ),
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
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        "spec.group",
        "spec.scope",
        "spec.names.plural",
        "spec.names.kind",
    ),
}
# What of it may change all the same.
_FREE: dict[tuple[str, str], Prefixes] = {
    ("", "Pod"): ("spec.activeDeadlineSeconds", "spec.tolerations"),
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
_ORPHAN = "Its pods go on when it is deleted with `kubectl delete --cascade=orphan` before the upgrade."
_ADVICE = {
    "Deployment": _ORPHAN,
    "DaemonSet": _ORPHAN,
    "ReplicaSet": _ORPHAN,
    "StatefulSet": _ORPHAN,
    "PersistentVolumeClaim": "Make a claim of another name and move the data: deleting this one deletes them.",
}


def why_immutable(difference: Difference, before: Mapping[str, Any]) -> str:
    """Why the API server refuses a change, and the way out; empty when it takes it. `before` is the whole object."""
    identity = difference.identity
    if not difference.parts or _is_hook(before):
        return ""
    kind = (identity.group, identity.kind)
    if advice := _keeps_rolling_update(kind, difference, before):
        return advice
    if not (
        _is_fixed(kind, difference) or _is_sealed(kind, difference, before) or _is_special(kind, difference, before)
    ):
        return ""
    advice = _ADVICE.get(identity.kind, "Delete it before the upgrade, or give the new one another name.")
    return f"{difference.path.partition('[')[0]} of a {identity.kind} cannot change: helm upgrade fails. {advice}"


def _is_fixed(kind: tuple[str, str], difference: Difference) -> bool:
    if _below(difference.path, _FREE.get(kind, ())):
        return False
    # Another image is the one thing that a pod may get.
    if kind == ("", "Pod") and difference.parts[-1] == "image":
        return False
    return _below(difference.path, _FIXED.get(kind, ()))


def _is_sealed(kind: tuple[str, str], difference: Difference, before: Mapping[str, Any]) -> bool:
    """A ConfigMap or Secret that said `immutable: true`."""
    fields = ("data", "binaryData", "stringData", "immutable")
    return (
        kind in (("", "ConfigMap"), ("", "Secret")) and bool(before.get("immutable")) and difference.parts[0] in fields
    )


def _is_special(kind: tuple[str, str], difference: Difference, before: Mapping[str, Any]) -> bool:
    if kind == ("", "Service") and difference.parts[0] == "spec":
        # Left out, it stays what it was.
        fixed = ("spec.clusterIP", "spec.loadBalancerClass")
        return difference.path in fixed and difference.after not in (ABSENT, "", None)
    if kind == ("", "PersistentVolumeClaim") and difference.path == "spec.resources.requests.storage":
        sizes = [quantity(value) for value in (difference.before, difference.after)]
        return None not in sizes and sizes[1] < sizes[0]  # type: ignore[operator]
    if kind == ("batch", "Job") and difference.path == "spec.completions":
        # Of an indexed job they may change, together with parallelism.
        return table(before.get("spec")).get("completionMode") != "Indexed"
    return False


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
    added = {"partition"} if kind[1] == "StatefulSet" else {"maxSurge", "maxUnavailable"}
    if chosen in (ABSENT, None, "RollingUpdate") or was.get("type", "RollingUpdate") != "RollingUpdate":
        return ""
    if added <= table(was.get("rollingUpdate")).keys():
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


def _is_hook(item: Mapping[str, Any]) -> bool:
    """Helm deletes a hook and makes it anew."""
    return HOOK_ANNOTATION in table(table(item.get("metadata")).get("annotations"))
