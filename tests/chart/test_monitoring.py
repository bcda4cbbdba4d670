"""Service, monitors and PrometheusRule: whether Prometheus finds the manager, and nothing when it is not asked to."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError, ValuesError

KINDS = ("PodMonitor", "ServiceMonitor", "PrometheusRule")
SECTIONS = dict(zip(("podMonitor", "serviceMonitor", "prometheusRule"), KINDS, strict=True))
MANAGER = {
    "app.kubernetes.io/name": "podrunner",
    "app.kubernetes.io/instance": "ci",
    "app.kubernetes.io/component": "manager",
}


def monitored(render: Any, section: str, **values: Any) -> Any:
    """A release `ci` in the namespace `ci` with one part of `metrics` on."""
    return render({"metrics": {section: {"enabled": True, **values}}}, release="ci", namespace="ci")


def test_nothing_watches_the_manager_unless_asked_for(render: Any) -> None:
    rendering = render()

    assert [rendering.objects(kind) for kind in (*KINDS, "Service")] == [[], [], [], []]


def test_the_service_leads_to_the_port_of_the_managers_metrics(render: Any) -> None:
    spec = monitored(render, "service").object("Service")["spec"]

    assert spec["ports"] == [{"name": "metrics", "port": 9252, "targetPort": "metrics", "appProtocol": "http"}]
    assert (spec["type"], spec["selector"]) == ("ClusterIP", MANAGER)


def test_the_service_follows_the_listen_address(render: Any) -> None:
    rendering = render({"metrics": {"service": {"enabled": True}}, "config": {"listen_address": "0.0.0.0:9000"}})

    assert rendering.object("Service")["spec"]["ports"][0]["port"] == 9000
    (container,) = rendering.object("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"name": "metrics", "containerPort": 9000}]


def test_a_service_monitor_brings_its_service(render: Any) -> None:
    rendering = monitored(render, "serviceMonitor")
    service, spec = rendering.object("Service"), rendering.object("ServiceMonitor")["spec"]

    assert spec["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert spec["endpoints"] == [{"port": "metrics", "path": "/metrics"}]


def test_a_pod_monitor_selects_the_managers_pods_and_their_port(render: Any) -> None:
    rendering = monitored(render, "podMonitor")
    pod, spec = rendering.object("Deployment")["spec"]["template"], rendering.object("PodMonitor")["spec"]

    assert spec["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert spec["podMetricsEndpoints"] == [{"port": "metrics", "path": "/metrics"}]
    assert [port["name"] for port in pod["spec"]["containers"][0]["ports"]] == ["metrics"]


# Defect 3 of the official chart: the namespace of the monitor, not of the manager, was looked at.
@pytest.mark.parametrize("section", ["podMonitor", "serviceMonitor"])
@pytest.mark.parametrize("namespace", ["", "monitoring"])
def test_a_monitor_in_another_namespace_looks_for_the_manager_where_it_is(
    render: Any, section: str, namespace: str
) -> None:
    monitor = monitored(render, section, namespace=namespace).object(SECTIONS[section])

    assert monitor["metadata"]["namespace"] == (namespace or "ci")
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["ci"]}


@pytest.mark.parametrize("section", SECTIONS)
def test_releases_of_one_name_share_no_object_in_the_namespace_of_the_monitoring(render: Any, section: str) -> None:
    values = {"metrics": {section: {"enabled": True, "namespace": "monitoring"}}}
    names = {
        render(values, release="ci", namespace=home).object(SECTIONS[section])["metadata"]["name"]
        for home in ("one", "two", "monitoring")
    }

    assert names == {"one-ci-podrunner", "two-ci-podrunner", "ci-podrunner"}


# Defect 5 of the official chart: its selectors had the chart's version, and an upgrade lost the targets.
@pytest.mark.parametrize("section", ["podMonitor", "serviceMonitor"])
def test_no_selector_of_a_monitor_has_a_version(render: Any, section: str) -> None:
    monitor = monitored(render, section).object(SECTIONS[section])

    assert monitor["spec"]["selector"] == {"matchLabels": MANAGER}


@pytest.mark.parametrize("section", ["podMonitor", "serviceMonitor"])
def test_what_is_said_of_a_scrape_reaches_the_endpoint(render: Any, section: str) -> None:
    said = {
        "interval": "30s",
        "scrapeTimeout": "10s",
        "relabelings": [{"targetLabel": "cluster", "replacement": "one"}],
        "metricRelabelings": [{"sourceLabels": ["__name__"], "regex": "go_.*", "action": "drop"}],
    }
    spec = monitored(render, section, **said).object(SECTIONS[section])["spec"]

    assert spec.get("endpoints", spec.get("podMetricsEndpoints")) == [{"port": "metrics", "path": "/metrics", **said}]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_labels_by_which_a_prometheus_chooses_stand_beside_the_charts(render: Any, section: str) -> None:
    given = {"labels": {"release": "prometheus"}, "annotations": {"example.com/team": "ci"}}
    metadata = monitored(render, section, **given).object(SECTIONS[section])["metadata"]

    assert metadata["labels"].items() >= {**MANAGER, "release": "prometheus"}.items()
    assert (metadata["name"], metadata["annotations"]) == ("ci-podrunner", {"example.com/team": "ci"})


@pytest.mark.parametrize("section", ["service", *SECTIONS])
def test_what_asks_for_metrics_that_are_not_given_is_refused(render: Any, section: str) -> None:
    values = {"metrics": {section: {"enabled": True}}, "config": {"listen_address": None}}

    with pytest.raises(
        RenderError, match=rf'(?s)metrics\.{section}\.enabled is true, but config\.listen_address is empty.*":9252"'
    ):
        render(values)


def test_two_monitors_for_one_manager_are_refused(render: Any) -> None:
    with pytest.raises(RenderError, match="Prometheus would count every manager twice"):
        render({"metrics": {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}}})


def test_an_interval_that_prometheus_does_not_know_is_refused(render: Any) -> None:
    with pytest.raises(
        ValuesError, match=r'metrics\.podMonitor\.interval: "30 seconds" is not a time\. A time such as 30s'
    ):
        monitored(render, "podMonitor", interval="30 seconds")
