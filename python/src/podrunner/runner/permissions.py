"""The Role of the manager against what GitLab Runner, and the chart's scripts around it, call: by feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.job_pods import ROLE_MISSING, ROLE_SUPERFLUOUS
from podrunner.findings.severity import Severity
from podrunner.manifests.objects import maps, namespace_of, table, texts
from podrunner.runner.feature_flags import feature_flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.rules.rule import Rule
    from podrunner.manifests.rendering import Document, Rendering

Right = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class NeededRight:
    """Rights on one resource, and what they are for.

    `severity` is that of their absence: a warning when only some jobs miss them. `cluster` when no Role can give them.
    """

    group: str
    resource: str
    verbs: str
    reason: str
    severity: Severity = Severity.ERROR
    cluster: bool = False

    def rights(self) -> set[Right]:
        """(group, resource, verb) one by one."""
        return {(self.group, self.resource, verb) for verb in self.verbs.split()}


# What the variables of a job can demand, by the names of the chart's rbac.jobFeatures.
JOB_FEATURES = {
    "podEvents": NeededRight("", "events", "watch", "FF_PRINT_POD_EVENTS"),
    "containerLogs": NeededRight("", "pods/log", "get list", "CI_DEBUG_SERVICES and FF_KUBERNETES_HONOR_ENTRYPOINT"),
    "registrySecrets": NeededRight(
        "", "secrets", "create get update delete", "registry credentials of a job", Severity.WARNING
    ),
}
ALWAYS = (
    NeededRight("", "pods", "create get delete", "every job"),
    NeededRight("", "pods/exec", "create", "every job"),
    JOB_FEATURES["registrySecrets"],
)
# Waiting for pods without polling: the runner works without.
INFORMERS = NeededRight("", "pods", "list watch", "")
# Used where they are there; a job decides by its own variables, or the runner works without.
WELCOME = (
    INFORMERS,
    *JOB_FEATURES.values(),
    NeededRight("", "events", "list", ""),
    NeededRight("", "serviceaccounts", "get", ""),
    NeededRight("", "services", "create get", ""),
    NeededRight("", "pods/exec", "get", ""),
    NeededRight("", "pods/attach", "create", ""),
)
_PAUSE_CLASS = "gitlab-runner-idle-capacity"
# The label of job pods by which the next manager of a name removes what one that was killed left behind
# (chart/files/orphans.sh).
_ORPHANS_LABEL = "podrunner/manager"


def needs_of(runner: dict[str, Any]) -> Iterator[NeededRight]:
    """What the jobs of one [[runners]] table need."""
    if not table(runner.get("kubernetes")).get("namespace_per_job"):
        yield from _needs(runner)
        return
    yield NeededRight("", "namespaces", "create delete", "namespace_per_job", cluster=True)
    yield from (replace(need, cluster=True) for need in _needs(runner))


def session_needs(config: dict[str, Any]) -> Iterator[NeededRight]:
    """What web terminals need, in every namespace of jobs; `config` is a parsed config.toml."""
    if table(config.get("session_server")).get("listen_address"):
        yield NeededRight("", "pods/exec", "get", "session_server", Severity.WARNING)
        yield NeededRight("", "services", "create get", "session_server", Severity.WARNING)


def _needs(runner: dict[str, Any]) -> Iterator[NeededRight]:
    kubernetes = table(runner.get("kubernetes"))
    yield from ALWAYS
    if not feature_flag(runner, "FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY"):
        yield NeededRight("", "pods/attach", "create", "every job (FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY is off)")
    if _ORPHANS_LABEL in table(kubernetes.get("pod_labels")):
        yield NeededRight("", "pods", "deletecollection", "manager.removeOrphans")
    if kubernetes.get("print_pod_warning_events") is not False:
        yield NeededRight("", "events", "list", "print_pod_warning_events")
    if feature_flag(runner, "FF_PRINT_POD_EVENTS"):
        yield JOB_FEATURES["podEvents"]
    for flag in ("FF_KUBERNETES_HONOR_ENTRYPOINT", "FF_WAIT_FOR_POD_TO_BE_REACHABLE"):
        if feature_flag(runner, flag):
            yield NeededRight("", "pods/log", "get", flag)
    if kubernetes.get("resource_availability_check_max_attempts"):
        yield NeededRight("", "serviceaccounts", "get", "resource_availability_check_max_attempts")
        if kubernetes.get("image_pull_secrets"):
            yield NeededRight("", "secrets", "get", "resource_availability_check_max_attempts")
    yield from _needs_of_tables(runner, kubernetes)


def _needs_of_tables(runner: dict[str, Any], kubernetes: dict[str, Any]) -> Iterator[NeededRight]:
    """What makes more objects than a job's pod."""
    if kubernetes.get("pod_disruption_budget"):
        yield NeededRight("policy", "poddisruptionbudgets", "create get", "pod_disruption_budget")
    pause = table(kubernetes.get("autoscaler"))
    if pause:
        yield NeededRight("apps", "deployments", "create get list update delete", "autoscaler")
        if (pause.get("pause_pod_priority_class_name") or _PAUSE_CLASS) == _PAUSE_CLASS:
            yield NeededRight("scheduling.k8s.io", "priorityclasses", "create get", "autoscaler", cluster=True)
    if feature_flag(runner, "FF_SUSPENDABLE_ENVIRONMENTS"):
        yield NeededRight("", "persistentvolumeclaims", "create delete", "FF_SUSPENDABLE_ENVIRONMENTS")
        yield NeededRight("", "configmaps", "create get update delete", "FF_SUSPENDABLE_ENVIRONMENTS")
        yield NeededRight("", "namespaces", "get", "FF_SUSPENDABLE_ENVIRONMENTS", cluster=True)


