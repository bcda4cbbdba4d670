"""Affinity of config.toml (snake case) as the Kubernetes executor writes it into a pod."""

from __future__ import annotations

from typing import Any

from podrunner.manifests.objects import maps, table, texts

_REQUIRED = "required_during_scheduling_ignored_during_execution"
_PREFERRED = "preferred_during_scheduling_ignored_during_execution"


def affinity(own: dict[str, Any]) -> dict[str, Any]:
    """`affinity` of a pod."""
    found: dict[str, Any] = {}
    if "node_affinity" in own:
        found["nodeAffinity"] = _node(table(own["node_affinity"]))
    for key, field in (("pod_affinity", "podAffinity"), ("pod_anti_affinity", "podAntiAffinity")):
        if key in own:
            found[field] = _pod(table(own[key]))
    return found


def _node(own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if _REQUIRED in own:
        terms = [_node_term(one) for one in maps(table(own[_REQUIRED]).get("node_selector_terms"))]
        found["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": terms}
    preferred = [
        {"weight": one.get("weight", 0), "preference": _node_term(table(one.get("preference")))}
        for one in maps(own.get(_PREFERRED))
    ]
    return found | ({"preferredDuringSchedulingIgnoredDuringExecution": preferred} if preferred else {})


def _node_term(own: dict[str, Any]) -> dict[str, Any]:
    return _lists(own, {"match_expressions": "matchExpressions", "match_fields": "matchFields"})


def _lists(own: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {field: [_expression(one) for one in maps(own[key])] for key, field in names.items() if maps(own.get(key))}


def _expression(own: dict[str, Any]) -> dict[str, Any]:
    values = texts(own.get("values"))
    found = {"key": own.get("key", ""), "operator": own.get("operator", "")}
    return found | ({"values": values} if values else {})


def _pod(own: dict[str, Any]) -> dict[str, Any]:
    required = [_pod_term(one) for one in maps(own.get(_REQUIRED))]
    preferred = [
        {"weight": one.get("weight", 0), "podAffinityTerm": _pod_term(table(one.get("pod_affinity_term")))}
        for one in maps(own.get(_PREFERRED))
    ]
    found = {"requiredDuringSchedulingIgnoredDuringExecution": required} if required else {}
    return found | ({"preferredDuringSchedulingIgnoredDuringExecution": preferred} if preferred else {})


def _pod_term(own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"topologyKey": own.get("topology_key", "")}
    for key, field in (("label_selector", "labelSelector"), ("namespace_selector", "namespaceSelector")):
        if key in own:
            found[field] = _selector(table(own[key]))
    lists = {
        "namespaces": "namespaces",
        "match_label_keys": "matchLabelKeys",
        "mismatch_label_keys": "mismatchLabelKeys",
    }
    return found | {field: texts(own[key]) for key, field in lists.items() if texts(own.get(key))}


def _selector(own: dict[str, Any]) -> dict[str, Any]:
    found = _lists(own, {"match_expressions": "matchExpressions"})
    return found | ({"matchLabels": own["match_labels"]} if table(own.get("match_labels")) else {})
