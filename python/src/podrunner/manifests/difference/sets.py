"""Lists of Kubernetes and config.toml whose order says nothing: rules of a Role, subjects, capabilities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXTS = frozenset(
    [
        *("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"),
        *("add", "drop", "accessModes", "policyTypes", "finalizers", "users", "groups", "volumes"),
        *("allowedCapabilities", "requiredDropCapabilities", "supplementalGroups", "loadBalancerSourceRanges"),
    ]
)
_MAPS = frozenset(["subjects", "tolerations"])
# What a rule of a Role is about: rules of the same are one rule, compared verb by verb.
_ABOUT = ("apiGroups", "resources", "resourceNames", "nonResourceURLs")


def as_set(path: tuple[str, ...], items: Sequence[Any]) -> dict[str, Any] | None:
    """The items of a list at a path by what they are, where their order says nothing; else None."""
    name = path[-1] if path else ""
    if name == "environment":
        return _variables(items)
    if name in _TEXTS and all(isinstance(item, str) for item in items):
        return {item: item for item in items}
    if name == "rules" and items and all(isinstance(item, dict) and "verbs" in item for item in items):
        return _rules(items)
    if name in _MAPS and all(isinstance(item, dict) for item in items):
        return {json.dumps(item, sort_keys=True, default=str, ensure_ascii=False): item for item in items}
    return None


def _variables(items: Sequence[Any]) -> dict[str, Any] | None:
    """`NAME=value` of config.toml by name, where each is there once: else the last one counts."""
    named = {str(item).partition("=")[0]: item for item in items}
    return named if len(named) == len(items) and all("=" in str(item) for item in items) else None


def _rules(rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in rules:
        about = " ".join(part for name in _ABOUT for part in sorted(texts(rule.get(name))) if part)
        verbs = [*found.get(about, {}).get("verbs", []), *texts(rule["verbs"])]
        found[about] = {**rule, "verbs": verbs}
    return found
