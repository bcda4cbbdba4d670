"""Rules of roles that allow what Kubernetes does not have: misspelt groups, resources and verbs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.rules.manifests import RBAC_UNKNOWN
from podrunner.findings.suggest import is_misspelt, listed, nearest
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import maps, texts
from podrunner.manifests.schemas import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document

# https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb, and the special ones.
_VERBS = (
    *("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate"),
    *("impersonate", "approve", "sign", "attest", "*"),
)
# Whoever sets an owner's blockOwnerDeletion needs it, and no API server serves it.
_FINALIZERS = "finalizers"


def check_role_rules(documents: Sequence[Document]) -> Iterator[Finding]:
    """Warnings. Verbs and resources of custom groups are whatever their controllers make of them."""
    for document in documents:
        if document.data.get("kind") in ("Role", "ClusterRole"):
            for index, rule in enumerate(maps(document.data.get("rules"))):
                for part, wrong in _wrong(rule):
                    yield object_finding(document, RBAC_UNKNOWN, f"rules[{index}].{part}", wrong)


def _wrong(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for verb in texts(rule.get("verbs")):
        near = nearest(verb, _VERBS)
        if verb not in _VERBS and near and is_misspelt(verb.lower(), near) | (verb.lower() == near):
            yield "verbs", f"{verb} allows nothing. Did you mean `{near}`?"
    groups, known = texts(rule.get("apiGroups")), known_resources()
    for group in groups:
        near = nearest(group, filter(None, known))
        if group not in known and near and "." not in group and is_misspelt(group, near):
            yield "apiGroups", f"Kubernetes has no group {group}. Did you mean `{near}`?"
    if groups and all(group in known for group in groups):
        for resource in texts(rule.get("resources")):
            if wrong := _resource(resource, groups):
                yield "resources", wrong


def _resource(resource: str, groups: list[str]) -> str:
    known = known_resources()
    there = [one for group in groups for one in known[group]]
    if resource in there or "*" in resource or resource.endswith(f"/{_FINALIZERS}"):
        return ""
    others = [group for group, resources in known.items() if resource in resources]
    if others:
        return f"{_in(groups)} no {resource}, which is in the group {listed(map(_named, others))}."
    near = nearest(resource, there)
    if near and (is_misspelt(resource.lower(), near) or resource.lower() == near):
        return f"{_in(groups)} no {resource}. Did you mean `{near}`?"
    return ""


def _in(groups: Iterable[str]) -> str:
    return f"the group {listed(map(_named, groups))} has"


def _named(group: str) -> str:
    return group or '""'


@cache
def known_resources() -> dict[str, list[str]]:
    """Group → resources and parts of them, `pods/log`, of Kubernetes' own groups: see the file."""
    text = Path(kinds.__file__).with_name("resources.yaml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found
