"""The Role of the manager against what GitLab Runner calls: from the calls of its Kubernetes executor, by feature."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings import Finding, Severity
from podrunner.manifests.pods import maps, namespace_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.helm import Document, Rendering

Right = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Need:
    """Rights on one resource, and what they are for."""

    group: str
    resource: str
    verbs: str
    reason: str

    def rights(self) -> set[Right]:
        """(group, resource, verb) one by one."""
        return {(self.group, self.resource, verb) for verb in self.verbs.split()}


ALWAYS = (
    Need("", "pods", "create get delete", "every job"),
    Need("", "pods/exec", "create", "every job"),
    Need("", "secrets", "create get update delete", "registry credentials of a job"),
)
# Used where they are there; a job decides by its own variables, or the runner works without.
WELCOME = (
    Need("", "pods", "list watch", ""),
    Need("", "pods/log", "get list", ""),
    Need("", "events", "list watch", ""),
    Need("", "serviceaccounts", "get", ""),
    Need("", "services", "create get", ""),
    Need("", "pods/exec", "get", ""),
    Need("", "pods/attach", "create", ""),
)


def needs_of(runner: dict[str, Any]) -> Iterator[Need]:
    """What the jobs of one [[runners]] table need."""
    kubernetes, flags = table(runner.get("kubernetes")), table(runner.get("feature_flags"))
    yield from ALWAYS
    if not flags.get("FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY"):
        yield Need("", "pods/attach", "create", "every job (FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY is off)")
    if kubernetes.get("print_pod_warning_events") is not False:
        yield Need("", "events", "list", "print_pod_warning_events")
    if flags.get("FF_PRINT_POD_EVENTS"):
        yield Need("", "events", "watch", "FF_PRINT_POD_EVENTS")
    for flag in ("FF_KUBERNETES_HONOR_ENTRYPOINT", "FF_WAIT_FOR_POD_TO_BE_REACHABLE"):
        if flags.get(flag):
            yield Need("", "pods/log", "get", flag)
    if kubernetes.get("resource_availability_check_max_attempts"):
        yield Need("", "serviceaccounts", "get", "resource_availability_check_max_attempts")
    if kubernetes.get("pod_disruption_budget"):
        yield Need("policy", "poddisruptionbudgets", "create get", "pod_disruption_budget")
    if kubernetes.get("autoscaler"):
        yield Need("apps", "deployments", "create get list update delete", "autoscaler")
    if flags.get("FF_SUSPENDABLE_ENVIRONMENTS"):
        yield Need("", "persistentvolumeclaims", "create delete", "FF_SUSPENDABLE_ENVIRONMENTS")
        yield Need("", "configmaps", "create get update delete", "FF_SUSPENDABLE_ENVIRONMENTS")


def check_role(rendering: Rendering) -> list[Finding]:
    """Rights that a runner's jobs need and no Role of their namespace gives, and rights that nothing uses.

    Says nothing of a release without Roles: its rights come from elsewhere.
    """
    roles = [one for one in rendering.documents if one.data.get("kind") == "Role" and _is_about_jobs(one)]
    if not roles:
        return []
    needed: dict[str, list[Need]] = {}
    for text in rendering.config_texts.values():
        try:
            runners = tomllib.loads(text).get("runners")
        except tomllib.TOMLDecodeError:
            continue
        for runner in maps(runners):
            namespace = str(table(runner.get("kubernetes")).get("namespace") or "default")
            needed.setdefault(namespace, []).extend(needs_of(runner))
    return [
        finding
        for namespace, needs in needed.items()
        for finding in _compare([one for one in roles if namespace_of(one, rendering.namespace) == namespace], needs)
    ]


def _is_about_jobs(role: Document) -> bool:
    """Whether a Role speaks of what every job needs; others are for somebody else."""
    resources = {"*", *(need.resource for need in ALWAYS)}
    return any(resource in resources for _, resource, _ in _given(role))


def _compare(roles: list[Document], needs: list[Need]) -> Iterator[Finding]:
    if not roles:
        return
    given = [(one, set(_given(one))) for one in roles]
    every = {right for _, rights in given for right in rights}
    for need in dict.fromkeys(needs):
        missing = sorted(verb for group, resource, verb in need.rights() if not _allows(every, group, resource, verb))
        if missing:
            what = f"{need.resource}: {', '.join(missing)}"
            yield _finding(
                roles[0], "role-missing", Severity.ERROR, f"does not allow {what}, needed for {need.reason}."
            )
    used = {right for need in (*needs, *WELCOME) for right in need.rights()}
    for document, rights in given:
        # What else is in a Role that is not the runner's is not ours to judge.
        if ("", "pods", "create") not in rights:
            continue
        for group, resource, verb in sorted(rights - used):
            if "*" not in (group, resource, verb):
                what = f"{resource}{f' ({group})' if group else ''}: {verb}"
                message = f"allows {what}, which GitLab Runner does not use with this configuration."
                yield _finding(document, "role-superfluous", Severity.WARNING, message)


def _allows(rights: set[Right], group: str, resource: str, verb: str) -> bool:
    return any((one, two, three) in rights for one in (group, "*") for two in (resource, "*") for three in (verb, "*"))


def _given(role: Document) -> Iterator[Right]:
    for rule in maps(role.data.get("rules")):
        for group in rule.get("apiGroups") or []:
            for resource in rule.get("resources") or []:
                for verb in rule.get("verbs") or []:
                    yield str(group), str(resource), str(verb)


def _finding(document: Document, rule: str, severity: Severity, message: str) -> Finding:
    return Finding(rule, severity, message, object=document.name, path="rules", file=document.template)
