"""The manager's life: how it is replaced, what makes it restart, who it is to GitLab, what stays when it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer


def pod(rendering: Any, kind: str = "Deployment") -> dict[str, Any]:
    """The pod template of the manager."""
    return dict(rendering.object(kind)["spec"]["template"])


def at_start(rendering: Any) -> str:
    """The checksum of what GitLab Runner reads at its start only."""
    return str(pod(rendering)["metadata"]["annotations"]["checksum/read-at-start"])


def test_the_new_manager_takes_jobs_before_the_old_one_stops(render: Any) -> None:
    deployment = render().object("Deployment")["spec"]

    assert deployment["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }
    assert deployment["revisionHistoryLimit"] == 3


def test_a_manager_that_is_recreated_has_no_rolling_update(render: Any) -> None:
    deployment = render({"manager": {"strategy": {"type": "Recreate"}}}).object("Deployment")["spec"]

    assert deployment["strategy"] == {"type": "Recreate"}


def test_replicas_that_somebody_else_decides_on_are_left_out(render: Any) -> None:
    assert "replicas" not in render({"manager": {"replicas": None}}).object("Deployment")["spec"]
    assert "replicas" not in render({"manager": {"autoscaling": {"enabled": True}}}).object("Deployment")["spec"]


@pytest.mark.process
@pytest.mark.parametrize(("there", "least", "replicas"), [(5, 1, 5), (1, 3, 3), (0, 2, 2)])
def test_an_autoscaler_takes_over_the_managers_that_there_are(there: int, least: int, replicas: int) -> None:
    live = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "ci-podrunner", "namespace": "ci"},
        "spec": {"replicas": there},
    }
    autoscaling = {"enabled": True, "minReplicas": least}
    values = Values(
        {"gitlab": {"url": "https://gitlab.example.com"}, "manager": {"autoscaling": autoscaling}}, "the test"
    )
    case = Case("the test", (values,), release="ci", namespace="ci", revision=2, lookup=(json.dumps(live),))

    deployment = renderer("library", Chart.open()).render_unchecked(case).object("Deployment")

    assert deployment["spec"]["replicas"] == replicas


def test_no_replicas_are_no_replicas(render: Any) -> None:
    assert render({"manager": {"replicas": 0}}).object("Deployment")["spec"]["replicas"] == 0


def test_a_stable_identity_takes_a_stateful_set_instead_of_the_deployment(render: Any) -> None:
    rendering = render({"manager": {"stableIdentity": True, "replicas": 2}}, release="ci")
    stateful_set, service = rendering.object("StatefulSet"), rendering.object("Service")

    assert rendering.objects("Deployment") == []
    assert (stateful_set["spec"]["replicas"], stateful_set["spec"]["podManagementPolicy"]) == (2, "Parallel")
    assert stateful_set["spec"]["serviceName"] == service["metadata"]["name"] == "ci-podrunner-manager"
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == stateful_set["spec"]["selector"]["matchLabels"]


def test_a_stable_identity_follows_from_namespace_release_and_the_pods_name(render: Any) -> None:
    spec = pod(render({"manager": {"stableIdentity": True}}, release="ci"), "StatefulSet")["spec"]
    (identity,) = spec["initContainers"]
    (mount,) = [one for one in spec["containers"][0]["volumeMounts"] if one["name"] == "machine-id"]
    sources = {one["name"]: one.get("value") or one["valueFrom"]["fieldRef"]["fieldPath"] for one in identity["env"]}

    assert sources == {"NAMESPACE": "metadata.namespace", "RELEASE": "ci", "POD": "metadata.name"}
    assert identity["command"] == [
        "sh",
        "-c",
        'printf "%s/%s/%s\\n" "$NAMESPACE" "$RELEASE" "$POD" >/podrunner/machine-id',
    ]
    assert (mount["mountPath"], mount["subPath"]) == ("/etc/machine-id", "machine-id")


def test_what_stateful_sets_do_not_let_change_never_does(render: Any) -> None:
    stable = {"stableIdentity": True}
    other = {**stable, "replicas": 3, "updateStrategy": {"type": "OnDelete"}, "podLabels": {"team": "a"}}
    before = render({"manager": stable}).object("StatefulSet")["spec"]
    after = render({"manager": other, "config": {"listen_address": None}}).object("StatefulSet")["spec"]

    for field in ("selector", "serviceName", "podManagementPolicy"):
        assert before[field] == after[field]
    assert "volumeClaimTemplates" not in {*before, *after}


@pytest.mark.parametrize(
    "values",
    [
        {"config": {"listen_address": "0.0.0.0:9252"}},
        {"config": {"session_server": {"listen_address": ":8093", "advertise_address": "a.example.com:8093"}}},
        {"runners": {"default": {"config": {"experimental": {"boot_verify": {"enabled": True}}}}}},
        {"runners": {"default": {"token": {"insecureInline": "glrt-one"}}}},
    ],
    ids=["listen_address", "session_server", "boot_verify", "token"],
)
def test_what_gitlab_runner_reads_at_its_start_only_takes_another_pod(render: Any, values: dict[str, Any]) -> None:
    assert at_start(render(values)) != at_start(render())


def test_a_token_that_changes_in_the_values_takes_another_pod(render: Any) -> None:
    one, other = ({"default": {"token": {"insecureInline": token}}} for token in ("glrt-one", "glrt-other"))

    assert at_start(render({"runners": one})) != at_start(render({"runners": other}))


def test_tokens_that_are_reloaded_come_from_files_and_take_no_other_pod(render: Any) -> None:
    manager = {"reloadTokens": True}
    rendering = render({"manager": manager, "runners": {"a": {"token": {"insecureInline": "glrt-one"}}}})
    spec = pod(rendering)["spec"]
    (source,) = next(one for one in spec["volumes"] if one["name"] == "credentials")["projected"]["sources"]

    assert [one["name"] for one in spec["containers"]] == ["manager", "credentials"]
    assert [one["name"] for one in spec["containers"][0]["env"]] == ["HOME"]
    assert source["secret"] == {"name": "podrunner-a", "items": [{"key": "token", "path": "a.token"}]}
    assert rendering.config_toml["runners"][0]["token"] == "@podrunner-secret:a.token@"
    assert at_start(rendering) == at_start(render())


def test_what_a_draining_manager_needs_outlives_the_release(render: Any) -> None:
    values = {
        "jobs": {"namespace": "jobs", "config": {"kubernetes": {"autoscaler": {"max_pause_pods": 1}}}},
        "networkPolicy": {"manager": {"enabled": True}, "jobs": {"enabled": True}},
    }
    kept = [
        document.name
        for document in render(values, release="ci").documents
        if (document.data["metadata"].get("annotations") or {}).get("helm.sh/resource-policy") == "keep"
    ]

    assert sorted(kept) == [
        "ClusterRole/podrunner:podrunner:ci-podrunner",
        "ClusterRoleBinding/podrunner:podrunner:ci-podrunner",
        "NetworkPolicy/ci-podrunner-jobs",
        "NetworkPolicy/ci-podrunner-jobs-egress",
        "NetworkPolicy/ci-podrunner-manager",
        "Role/ci-podrunner-manager",
        "RoleBinding/ci-podrunner-manager",
        "ServiceAccount/ci-podrunner-jobs",
        "ServiceAccount/ci-podrunner-manager",
    ]


def test_on_openshift_the_constraints_outlive_the_release_too(render: Any) -> None:
    kinds = {
        document.data["kind"]
        for document in render(preset="openshift").documents
        if document.name.endswith("-jobs")
        and document.data["metadata"].get("annotations", {}).get("helm.sh/resource-policy") == "keep"
    }

    assert kinds == {"Role", "RoleBinding", "SecurityContextConstraints", "ServiceAccount"}


def test_nothing_outlives_the_release_where_that_is_not_wanted(render: Any) -> None:
    assert "resource-policy" not in render({"manager": {"keepOnUninstall": False}}).text


def test_the_notes_say_how_to_remove_what_outlives_the_release(render: Any) -> None:
    kinds, labels = "serviceaccounts,roles,rolebindings,networkpolicies", "app.kubernetes.io/name=podrunner"
    notes = render({"jobs": {"namespace": "jobs"}}, release="ci", namespace="runners").notes
    removed = [line.strip() for line in notes.splitlines() if "kubectl delete" in line]

    assert removed == [
        f"kubectl delete {kinds} --namespace {namespace} --selector {labels},app.kubernetes.io/instance=ci"
        for namespace in ("runners", "jobs")
    ]


def test_an_upgrade_that_moves_jobs_leaves_the_old_namespace_its_rights(render: Any) -> None:
    role = render({"jobs": {"namespace": "old"}}).object("Role")

    assert role["metadata"]["namespace"] == "old"
    assert role["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


@pytest.mark.parametrize(
    ("said", "runners", "files"),
    [
        (None, ["a"], False),
        (None, ["a", "b"], True),
        (True, ["a"], True),
        (False, ["a", "b"], False),
    ],
)
def test_tokens_come_from_files_where_there_are_several_runners_unless_the_values_say_otherwise(
    render: Any, said: bool | None, runners: list[str], files: bool
) -> None:
    manager = {} if said is None else {"reloadTokens": said}
    rendering = render({"manager": manager, "runners": {name: {} for name in runners}})
    variables = [one["name"] for one in pod(rendering)["spec"]["containers"][0]["env"]]

    assert ("credentials" in [one["name"] for one in pod(rendering)["spec"]["containers"]]) is files
    assert [name for name in variables if name.startswith("RUNNER_TOKEN_")] == (
        [] if files else [f"RUNNER_TOKEN_{name.upper()}" for name in runners]
    )
    assert rendering.config_toml["runners"][0]["token"] == (
        "@podrunner-secret:a.token@" if files else "$RUNNER_TOKEN_A"
    )


def test_no_runner_of_several_waits_for_the_secret_of_another_by_default(render: Any) -> None:
    spec = pod(render({"runners": {"a": {}, "b": {}}}))["spec"]
    sources = next(one for one in spec["volumes"] if one["name"] == "credentials")["projected"]["sources"]

    assert [one["secret"]["optional"] for one in sources] == [True, True]


def test_the_notes_say_who_waits_for_a_secret(render: Any) -> None:
    one, several = (render({"runners": runners}, release="ci").notes for runners in ({"a": {}}, {"a": {}, "b": {}}))

    assert "The manager waits for the Secret ci-podrunner-a," in one
    assert "The runner takes no jobs before there is the Secret ci-podrunner-b," in several
