"""Private images that a node has for one runner, and that jobs of another one may use without its Secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_PULL_POLICY
from podrunner.findings.suggest import listed
from podrunner.manifests.objects import maps, table
from podrunner.runner.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALWAYS = "always"


def pulled_image_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """One for each runner whose jobs need no Secret for images that another runner pulled with one.

    Nodes keep images. Only with the policy `always` does the kubelet ask the registry whether the pod may have one:
    https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy.
    """
    runners = [(str(one.get("name", "")), table(one.get("kubernetes"))) for one in maps(data.get("runners"))]
    for index, (name, own) in enumerate(runners):
        if _asks_always(own):
            continue
        for other, kubernetes in runners:
            secrets = sorted(_secrets(kubernetes) - _secrets(own))
            if other == name or not secrets or _are_apart(own, kubernetes):
                continue
            message = (
                f"jobs of runner {name} may use images that a node has already for runner {other}, which pulls them with "
                f"{listed(secrets)}: the registry is asked again only with the policy always. Set pull_policy and "
                "allowed_pull_policies to [always], or give both runners nodes of their own by node_selector."
            )
            yield Fault(CONFIG_PULL_POLICY, ("runners", index, "kubernetes", "pull_policy"), message)
            break


def _asks_always(kubernetes: dict[str, Any]) -> bool:
    """Whether no job can do without: GitLab Runner tries one policy of a list after the other."""
    said, allowed = kubernetes.get("pull_policy"), kubernetes.get("allowed_pull_policies")
    policies = [*([said] if isinstance(said, str) else said or []), *(allowed or [])]
    return bool(said) and all(one == _ALWAYS for one in policies)


def _secrets(kubernetes: dict[str, Any]) -> set[str]:
    said = kubernetes.get("image_pull_secrets")
    return {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()


def _are_apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether no node fits both selectors, whatever a job says."""
    mine, others = table(one.get("node_selector")), table(other.get("node_selector"))
    is_fixed = not one.get("node_selector_overwrite_allowed")
    return is_fixed and any(others.get(key, value) != value for key, value in mine.items())