def check_role(rendering: Rendering) -> list[Finding]:
    """Rights that a runner's jobs need and no Role of their namespace gives, and rights that nothing uses.

    Says nothing of a release without Roles: its rights come from elsewhere.
    """
    roles = [one for one in rendering.documents if one.data.get("kind") == "Role" and _is_about_jobs(one)]
    everywhere = [one for one in rendering.documents if one.data.get("kind") == "ClusterRole"]
    about_jobs = [*roles, *filter(_is_about_jobs, everywhere)]
    if not about_jobs:
        return []
    found: list[Finding] = []
    for namespace, needs in _needed(rendering).items():
        own = [one for one in roles if namespace_of(one, rendering.namespace) == namespace]
        own = own if namespace else everywhere or about_jobs[:1]
        if own:
            found += _missing(own[0], [*own, *everywhere] if namespace else everywhere, needs)
            found += _superfluous(own, needs)
    return found


def _needed(rendering: Rendering) -> dict[str, list[NeededRight]]:
    """Namespace → what its jobs need; "" for the whole cluster."""
    needed: dict[str, list[NeededRight]] = {}
    for config in rendering.configs:
        for runner in maps(config.toml.data.get("runners")):
            namespace = str(table(runner.get("kubernetes")).get("namespace") or "default")
            for need in (*needs_of(runner), *session_needs(config.toml.data)):
                needed.setdefault("" if need.cluster else namespace, []).append(need)
    return needed


def _is_about_jobs(role: Document) -> bool:
    """Whether a Role speaks of what every job needs; others are for somebody else."""
    resources = {"*", *(need.resource for need in ALWAYS)}
    return any(resource in resources for _, resource, _ in _given(role))


def _missing(at: Document, roles: list[Document], needs: list[NeededRight]) -> Iterator[Finding]:
    given = {right for one in roles for right in _given(one)}
    for need in dict.fromkeys(needs):
        missing = sorted(verb for group, resource, verb in need.rights() if not _allows(given, group, resource, verb))
        if missing:
            what = f"{need.resource}: {', '.join(missing)}"
            message = f"does not allow {what}, needed for {need.reason}."
            yield _finding(at, ROLE_MISSING, message, need.severity)


def _superfluous(roles: list[Document], needs: list[NeededRight]) -> Iterator[Finding]:
    used = {right for need in (*needs, *WELCOME) for right in need.rights()}
    for document in roles:
        rights = set(_given(document))
        # What else is in a Role that is not the runner's is not ours to judge.
        if ("", "pods", "create") not in rights:
            continue
        for group, resource, verb in sorted(rights - used):
            if "*" not in (group, resource, verb):
                what = f"{resource}{f' ({group})' if group else ''}: {verb}"
                message = f"allows {what}, which GitLab Runner does not use with this configuration."
                yield _finding(document, ROLE_SUPERFLUOUS, message)


def _allows(rights: set[Right], group: str, resource: str, verb: str) -> bool:
    return any((one, two, three) in rights for one in (group, "*") for two in (resource, "*") for three in (verb, "*"))


def _given(role: Document) -> Iterator[Right]:
    for rule in maps(role.data.get("rules")):
        for group in texts(rule.get("apiGroups")):
            for resource in texts(rule.get("resources")):
                for verb in texts(rule.get("verbs")):
                    yield group, resource, verb


def _finding(document: Document, rule: Rule, message: str, severity: Severity | None = None) -> Finding:
    return Finding(
        rule, message, object=document.name, path="rules", file=document.template, severity=severity or rule.severity
    )
