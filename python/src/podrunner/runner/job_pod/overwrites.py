"""What a job may say in place of config.toml by variables KUBERNETES_…, judged as GitLab Runner does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import table
from podrunner.manifests.quantity import quantity
from podrunner.runner.job_pod.go_pattern import go_pattern

if TYPE_CHECKING:
    from podrunner.runner.job_pod.variables import JobVariables

# Variable that a job sets → key of [runners.kubernetes] that it takes the place of.
ONE_VALUE = {
    "KUBERNETES_NAMESPACE_OVERWRITE": "namespace",
    "KUBERNETES_SERVICE_ACCOUNT_OVERWRITE": "service_account",
    "KUBERNETES_BEARER_TOKEN": "bearer_token",
}
# Beginning of the names of variables, one an entry → key of [runners.kubernetes], a table.
MANY_VALUES = {
    "KUBERNETES_POD_LABELS_": "pod_labels",
    "KUBERNETES_POD_ANNOTATIONS_": "pod_annotations",
    "KUBERNETES_NODE_SELECTOR_": "node_selector",
    "KUBERNETES_NODE_TOLERATIONS_": "node_tolerations",
}
# Prefix of keys of resources → the resources that have one. The whole pod has no ephemeral storage.
_RESOURCES = {"": 3, "service_": 3, "helper_": 3, "pod_": 2}
_NAMES = ("cpu", "memory", "ephemeral_storage")
# Keys of amounts that a job may overwrite by KUBERNETES_ and their name, up to `…_overwrite_max_allowed`.
RESOURCE_KEYS = frozenset(
    f"{prefix}{name}_{part}"
    for prefix, count in _RESOURCES.items()
    for name in _NAMES[:count]
    for part in ("limit", "request")
)


class JobRefusedError(Exception):
    """GitLab Runner starts no pod for a job; the text is why, as the rest of a sentence."""


@dataclass(frozen=True, slots=True)
class Overwrites:
    """What holds for one job: the values of config.toml, and what the job says where it may.

    `resources`: prefix of the keys (empty for the build container) → {"limits": …, "requests": …} of a container.
    """

    namespace: str
    service_account: str
    bearer_token: bool
    pod_labels: dict[str, str]
    pod_annotations: dict[str, str]
    node_selector: dict[str, str]
    node_tolerations: dict[str, str]
    resources: dict[str, dict[str, dict[str, str]]]


def job_overwrites(kubernetes: dict[str, Any], variables: JobVariables) -> Overwrites:
    """What holds for a job with these variables. Raises JobRefusedError for what is not allowed."""
    given = variables.expanded()
    single = {key: _one(kubernetes, key, given.get(name)) for name, key in ONE_VALUE.items()}
    several = {key: _several(kubernetes, key, prefix, given) for prefix, key in MANY_VALUES.items()}
    return Overwrites(
        single["namespace"],
        single["service_account"],
        single["bearer_token"] != str(kubernetes.get("bearer_token") or ""),
        several["pod_labels"],
        several["pod_annotations"],
        several["node_selector"],
        several["node_tolerations"],
        {prefix: container_resources(kubernetes, prefix, given) for prefix in _RESOURCES},
    )


def container_resources(
    kubernetes: dict[str, Any],
    prefix: str,
    variables: JobVariables,
    current: dict[str, dict[str, str]] | None = None,
) -> dict[str, dict[str, str]]:
    """`resources` of a container; `current` is in place of what config.toml says."""
    found: dict[str, dict[str, str]] = {}
    for part in ("limit", "request"):
        amounts = {}
        for name in _NAMES[: _RESOURCES[prefix]]:
            key, resource = f"{prefix}{name}_{part}", name.replace("_", "-")
            now = str(kubernetes.get(key) or "") if current is None else current.get(f"{part}s", {}).get(resource, "")
            asked = variables.get(f"KUBERNETES_{key.upper()}")
            amount = _amount(key, now, str(kubernetes.get(f"{key}_overwrite_max_allowed") or ""), asked)
            if amount:
                amounts[resource] = amount
        if amounts:
            found[f"{part}s"] = amounts
    return found


def matches(pattern: str, value: str) -> bool:
    """Whether a pattern allows a value. Raises JobRefusedError for a pattern that Go does not compile."""
    compiled = go_pattern(pattern)
    if compiled is None:
        raise JobRefusedError(f"the pattern {pattern} is not valid")
    return compiled.search(value) is not None


def _one(kubernetes: dict[str, Any], key: str, asked: str) -> str:
    now = str(kubernetes.get(key) or "")
    pattern = _pattern(kubernetes, key)
    if not pattern or not asked:
        return now
    if not matches(pattern, asked):
        raise JobRefusedError(f"{key}: {asked if key != 'bearer_token' else 'the token'} does not match {pattern}")
    return asked


def _several(kubernetes: dict[str, Any], key: str, prefix: str, variables: JobVariables) -> dict[str, str]:
    found = {name: str(value) for name, value in table(kubernetes.get(key)).items()}
    pattern = _pattern(kubernetes, key)
    if not pattern:
        return found
    for one in variables.entries:
        if not one.key.startswith(prefix):
            continue
        if not matches(pattern, one.value):
            raise JobRefusedError(f"{key}: {one.value} does not match {pattern}")
        by = ":" if key == "node_tolerations" else "="
        name, separator, value = one.value.partition(by)
        if by == "=" and not separator:
            raise JobRefusedError(f"{key}: {one.value} is not name=value")
        found[name] = value
    return found


def _pattern(kubernetes: dict[str, Any], key: str) -> str:
    allowed = kubernetes.get(f"{key}_overwrite_allowed")
    return ".+" if allowed is True else allowed if isinstance(allowed, str) else ""


def _amount(key: str, now: str, most: str, asked: str) -> str:
    if not most or not asked:
        amount, maximum = now, None
    else:
        amount, maximum = asked, quantity(most)
        if maximum is None:
            raise JobRefusedError(f"{key}: the maximum {most} is not an amount")
    number = quantity(amount)
    if amount and number is None:
        raise JobRefusedError(f"{key}: {amount} is not an amount")
    if maximum is not None and number is not None and number > maximum:
        raise JobRefusedError(f"{key}: {amount} is more than the {most} that are allowed")
    return amount
