"""What the manager and the jobs may do in the cluster."""

from __future__ import annotations

from typing import Any


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
        ("", "serviceaccounts"): ["get"],
    }


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
