"""The manager's Role against what the jobs of a configuration need."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.rendering import Document, Rendering
from podrunner.runner.permissions import check_role

RULES = {
    "pods": ["create", "get", "list", "watch", "delete"],
    "pods/exec": ["create"],
    "pods/attach": ["create"],
    "events": ["list"],
    "secrets": ["create", "get", "update", "delete"],
}


def found(rules: dict[str, list[str]], toml: str = "", runner: str = "") -> list[str]:
    config = f'[[runners]]\nname = "a"\n{runner}[runners.kubernetes]\nnamespace = "ci"\n{toml}'
    parts: list[dict[str, Any]] = [
        {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"config.toml": config}},
        {
            "kind": "Role",
            "metadata": {"name": "r", "namespace": "ci"},
            "rules": [
                {"apiGroups": [group], "resources": [resource], "verbs": verbs}
                for name, verbs in rules.items()
                for resource, _, group in [name.partition("@")]
            ],
        },
    ]
    documents = tuple(Document("templates/role.yaml", "", part) for part in parts)
    return [f"{one.rule.code}: {one.message}" for one in check_role(Rendering("", "r", "ci", documents, "", ""))]


def test_the_rights_of_every_job_suffice_for_a_plain_runner() -> None:
    assert found(RULES) == []


def test_a_missing_right_says_what_needs_it() -> None:
    assert found({**RULES, "pods/attach": []}) == [
        "role-missing: does not allow pods/attach: create, needed for every job "
        "(FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY is off)."
    ]


def test_the_legacy_strategy_needs_no_attach() -> None:
    legacy = "[runners.feature_flags]\nFF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY = true\n"

    assert found({**RULES, "pods/attach": []}, legacy) == []


def test_a_feature_that_is_on_needs_its_own_rights() -> None:
    assert found(RULES, "pod_disruption_budget = true\n") == [
        "role-missing: does not allow poddisruptionbudgets: create, get, needed for pod_disruption_budget."
    ]
    assert found({**RULES, "poddisruptionbudgets@policy": ["create", "get"]}, "pod_disruption_budget = true\n") == []


@pytest.mark.parametrize(("value", "count"), [("true", 1), ("false", 0)])
def test_a_feature_flag_in_the_environment_counts(value: str, count: int) -> None:
    assert len(found(RULES, runner=f'environment = ["FF_PRINT_POD_EVENTS={value}"]\n')) == count


def test_a_right_that_no_feature_uses_is_superfluous() -> None:
    assert found({**RULES, "nodes": ["get"]}) == [
        "role-superfluous: allows nodes: get, which GitLab Runner does not use with this configuration."
    ]
    assert found({**RULES, "pods/log": ["get"]}) == []


def test_a_role_that_is_not_about_jobs_is_not_judged() -> None:
    assert found({"securitycontextconstraints@security.openshift.io": ["use"]}) == []
