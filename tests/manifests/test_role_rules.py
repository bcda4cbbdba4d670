"""Rules of roles that allow what Kubernetes does not have."""

from __future__ import annotations

import pytest

from podrunner.manifests.checks.role_rules import check_role_rules
from podrunner.manifests.rendering import Document


def said(groups: list[str], resources: list[str], verbs: list[str]) -> list[str]:
    rule = {"apiGroups": groups, "resources": resources, "verbs": verbs}
    data = {"kind": "ClusterRole", "metadata": {"name": "r"}, "rules": [rule]}
    return [finding.message for finding in check_role_rules([Document("templates/r.yaml", "", data)])]


@pytest.mark.parametrize(
    ("groups", "resources", "verbs", "why"),
    [
        ([""], ["pods"], ["lst"], "rules[0].verbs: lst allows nothing. Did you mean `list`?"),
        ([""], ["pods"], ["Get"], "rules[0].verbs: Get allows nothing. Did you mean `get`?"),
        (["app"], ["deployments"], ["get"], "rules[0].apiGroups: Kubernetes has no group app. Did you mean `apps`?"),
        ([""], ["pod"], ["get"], 'rules[0].resources: the group "" has no pod. Did you mean `pods`?'),
        ([""], ["pods/logs"], ["get"], 'rules[0].resources: the group "" has no pods/logs. Did you mean `pods/log`?'),
        (
            ["apps"],
            ["Deployments"],
            ["get"],
            "rules[0].resources: the group apps has no Deployments. Did you mean `deployments`?",
        ),
        (
            [""],
            ["deployments"],
            ["get"],
            'rules[0].resources: the group "" has no deployments, which is in the group apps.',
        ),
        (
            ["apps"],
            ["pods/exec"],
            ["create"],
            'rules[0].resources: the group apps has no pods/exec, which is in the group "".',
        ),
        (
            ["", "apps"],
            ["jobs"],
            ["get"],
            'rules[0].resources: the group "", apps has no jobs, which is in the group batch.',
        ),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    groups: list[str], resources: list[str], verbs: list[str], why: str
) -> None:
    assert said(groups, resources, verbs) == [why]


@pytest.mark.parametrize(
    ("groups", "resources", "verbs"),
    [
        (["", "apps"], ["pods", "deployments"], ["get"]),
        # What a controller of somebody else serves, nobody here knows; nor what is no longer served.
        (["example.com"], ["pod"], ["reconcile"]),
        (["extensions", "networking.k8s.io"], ["ingresses"], ["get"]),
        (["metrics.k8s.io"], ["pods"], ["get"]),
        (["*"], ["*"], ["*"]),
        (["apps"], ["*/scale", "deployments/finalizers"], ["update"]),
        (["policy"], ["podsecuritypolicies"], ["use"]),
        (["rbac.authorization.k8s.io"], ["roles"], ["bind", "escalate"]),
        (["certificates.k8s.io"], ["signers"], ["approve", "sign", "attest"]),
    ],
)
def test_what_is_there_or_somebody_elses_is_not_told(groups: list[str], resources: list[str], verbs: list[str]) -> None:
    assert said(groups, resources, verbs) == []
