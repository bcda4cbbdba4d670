"""Timeouts of scrapes, as the Prometheus operator compares them with intervals."""

from __future__ import annotations

import pytest
import yaml

from podrunner.manifests.checks.scrapes import check_scrapes
from podrunner.manifests.rendering import parse_documents


def said(kind: str, spec: str, group: str = "monitoring.coreos.com") -> list[str]:
    text = yaml.safe_dump(
        {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "x"}, "spec": yaml.safe_load(spec)}
    )
    return [one.message for one in check_scrapes([*parse_documents("x.yaml", text)])]


@pytest.mark.parametrize(
    ("kind", "spec", "sentence"),
    [
        (
            "ServiceMonitor",
            "endpoints: [{}, {interval: 30s, scrapeTimeout: 1m}]",
            "spec.endpoints[1].scrapeTimeout: 1m is longer than interval, 30s: the Prometheus operator leaves the object "
            "out. Write 30s or less.",
        ),
        (
            "PodMonitor",
            "podMetricsEndpoints: [{interval: 1m, scrapeTimeout: 1m1ms}]",
            "spec.podMetricsEndpoints[0].scrapeTimeout: 1m1ms is longer than interval, 1m: the Prometheus operator leaves "
            "the object out. Write 1m or less.",
        ),
        (
            "ScrapeConfig",
            "{scrapeInterval: 10s, scrapeTimeout: 1y}",
            "spec.scrapeTimeout: 1y is longer than scrapeInterval, 10s: the Prometheus operator leaves the object out. "
            "Write 10s or less.",
        ),
    ],
)
def test_a_timeout_beyond_its_interval_is_told_with_what_to_write(kind: str, spec: str, sentence: str) -> None:
    assert said(kind, spec) == [sentence]


@pytest.mark.parametrize(
    "spec",
    [
        "{interval: 1m, scrapeTimeout: 60s}",
        "{scrapeTimeout: 1h}",
        "{interval: 1m}",
        "{interval: 1 minute, scrapeTimeout: 1h}",
    ],
)
def test_a_timeout_within_its_interval_or_of_an_unknown_one_is_taken(spec: str) -> None:
    assert said("Probe", spec) == []


def test_a_probe_of_another_group_is_not_judged() -> None:
    assert said("Probe", "{interval: 1s, scrapeTimeout: 2s}", "probes.example.com") == []
