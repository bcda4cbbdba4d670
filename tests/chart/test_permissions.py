"""What the manager and the jobs may do in the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError
from podrunner.runner.permissions import INFORMERS, JOB_FEATURES, check_role, needs_of, session_needs

# Keys of [[runners]] that need rights of their own.
CONFIGURED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no warnings": {"kubernetes": {"print_pod_warning_events": False}},
    "events by flag": {"feature_flags": {"FF_PRINT_POD_EVENTS": True}},
    "events by environment": {"environment": ["FF_PRINT_POD_EVENTS=0", "FF_PRINT_POD_EVENTS=True"]},
    "events by environment, not by flag": {
        "environment": ["FF_PRINT_POD_EVENTS=true"],
        "feature_flags": {"FF_PRINT_POD_EVENTS": False},
    },
    "the legacy strategy": {"feature_flags": {"FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY": True}},
    "the image's entrypoint": {"feature_flags": {"FF_KUBERNETES_HONOR_ENTRYPOINT": True}},
    "pods that can be reached": {"environment": ["FF_WAIT_FOR_POD_TO_BE_REACHABLE=1"]},
    "the account is there": {"kubernetes": {"resource_availability_check_max_attempts": 3}},
    "the pull secret is there": {
        "kubernetes": {"resource_availability_check_max_attempts": 3, "image_pull_secrets": ["login"]}
    },
    "a disruption budget": {"kubernetes": {"pod_disruption_budget": True}},
    "pause pods": {"kubernetes": {"autoscaler": {"max_pause_pods": 2}}},
    "pause pods of a class": {
        "kubernetes": {"autoscaler": {"max_pause_pods": 2, "pause_pod_priority_class_name": "low"}}
    },
    "suspended environments": {"feature_flags": {"FF_SUSPENDABLE_ENVIRONMENTS": True}},
    "a namespace for each job": {"kubernetes": {"namespace_per_job": True, "pod_disruption_budget": True}},
}
Rights = set[tuple[str, str, str]]


def rights(rendering: Any, kind: str) -> Rights:
    """(group, resource, verb) of everything that the release's Roles or ClusterRoles give."""
    return {
        (group, resource, verb)
        for role in rendering.objects(kind)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def expected(rendering: Any, features: list[str], *, cluster: bool) -> Rights:
    """What the package knows of the one runner, with what these features let its jobs demand."""
    (runner,) = rendering.config_toml["runners"]
    needs = [*needs_of(runner)]
    optional = {need.reason for need in JOB_FEATURES.values()}
    if cluster == bool(runner["kubernetes"].get("namespace_per_job")):
        jobs = [INFORMERS, *(JOB_FEATURES[name] for name in features), *session_needs(rendering.config_toml)]
        every = [need for need in needs if need.cluster == cluster and need.reason not in optional]
        own = [need for need in needs if need.reason == "FF_PRINT_POD_EVENTS"]
        return {right for need in (*every, *own, *jobs) for right in need.rights()}
    return {right for need in needs if need.cluster == cluster for right in need.rights()}


def test_the_role_holds_what_the_executor_calls_and_nothing_else(render: Any) -> None:
    rules = render().object("Role")["rules"]
    allowed = {
        (group, resource): rule["verbs"]
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }

    assert allowed == {
        ("", "pods"): ["create", "get", "list", "watch", "delete"],
        ("", "pods/exec"): ["create"],
        ("", "pods/attach"): ["create"],
        ("", "pods/log"): ["get", "list"],
        ("", "events"): ["list", "watch"],
        ("", "secrets"): ["create", "get", "update", "delete"],
    }


@pytest.mark.broad
@pytest.mark.parametrize("sessions", [False, True], ids=["", "sessions"])
@pytest.mark.parametrize("features", ["podEvents containerLogs registrySecrets", *JOB_FEATURES, ""])
@pytest.mark.parametrize("config", CONFIGURED.values(), ids=CONFIGURED)
def test_chart_and_package_agree_on_what_the_manager_needs(
    render: Any, config: dict[str, Any], features: str, sessions: bool
) -> None:
    values: dict[str, Any] = {
        "podman": {"mode": "none"},
        "runners": {"a": {"config": config}},
        "rbac": {"jobFeatures": {name: name in features.split() for name in JOB_FEATURES}},
    }
    if sessions:
        values["config"] = {"session_server": {"listen_address": ":8093"}}
    rendering = render(values)

    assert rights(rendering, "Role") == expected(rendering, features.split(), cluster=False)
    assert rights(rendering, "ClusterRole") == expected(rendering, features.split(), cluster=True)
    found = {finding.message for finding in check_role(rendering)}
    assert {message for message in found if "registry credentials" not in message} == set()


@pytest.mark.parametrize(
    ("feature", "gone"),
    [
        ("podEvents", {("", "events", "watch")}),
        ("containerLogs", {("", "pods/log", "get"), ("", "pods/log", "list")}),
        ("registrySecrets", {("", "secrets", verb) for verb in ("create", "get", "update", "delete")}),
    ],
)
def test_a_job_feature_that_is_off_takes_its_verbs_and_no_other(render: Any, feature: str, gone: Rights) -> None:
    narrowed = render({"rbac": {"jobFeatures": {feature: False}}})

    assert rights(render(), "Role") - rights(narrowed, "Role") == gone
    assert rights(narrowed, "Role") < rights(render(), "Role")


def test_jobs_cannot_turn_on_what_the_manager_may_not_do(render: Any) -> None:
    features = {"podEvents": False, "containerLogs": False}
    (runner,) = render({"rbac": {"jobFeatures": features}}).config_toml["runners"]

    assert runner["feature_flags"] == {
        "FF_PRINT_POD_EVENTS": False,
        "FF_KUBERNETES_HONOR_ENTRYPOINT": False,
        "FF_WAIT_FOR_POD_TO_BE_REACHABLE": False,
    }


def test_missing_rights_for_registry_credentials_are_a_warning(render: Any) -> None:
    (finding,) = check_role(render({"rbac": {"jobFeatures": {"registrySecrets": False}}}))

    assert finding.severity.value == "warning"
    assert finding.message == (
        "does not allow secrets: create, delete, get, update, needed for registry credentials of a job."
    )


def test_each_namespace_has_the_rights_of_its_own_runners(render: Any) -> None:
    budget = {"namespace": "apart", "pod_disruption_budget": True}
    rendering = render({"runners": {"a": {"config": {"kubernetes": budget}}, "b": None}}, namespace="ci")
    groups = {
        role["metadata"]["namespace"]: {group for rule in role["rules"] for group in rule["apiGroups"]}
        for role in rendering.objects("Role")
    }

    assert groups == {"apart": {"", "policy"}, "ci": {""}}


def test_jobs_in_namespaces_of_their_own_have_no_role_and_no_account_of_the_release(render: Any) -> None:
    rendering = render(
        {"jobs": {"config": {"kubernetes": {"namespace_per_job": True}}}}, release="ci", namespace="builds"
    )
    binding = rendering.object("ClusterRoleBinding")

    assert rendering.objects("Role") == []
    assert [one["metadata"]["name"] for one in rendering.objects("ServiceAccount")] == ["ci-podrunner-manager"]
    assert "service_account" not in rendering.config_toml["runners"][0]["kubernetes"]
    assert binding["roleRef"]["name"] == rendering.object("ClusterRole")["metadata"]["name"]
    assert binding["roleRef"]["name"] == "podrunner:builds:ci-podrunner"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "ci-podrunner-manager", "namespace": "builds"}]


