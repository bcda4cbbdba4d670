"""What counts towards a ResourceQuota, and what a quota asks every container to say.

Source: the evaluators of k8s.io/kubernetes/pkg/quota/v1/evaluator/core (pods.go, persistent_volume_claims.go,
services.go), 1.34.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, among
from podrunner.manifests.admission.resources import LIMITS, REQUESTS, amounts
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from podrunner.manifests.admission.fault import Faults
    from podrunner.manifests.admission.resources import PodResources
    from podrunner.manifests.objects import Object

# What a quota calls the number of pods. All else of pods is measured in amounts of their containers.
POD_COUNTS = ("pods", "count/pods")
# These alone have to be said by every container once a quota counts them.
_TO_BE_SAID = {
    "cpu": (REQUESTS, "cpu"),
    "memory": (REQUESTS, "memory"),
    **{f"{part}.{name}": (part, name) for part in (REQUESTS, LIMITS) for name in ("cpu", "memory")},
}
_MEASURED = {**_TO_BE_SAID, "ephemeral-storage": (REQUESTS, "ephemeral-storage")}
# Kinds that a quota counts by their name alone, too.
_OLD_NAMES = ("configmaps", "secrets", "services", "replicationcontrollers")
_SELECTOR, _OF_CLAIMS = "spec.scopeSelector.matchExpressions", "VolumeAttributesClass"
_COUNTED_IN_SCOPE = {"BestEffort": ("pods",), _OF_CLAIMS: ("persistentvolumeclaims", "requests.storage")}
_CLASS = ".storageclass.storage.k8s.io/"


def measured(name: str) -> tuple[str, str] | None:
    """(requests or limits, resource) of containers that a name in `hard` measures; None for all else."""
    if name in _MEASURED:
        return _MEASURED[name]
    part, _, resource = name.partition(".")
    if resource == "ephemeral-storage" and part in (REQUESTS, LIMITS):
        return part, resource
    if name.startswith("hugepages-"):
        return REQUESTS, name
    # A class of storage is for claims.
    is_of_pods = resource.startswith("hugepages-") or ("/" in resource and _CLASS not in name)
    return (REQUESTS, resource) if part == REQUESTS and is_of_pods else None


def usage(name: str, pod: PodResources) -> dict[str, Decimal] | None:
    """Container → its share of what a pod adds to a name in `hard`; None where pods add nothing to it."""
    if name in POD_COUNTS:
        return {"": Decimal(1)}
    part, resource = measured(name) or ("", "")
    return pod.shares(part).get(resource) if resource else None


def unsaid(name: str, pod: PodResources) -> list[str]:
    """The containers that have to say an amount and do not, for which a quota with this name refuses a pod."""
    if name not in _TO_BE_SAID or pod.says_whole:
        return []
    part, resource = _TO_BE_SAID[name]
    return [one.name for one in pod.containers if resource not in one.amounts(part)]


def counts_pod(quota: Object, spec: Mapping[str, Any], pod: PodResources) -> bool:
    """Whether a quota's scopes, if it has any, are those of a pod."""
    return all(_is_in(one, spec, pod) for one in _scopes(table(quota.get("spec"))))


def claim_usage(claim: Mapping[str, Any]) -> dict[str, Decimal]:
    """Name in `hard` → what the spec of a PersistentVolumeClaim adds to it."""
    found = {"persistentvolumeclaims": Decimal(1), "count/persistentvolumeclaims": Decimal(1)}
    storage = amounts(table(claim.get("resources")).get(REQUESTS)).get("storage")
    if storage is not None:
        found["requests.storage"] = storage
    if name := claim.get("storageClassName"):
        found |= {
            f"{name}{_CLASS}{key}": found[key] for key in ("persistentvolumeclaims", "requests.storage") if key in found
        }
    return found


def object_usage(data: Mapping[str, Any]) -> dict[str, Decimal]:
    """Name in `hard` → what any other object adds to it: the number of its kind, and what a Service has beside."""
    kind, (group, _, _) = str(data.get("kind")), str(data.get("apiVersion", "")).rpartition("/")
    if (group, kind) in (("", "Pod"), ("", "PersistentVolumeClaim")):
        return {}
    plural = _plural(kind)
    found = {f"count/{plural}{'.' if group else ''}{group}": Decimal(1)}
    if not group and plural in _OLD_NAMES:
        found[plural] = Decimal(1)
    return found | (_service_usage(table(data.get("spec"))) if (group, kind) == ("", "Service") else {})


