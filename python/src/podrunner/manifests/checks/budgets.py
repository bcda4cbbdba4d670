"""PodDisruptionBudgets by which no node can be drained."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import BUDGET_BLOCKS
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.checks.selectors import selects
from podrunner.manifests.objects import namespace_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document

# Where an autoscaler does not say how many there are at most.
_MANY = 1_000_000
_REPLICATED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def check_budgets(documents: Sequence[Document], pods: Sequence[Pod], namespace: str) -> Iterator[Finding]:
    """A warning for each budget that never allows an eviction, by itself or for as many pods as there are."""
    for document in documents:
        if document.data.get("kind") != "PodDisruptionBudget":
            continue
        spec = table(document.data.get("spec"))
        for field in ("maxUnavailable", "minAvailable"):
            replicas = _replicas(document, spec, documents, pods, namespace)
            if wrong := _blocks(field, spec.get(field), replicas):
                reason = f"{wrong} A node that runs one of the pods cannot be drained."
                yield object_finding(document, BUDGET_BLOCKS, f"spec.{field}", reason)


def _blocks(field: str, value: Any, replicas: int | None) -> str:
    """Why a field never allows an eviction; empty where it does, or where nobody can say."""
    if field == "maxUnavailable":
        return f"{value} allows no eviction." if value in (0, "0", "0%") and value is not False else ""
    if value == "100%":
        return "100% allows no eviction."
    if replicas is None:
        return ""
    needed = _needed(value, replicas)
    if needed is None or needed < replicas or replicas == 0:
        return ""
    rounded = f" of {replicas} is {needed}, and so" if isinstance(value, str) else ""
    pods = "the only pod" if replicas == 1 else f"all {replicas} pods"
    return f"{value}{rounded} needs {pods}."


def _needed(value: Any, replicas: int) -> int | None:
    """How many pods have to be there; shares are rounded up, as Kubernetes does."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    share = str(value).removesuffix("%")
    return math.ceil(int(share) * replicas / 100) if str(value).endswith("%") and share.isdigit() else None


def _replicas(
    budget: Document, spec: dict[str, Any], documents: Sequence[Document], pods: Sequence[Pod], namespace: str
) -> int | None:
    """How many pods there are at most that the budget is for, None where nobody can say."""
    selector, here = table(spec.get("selector")), namespace_of(budget, namespace)
    chosen = [pod for pod in pods if pod.namespace == here and selector and selects(selector, pod.labels)]
    if not chosen or any(pod.document.data.get("kind") not in _REPLICATED for pod in chosen):
        return None
    counts = [_most(pod.document, here, documents, namespace) for pod in chosen]
    return sum(counts)


def _most(workload: Document, here: str, documents: Sequence[Document], namespace: str) -> int:
    """How many pods a workload may have: what it says, or what an autoscaler may make of it."""
    name, kind = table(workload.data.get("metadata")).get("name"), workload.data.get("kind")
    for document in documents:
        spec = table(document.data.get("spec"))
        target = table(spec.get("scaleTargetRef"))
        # A ScaledObject of KEDA has one, too, with other bounds.
        is_meant = target.get("name") == name and str(target.get("kind") or kind) == kind
        if is_meant and namespace_of(document, namespace) == here:
            most = spec.get("maxReplicas", spec.get("maxReplicaCount"))
            return most if isinstance(most, int) else _MANY
    replicas = table(workload.data.get("spec")).get("replicas")
    return replicas if isinstance(replicas, int) else 1
