"""Roles that allow everything, or what leads to everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import RBAC
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document

_READ = {"get", "list", "watch", "*"}
_RISKY_VERBS = {
    "escalate": "may give itself any permission",
    "bind": "may bind itself to any role",
    "impersonate": "may act as anybody",
}


def check_rbac(documents: Sequence[Document]) -> Iterator[Finding]:
    """Warnings about wildcards, verbs that lead to more, secrets of the whole cluster and cluster-admin."""
    for document in documents:
        kind = document.data.get("kind")
        if kind in ("Role", "ClusterRole"):
            for index, rule in enumerate(maps(document.data.get("rules"))):
                for wrong in _rule(rule, cluster_wide=kind == "ClusterRole"):
                    yield object_finding(document, RBAC, f"rules[{index}]", wrong)
        elif str(kind).endswith("RoleBinding") and table(document.data.get("roleRef")).get("name") == "cluster-admin":
            yield object_finding(document, RBAC, "roleRef", "binds cluster-admin, which may do everything.")


def _rule(rule: dict[str, Any], *, cluster_wide: bool) -> Iterator[str]:
    verbs, resources = texts(rule.get("verbs")), texts(rule.get("resources"))
    for part in ("apiGroups", "resources", "verbs"):
        if "*" in texts(rule.get(part)):
            yield f"{part}: [*] allows what is not there yet, too. List what is needed."
    for verb, why in _RISKY_VERBS.items():
        if verb in verbs:
            yield f"verb {verb}: whoever has it {why}."
    named = rule.get("resourceNames")
    if cluster_wide and "secrets" in resources and _READ & set(verbs) and not named:
        yield "reads the secrets of every namespace it is bound in."
    if "nodes/proxy" in resources:
        yield "nodes/proxy: reaches every container of the node."
    if "serviceaccounts/token" in resources and "create" in verbs and not named:
        yield "serviceaccounts/token create: may become any service account there."