def _plural(kind: str) -> str:
    name = kind.lower()
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def _service_usage(spec: Mapping[str, Any]) -> dict[str, Decimal]:
    kind, ports = spec.get("type"), maps(spec.get("ports"))
    if kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        ports = [one for one in ports if one.get("nodePort")]
    number = len(ports) if kind in ("NodePort", "LoadBalancer") else 0
    balancers = Decimal(1 if kind == "LoadBalancer" else 0)
    return {"services.nodeports": Decimal(number), "services.loadbalancers": balancers}


def counts_claims(quota: Object) -> bool:
    """Whether a quota may count claims: scopes are of pods."""
    said = table(quota.get("spec"))
    return not (said.get("scopes") or said.get("scopeSelector"))


def _scopes(quota: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that have a name alone as those of a selector."""
    selected = maps(table(quota.get("scopeSelector")).get("matchExpressions"))
    return [*({"scopeName": name, "operator": "Exists"} for name in texts(quota.get("scopes"))), *selected]


def scope_faults(quota: Mapping[str, Any]) -> Faults:
    """What is wrong with the scopes in the spec of a quota, and what they cannot count."""
    hard, names = [*table(quota.get("hard"))], [str(one.get("scopeName")) for one in _scopes(quota)]
    for scope in _scopes(quota):
        yield from _scope_faults(scope, hard)
    for pair in (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")):
        if set(pair) <= set(names):
            yield FieldFault("spec.scopes", f"cannot have both {' and '.join(pair)}")


def _scope_faults(scope: Mapping[str, Any], hard: Sequence[str]) -> Faults:
    # What is null is an empty value.
    name, operator, values = str(scope.get("scopeName")), scope.get("operator"), scope.get("values")
    yield from among("spec.scopes", name, (*_SCOPES, _OF_CLAIMS))
    if name in _SCOPES and name != "PriorityClass" and operator != "Exists":
        yield FieldFault(_SELECTOR, f"must have the operator Exists for {name}", operator)
    if (operator in ("In", "NotIn")) != bool(values):
        yield FieldFault(_SELECTOR, "must have values for In and NotIn, and for them alone", operator)
    if name not in (*_SCOPES, _OF_CLAIMS):
        return
    allowed = _COUNTED_IN_SCOPE.get(name, ("pods", *_TO_BE_SAID))
    for counted in hard:
        # What has a slash is taken, and never counted.
        if "/" not in counted and counted not in allowed:
            yield FieldFault(
                f"spec.hard.{counted}", f"cannot be counted in the scope {name}: only {', '.join(allowed)}"
            )


def _is_in(scope: Mapping[str, Any], spec: Mapping[str, Any], pod: PodResources) -> bool:
    test = _SCOPES.get(str(scope.get("scopeName")))
    return test is not None and test(scope, spec, pod)


def _has_deadline(spec: Mapping[str, Any]) -> bool:
    return spec.get("activeDeadlineSeconds") is not None


def _is_best_effort(pod: PodResources) -> bool:
    """Whether nothing of the pod has any CPU or memory."""
    return not any(
        one.amounts(part).get(name)
        for one in (*pod.containers, pod.whole)
        for part in (REQUESTS, LIMITS)
        for name in ("cpu", "memory")
    )


def _is_of_priority(scope: Mapping[str, Any], spec: Mapping[str, Any], _: PodResources) -> bool:
    name, wanted = spec.get("priorityClassName") or None, texts(scope.get("values"))
    return {
        "Exists": name is not None,
        "DoesNotExist": name is None,
        "In": name in wanted,
        "NotIn": name not in wanted,
    }.get(str(scope.get("operator")), False)


def _reaches_other_namespaces(_: Mapping[str, Any], spec: Mapping[str, Any], __: PodResources) -> bool:
    for kind in ("podAffinity", "podAntiAffinity"):
        rules = table(table(spec.get("affinity")).get(kind))
        terms = maps(rules.get("requiredDuringSchedulingIgnoredDuringExecution"))
        preferred = maps(rules.get("preferredDuringSchedulingIgnoredDuringExecution"))
        terms += [table(one.get("podAffinityTerm")) for one in preferred]
        if any(one.get("namespaces") or one.get("namespaceSelector") is not None for one in terms):
            return True
    return False


_SCOPES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], PodResources], bool]] = {
    "Terminating": lambda _, spec, __: _has_deadline(spec),
    "NotTerminating": lambda _, spec, __: not _has_deadline(spec),
    "BestEffort": lambda _, __, pod: _is_best_effort(pod),
    "NotBestEffort": lambda _, __, pod: not _is_best_effort(pod),
    "PriorityClass": _is_of_priority,
    "CrossNamespacePodAffinity": _reaches_other_namespaces,
}
