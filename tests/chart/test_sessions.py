"""The session server: config.toml, Service and Ingress agree on where GitLab connects to."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError

HOST = "terminals.example.com"


def session(render: Any, **values: Any) -> Any:
    """A release `ci` in the namespace `ci` whose session server is on."""
    return render({"sessionServer": {"enabled": True, **values}}, release="ci", namespace="ci")


def test_there_is_no_session_server_unless_asked_for(render: Any) -> None:
    rendering = render()

    assert (rendering.objects("Service"), rendering.objects("Ingress")) == ([], [])
    assert "session_server" not in rendering.config_toml


def test_within_the_cluster_gitlab_is_told_the_services_name(render: Any) -> None:
    rendering = session(render)
    service = rendering.object("Service")

    assert rendering.config_toml["session_server"] == {
        "advertise_address": "ci-podrunner-session.ci.svc:8093",
        "listen_address": ":8093",
        "session_timeout": 1800,
    }
    assert (service["metadata"]["name"], service["metadata"]["namespace"]) == ("ci-podrunner-session", "ci")
    assert service["spec"]["ports"] == [
        {"name": "session", "port": 8093, "targetPort": "session", "appProtocol": "https"}
    ]


def test_the_service_selects_the_manager_and_its_port(render: Any) -> None:
    rendering = session(render, port=8443, service={"port": 443})
    pod, spec = rendering.object("Deployment")["spec"]["template"], rendering.object("Service")["spec"]

    assert spec["selector"].items() <= pod["metadata"]["labels"].items()
    assert {"name": "session", "containerPort": 8443} in pod["spec"]["containers"][0]["ports"]
    assert rendering.config_toml["session_server"]["listen_address"] == ":8443"
    assert rendering.config_toml["session_server"]["advertise_address"] == "ci-podrunner-session.ci.svc:443"


def test_a_load_balancer_is_reached_by_the_address_that_is_said(render: Any) -> None:
    service = {
        "type": "LoadBalancer",
        "port": 443,
        "nodePort": 30443,
        "labels": {"exposed": "yes"},
        "annotations": {"example.com/load-balancer": "internal"},
        "loadBalancerSourceRanges": ["192.0.2.0/24"],
        "externalTrafficPolicy": "Local",
    }
    rendering = session(render, address=f"{HOST}:443", service=service)
    made = rendering.object("Service")

    assert rendering.config_toml["session_server"]["advertise_address"] == f"{HOST}:443"
    assert made["metadata"]["labels"]["exposed"] == "yes"
    assert made["metadata"]["annotations"] == {"example.com/load-balancer": "internal"}
    assert (made["spec"]["ports"][0]["nodePort"], made["spec"]["type"]) == (30443, "LoadBalancer")
    assert (made["spec"]["loadBalancerSourceRanges"], made["spec"]["externalTrafficPolicy"]) == (
        ["192.0.2.0/24"],
        "Local",
    )


def test_an_ingress_leads_to_the_service_by_the_name_that_gitlab_is_told(render: Any) -> None:
    rendering = session(render, ingress={"enabled": True, "host": HOST, "className": "nginx"})
    spec = rendering.object("Ingress")["spec"]
    backend = {"service": {"name": "ci-podrunner-session", "port": {"name": "session"}}}

    assert spec["ingressClassName"] == "nginx"
    assert spec["rules"] == [
        {"host": HOST, "http": {"paths": [{"pathType": "ImplementationSpecific", "backend": backend}]}}
    ]
    assert rendering.config_toml["session_server"]["advertise_address"] == f"{HOST}:443"


# Defect 4 of the official chart: an Ingress without namespace and labels, and with a class of null.
def test_an_ingress_has_a_namespace_labels_and_no_class_of_null(render: Any) -> None:
    ingress = session(render, ingress={"enabled": True, "host": HOST}).object("Ingress")

    assert ingress["metadata"]["namespace"] == "ci"
    assert ingress["metadata"]["labels"]["app.kubernetes.io/instance"] == "ci"
    assert "ingressClassName" not in ingress["spec"]


# Defect 2 of the official chart: scripts that asked for the address at start, with a dash that curl does not know.
def test_no_script_asks_for_the_address_when_the_manager_starts(render: Any) -> None:
    rendering = session(render, ingress={"enabled": True, "host": HOST})
    (container,) = rendering.object("Deployment")["spec"]["template"]["spec"]["containers"]

    assert [*rendering.object("ConfigMap")["data"]] == ["config.toml"]
    assert container["args"] == ["run", "--config", "/etc/gitlab-runner/config.toml"]
    assert "—" not in rendering.text


def test_the_role_has_what_sessions_need_only_with_a_session_server(render: Any) -> None:
    def rights(rendering: Any) -> set[tuple[str, str]]:
        rules = rendering.object("Role")["rules"]
        return {(what, verb) for rule in rules for what in rule["resources"] for verb in rule["verbs"]}

    assert rights(session(render)) - rights(render()) == {
        ("pods/exec", "get"),
        ("services", "create"),
        ("services", "get"),
    }


def test_the_managers_policy_lets_gitlab_in_at_the_port_of_the_container(render: Any) -> None:
    values = {"sessionServer": {"enabled": True, "port": 8443}, "networkPolicy": {"manager": {"enabled": True}}}
    (policy,) = render(values).objects("NetworkPolicy")

    assert {"ports": [{"port": 8443}]} in policy["spec"]["ingress"]


def test_a_session_server_without_metrics_keeps_its_port(render: Any) -> None:
    rendering = render({"sessionServer": {"enabled": True}, "config": {"listen_address": None}})
    (container,) = rendering.object("Deployment")["spec"]["template"]["spec"]["containers"]

    assert container["ports"] == [{"name": "session", "containerPort": 8093}]
    assert "readinessProbe" not in container


def test_another_address_takes_another_pod_because_gitlab_runner_reads_it_at_its_start(render: Any) -> None:
    def pod(**values: Any) -> Any:
        return session(render, **values).object("Deployment")["spec"]["template"]

    assert pod(address=f"{HOST}:443") != pod(address=f"{HOST}:8443")
    assert pod(address=f"{HOST}:443") == pod(address=f"{HOST}:443", service={"labels": {"a": "b"}})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"manager": {"replicas": 2}},
            "manager.replicas is 2: GitLab could reach any of the managers.*manager.replicas to 1",
        ),
        ({"config": {"session_server": {"session_timeout": 60}}}, "config.session_server.session_timeout is set too"),
        ({"config": {"listen_address": ":8093"}}, "are the same port, 8093"),
        ({"sessionServer": {"enabled": True, "ingress": {"enabled": True}}}, "sessionServer.ingress.host is empty"),
        (
            {"sessionServer": {"enabled": True, "service": {"type": "LoadBalancer"}}},
            "sessionServer.address is empty.*example.com:8093",
        ),
        (
            {"sessionServer": {"enabled": True, "service": {"nodePort": 30093}}},
            "sessionServer.service.type is ClusterIP: Kubernetes refuses",
        ),
        (
            {"sessionServer": {"enabled": True, "service": {"loadBalancerSourceRanges": ["192.0.2.0/24"]}}},
            "loadBalancerSourceRanges is set, but sessionServer.service.type is ClusterIP: Kubernetes refuses",
        ),
        (
            {"sessionServer": {"enabled": True, "service": {"externalTrafficPolicy": "Local"}}},
            "externalTrafficPolicy is set, but sessionServer.service.type is ClusterIP: Kubernetes refuses",
        ),
        (
            {"sessionServer": {"enabled": False, "ingress": {"enabled": True, "host": HOST}}},
            "sessionServer.enabled is false: the Ingress would have no backend",
        ),
    ],
    ids=["replicas", "two-places", "same-port", "no-host", "no-address", "node-port", "ranges", "policy", "no-server"],
)
def test_a_session_server_that_gitlab_could_not_reach_is_refused(
    render: Any, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"sessionServer": {"enabled": True}, **values})
