"""The manager: Pod Security restricted, tokens from Secrets, hot reload, a stable id."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.manifests.checks.names import check_names


def manager_pod(rendering: Any) -> dict[str, Any]:
    """The pod template of the manager."""
    return dict(rendering.object("Deployment")["spec"]["template"]["spec"])


def test_the_manager_asks_for_nothing_that_restricted_refuses(render: Any) -> None:
    pod = manager_pod(render())
    (container,) = pod["containers"]

    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65534,
        "runAsGroup": 65534,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert sorted(next(iter(volume.keys() - {"name"})) for volume in pod["volumes"]) == [
        "configMap",
        "downwardAPI",
        "emptyDir",
    ]


def test_a_platform_that_assigns_the_uid_can_take_it_away(render: Any) -> None:
    pod = manager_pod(render({"manager": {"podSecurityContext": {"runAsUser": None, "runAsGroup": None}}}))

    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_a_token_comes_from_the_secret_named_after_release_and_runner(render: Any) -> None:
    (container,) = manager_pod(render({"runners": {"team-a": None}}, release="ci"))["containers"]

    assert container["env"][1:] == [
        {
            "name": "RUNNER_TOKEN_TEAM_A",
            "valueFrom": {"secretKeyRef": {"name": "ci-podrunner-team-a", "key": "token"}},
        }
    ]


def test_an_existing_secret_may_have_any_name_and_key(render: Any) -> None:
    secret = {"name": "gitlab.credentials", "key": "runner-token"}
    (container,) = manager_pod(render({"runners": {"a": {"token": {"existingSecret": secret}}}}))["containers"]

    assert container["env"][1]["valueFrom"] == {"secretKeyRef": secret}


def test_the_chart_makes_no_secret_of_its_own_accord(render: Any) -> None:
    assert render().objects("Secret") == []


def test_a_token_in_the_values_stands_under_the_key_that_was_asked_for(render: Any) -> None:
    token = {"insecureInline": "glrt-example", "existingSecret": {"key": "on"}}

    assert render({"runners": {"a": {"token": token}}}).object("Secret")["stringData"] == {"on": "glrt-example"}


def test_a_token_is_not_written_over_a_secret_of_somebody_else(render: Any) -> None:
    token = {"insecureInline": "glrt-example", "existingSecret": {"name": "mine"}}

    with pytest.raises(RenderError, match="the chart would overwrite the Secret mine with the token"):
        render({"runners": {"a": {"token": token}}})


def test_a_script_that_knows_no_command_of_the_manager_is_refused(render: Any) -> None:
    with pytest.raises(RenderError, match=r"manager\.command is empty"):
        render({"manager": {"command": None, "unregister": True}})


def test_a_token_in_the_values_ends_in_a_secret_and_nowhere_else(render: Any) -> None:
    rendering = render({"runners": {"default": {"token": {"insecureInline": "glrt-do-not-tell"}}}})
    elsewhere = [document.name for document in rendering.documents if "glrt-do-not-tell" in document.text]

    assert elsewhere == ["Secret/podrunner-default"]
    assert "glrt-do-not-tell" not in rendering.notes


def test_a_change_of_the_configuration_does_not_change_the_pod(render: Any) -> None:
    before = render({"config": {"concurrent": 1}}).object("Deployment")
    after = render({"config": {"concurrent": 2}}).object("Deployment")

    assert before == after


def test_the_configuration_is_mounted_as_a_folder_so_that_changes_arrive(render: Any) -> None:
    (container,) = manager_pod(render())["containers"]
    (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == "config"]

    assert mount == {"name": "config", "mountPath": "/etc/gitlab-runner", "readOnly": True}


def test_the_system_id_comes_from_the_pods_uid(render: Any) -> None:
    pod = manager_pod(render())
    (volume,) = [volume for volume in pod["volumes"] if volume["name"] == "machine-id"]

    assert volume["downwardAPI"]["items"] == [{"path": "machine-id", "fieldRef": {"fieldPath": "metadata.uid"}}]


def test_kubernetes_asks_the_manager_to_finish_its_jobs(render: Any) -> None:
    pod = manager_pod(render())

    assert pod["containers"][0]["command"] == ["/usr/bin/dumb-init", "--rewrite", "15:3", "--", "gitlab-runner"]
    assert pod["terminationGracePeriodSeconds"] == 3600


def test_the_probes_follow_the_listen_address(render: Any) -> None:
    (container,) = manager_pod(render({"config": {"listen_address": "0.0.0.0:9999"}}))["containers"]

    assert container["ports"] == [{"name": "metrics", "containerPort": 9999}]
    assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "metrics"}


@pytest.mark.parametrize("address", ["0.0.0.0", "runner.example.com", "[::]"])
def test_without_a_port_it_is_the_one_that_gitlab_runner_adds(render: Any, address: str) -> None:
    (container,) = manager_pod(render({"config": {"listen_address": address}}))["containers"]

    assert container["ports"] == [{"name": "metrics", "containerPort": 9252}]


@pytest.mark.parametrize("address", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_an_address_that_the_kubelet_cannot_reach_is_refused_while_there_are_probes(render: Any, address: str) -> None:
    config = {"listen_address": address}
    probes = {name: {"enabled": False} for name in ("readiness", "liveness")}

    with pytest.raises(
        RenderError, match=r"(?s)manager.probes.liveness.enabled is true and connects from outside.*to \":9000\""
    ):
        render({"config": config})
    assert manager_pod(render({"config": config, "manager": {"probes": probes}}))


@pytest.mark.parametrize("address", [":http", "[::]:HTTPS", "0.0.0.0:imap3"])
def test_a_port_by_name_is_refused_as_probes_need_its_number(render: Any, address: str) -> None:
    config = {"listen_address": address}

    with pytest.raises(RenderError, match=r"(?s)config\.listen_address is .*need the number.*\":80\" for \":http\""):
        render({"config": config})


def test_an_address_that_prometheus_cannot_reach_is_refused_while_there_are_monitors(render: Any) -> None:
    probes = {name: {"enabled": False} for name in ("readiness", "liveness")}
    values = {"config": {"listen_address": "localhost"}, "manager": {"probes": probes}}

    with pytest.raises(RenderError, match=r"metrics.podMonitor.enabled is true and connects from outside"):
        render({**values, "metrics": {"podMonitor": {"enabled": True}}})


@pytest.mark.parametrize("nothing", [0, "0%"])
def test_a_rollout_that_may_neither_add_nor_take_a_pod_is_refused(render: Any, nothing: Any) -> None:
    rolling = {"maxSurge": nothing, "maxUnavailable": 0}

    with pytest.raises(RenderError, match=r"(?s)maxSurge and maxUnavailable are both 0.*Set one of them to 1"):
        render({"manager": {"strategy": {"rollingUpdate": rolling}}})
    assert render({"manager": {"strategy": {"type": "Recreate", "rollingUpdate": rolling}}}).object("Deployment")


def test_without_a_listen_address_there_are_no_probes(render: Any) -> None:
    (container,) = manager_pod(render({"config": {"listen_address": None}}))["containers"]

    assert not {"ports", "readinessProbe", "livenessProbe"} & container.keys()


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({}, "registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v19.5.3"),
        ({"registry": "r.example.com:5000", "tag": "x"}, "r.example.com:5000/gitlab-org/gitlab-runner:x"),
        (
            {"tag": "x", "digest": "sha256:" + "0" * 64},
            "registry.gitlab.com/gitlab-org/gitlab-runner@sha256:" + "0" * 64,
        ),
    ],
)
def test_the_managers_image_is_put_together(render: Any, image: dict[str, str], reference: str) -> None:
    assert manager_pod(render({"image": image}))["containers"][0]["image"] == reference


def test_selectors_hold_no_version(render: Any) -> None:
    deployment = render(release="ci").object("Deployment")

    assert deployment["spec"]["selector"] == {
        "matchLabels": {
            "app.kubernetes.io/name": "podrunner",
            "app.kubernetes.io/instance": "ci",
            "app.kubernetes.io/component": "manager",
        }
    }


def test_scheduling_and_metadata_reach_the_pod(render: Any) -> None:
    manager = {
        "replicas": 2,
        "nodeSelector": {"pool": "ci"},
        "tolerations": [{"key": "ci", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "podLabels": {"team": "a"},
        "podAnnotations": {"note": "b"},
        "imagePullSecrets": ["login"],
        "resources": {"limits": {"memory": "1Gi"}},
    }
    deployment = render({"manager": manager}).object("Deployment")["spec"]
    template, pod = deployment["template"]["metadata"], deployment["template"]["spec"]

    assert deployment["replicas"] == 2
    assert (template["labels"]["team"], template["annotations"]["note"]) == ("a", "b")
    assert (pod["nodeSelector"], pod["affinity"]) == ({"pool": "ci"}, {"nodeAffinity": {}})
    assert pod["tolerations"] == [{"key": "ci", "operator": "Exists"}]
    assert pod["imagePullSecrets"] == [{"name": "login"}]
    assert pod["containers"][0]["resources"]["limits"] == {"memory": "1Gi"}


def test_names_of_a_long_release_stay_within_what_kubernetes_allows(render: Any) -> None:
    rendering = render({"runners": {"a" * 16: None}}, release="r" * 53)

    assert max(len(document.data["metadata"]["name"]) for document in rendering.documents) <= 63


def test_a_runner_may_have_a_name_as_long_as_the_label_that_gitlab_runner_makes_of_it(render: Any) -> None:
    names = ["a" * 62 + last for last in "bc"]
    rendering = render(
        {"runners": dict.fromkeys(names), "networkPolicy": {"jobs": {"enabled": True}}}, release="r" * 53
    )

    policy = rendering.object("NetworkPolicy", f"{'r' * 31}-b242c0be-jobs")["spec"]["podSelector"]["matchExpressions"][
        0
    ]
    assert policy["values"] == names
    # The name of a pod may be longer than its host's, which the kubelet cuts.
    assert [one["metadata"]["name"] for one in rendering.objects("Pod")] == [
        f"{'r' * 31}-b242c0be-{name}-build" for name in names
    ]
    assert list(check_names(rendering.documents)) == []


def test_the_rendered_text_has_no_blanks_at_line_ends(render: Any) -> None:
    text = yaml.safe_dump([line for line in render().text.splitlines() if line != line.rstrip()])

    assert text == "[]\n"


def test_names_that_look_like_something_else_stay_text(render: Any) -> None:
    rendering = render({"fullnameOverride": "null"}, release="123", namespace="0")

    deployment = rendering.object("Deployment")
    assert (deployment["metadata"]["name"], deployment["metadata"]["namespace"]) == ("null", "0")
    assert deployment["metadata"]["labels"]["app.kubernetes.io/instance"] == "123"
    assert {each["metadata"]["namespace"] for each in rendering.objects("Role")} == {"0"}