def test_constraints_cannot_be_bound_in_namespaces_that_are_not_there_yet(render: Any) -> None:
    with pytest.raises(RenderError, match=r"(?s)namespace_per_job is true, but podman.mode is openshift.*Remove"):
        render({"jobs": {"config": {"kubernetes": {"namespace_per_job": True}}}}, preset="openshift")


def test_nothing_is_granted_beyond_namespaces(render: Any) -> None:
    rendering = render({"jobs": {"namespace": "jobs"}})

    assert rendering.objects("ClusterRole") + rendering.objects("ClusterRoleBinding") == []


def test_the_manager_of_the_release_is_bound_where_its_jobs_run(render: Any) -> None:
    rendering = render({"jobs": {"namespace": "jobs"}}, release="ci", namespace="runners")
    binding = rendering.object("RoleBinding")

    assert rendering.object("Role")["metadata"]["namespace"] == "jobs"
    assert binding["metadata"]["namespace"] == "jobs"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "ci-podrunner-manager", "namespace": "runners"}]


def test_each_namespace_of_jobs_gets_one_role(render: Any) -> None:
    team = {"config": {"kubernetes": {"namespace": "team"}}}
    rendering = render({"runners": {"a": team, "b": team, "c": None}}, namespace="ci")

    assert [role["metadata"]["namespace"] for role in rendering.objects("Role")] == ["ci", "team"]
    assert [each["metadata"]["namespace"] for each in rendering.objects("RoleBinding")] == ["ci", "team"]


def test_an_empty_namespace_is_the_one_the_runner_takes_it_for(render: Any) -> None:
    rendering = render({"podman": {"mode": "none"}, "runners": {"a": {"config": {"kubernetes": {"namespace": ""}}}}})

    assert rendering.object("Role")["metadata"]["namespace"] == "default"


def test_without_rbac_create_nothing_is_granted(render: Any) -> None:
    rendering = render({"rbac": {"create": False}})

    assert rendering.objects("Role") + rendering.objects("RoleBinding") == []


def test_jobs_run_as_an_account_of_their_own_without_a_token(render: Any) -> None:
    rendering = render(release="ci")
    account = rendering.object("ServiceAccount", "ci-podrunner-jobs")
    (runner,) = rendering.config_toml["runners"]

    assert account["automountServiceAccountToken"] is False
    assert runner["kubernetes"]["service_account"] == "ci-podrunner-jobs"
    assert runner["kubernetes"]["automount_service_account_token"] is False


def test_accounts_that_exist_already_are_used(render: Any) -> None:
    values = {
        "manager": {"serviceAccount": {"create": False, "name": "boss"}},
        "jobs": {"serviceAccount": {"create": False, "name": "worker"}},
    }
    rendering = render(values)

    assert rendering.objects("ServiceAccount") == []
    assert rendering.object("Deployment")["spec"]["template"]["spec"]["serviceAccountName"] == "boss"
    assert rendering.config_toml["runners"][0]["kubernetes"]["service_account"] == "worker"
