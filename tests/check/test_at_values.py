"""Images that may be another one tomorrow, and timeouts of scrapes, at the values that name them."""

from __future__ import annotations

import re

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

# Where the chart writes it.
LINE = re.compile(r" \(line \d+ of config.toml\)")
REST = "tomorrow it may be another image. Name a version or a digest."
BARE = f"has neither tag nor digest: {REST}"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", Chart.open()))


def warnings(checker: Checker, text: str) -> list[str]:
    layers = (read_values(f"gitlab: {{url: https://gitlab.example.com}}\n{text}\n", "values.yaml"),)
    found = checker.check(Case("a", layers, kube_version="1.35")).findings
    return [LINE.sub("", str(one)) for one in found if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("podman: {image: alpine}", f"2:10: warning: podman.image: alpine {BARE}"),
        (
            "runners: {a: {podman: {image: registry.example.com:5000/foo}}}",
            f"2:24: warning: runners.a.podman.image: registry.example.com:5000/foo {BARE}",
        ),
        (
            "helperImage: {registry: registry.example.com, repository: foo, tag: latest}",
            f"2:64: warning: helperImage.tag: registry.example.com/foo:latest has the tag latest: {REST}",
        ),
        (
            "manager: {extraContainers: [{name: proxy, image: ubuntu}]}",
            f"2:43: warning: manager.extraContainers[0].image: ubuntu {BARE} (spec.template.spec.containers[1].image)",
        ),
        (
            "manager: {extraVolumes: [{name: a, image: {reference: registry.example.com/foo}}]}",
            f"2:44: warning: manager.extraVolumes[0].image.reference: registry.example.com/foo {BARE} "
            "(spec.template.spec.volumes[3].image.reference)",
        ),
        (
            "image: {tag: latest}",
            "2:9: warning: image.tag: registry.gitlab.com/gitlab-org/gitlab-runner:latest has the tag latest: "
            f"{REST} (spec.template.spec.containers[0].image)",
        ),
        (
            'jobs: {config: {kubernetes: {pod_spec: [{name: a, patch: "containers: [{name: a, image: ubuntu}]"}]}}}',
            f"2:51: warning: jobs.config.kubernetes.pod_spec[0].patch: ubuntu {BARE}",
        ),
    ],
)
def test_an_image_that_moves_is_a_warning_at_its_value(checker: Checker, text: str, finding: str) -> None:
    assert warnings(checker, text) == [f"values.yaml:{finding} [image-floating]"]


@pytest.mark.parametrize("image", ["alpine:3.22", f"alpine@sha256:{'0' * 64}", "registry.example.com:5000/foo:1"])
def test_an_image_with_a_version_or_a_digest_is_fine(checker: Checker, image: str) -> None:
    text = f"podman: {{image: '{image}'}}\nmanager: {{extraContainers: [{{name: proxy, image: '{image}'}}]}}"

    assert warnings(checker, text) == []


def test_a_timeout_of_a_scrape_is_told_at_its_value(checker: Checker) -> None:
    text = "metrics: {podMonitor: {enabled: true, interval: 10s, scrapeTimeout: 1m}}"

    assert warnings(checker, text) == [
        "values.yaml:2:54: error: metrics.podMonitor.scrapeTimeout: 1m is longer than interval, 10s: the Prometheus operator "
        "leaves the object out. Write 10s or less. (spec.podMetricsEndpoints[0].scrapeTimeout) [scrape-timeout]"
    ]


ONE = "{name: a, image: 'busybox:1.36'}"


@pytest.mark.parametrize(
    ("text", "begin", "code"),
    [
        (
            "manager:\n  affinity:\n    podAntiAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
            "        - labelSelector: {matchLabels: {a: b}}\n",
            "6:11: error: manager.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: "
            "missing. ",
            "kubernetes-schema",
        ),
        (
            "manager:\n  autoscaling:\n    enabled: true\n    maxReplicas: 3\n"
            "    behavior: {scaleDown: {policies: [{type: Pods, value: 1}]}}\n",
            "6:39: error: manager.autoscaling.behavior.scaleDown.policies[0].periodSeconds: missing. ",
            "kubernetes-schema",
        ),
        (
            "networkPolicy: {manager: {enabled: true, egress: [{ports: [{port: 99999}]}]}}\n",
            "2:61: error: networkPolicy.manager.egress[0].ports[0].port: must be 1 to 65535, is `99999`. ",
            "kubernetes-field",
        ),
        (
            "manager:\n  extraContainers:\n    - {name: a, image: 'busybox:1.36', env: [{name: PASSWORD, value: hunter2hunter2}]}\n",
            "4:46: warning: manager.extraContainers[0].env[0]: a secret in plain sight: PASSWORD: ",
            "secret-in-plain-sight",
        ),
        (
            f"manager:\n  extraInitContainers:\n    - {ONE}\n    - {ONE}\n",
            "5:8: error: manager.extraInitContainers[1].name: `a` is the name of ",
            "container-name",
        ),
    ],
    ids=["affinity", "behavior", "port", "secret", "name"],
)
def test_a_part_of_an_object_that_is_written_in_full_is_told_at_its_line(
    checker: Checker, text: str, begin: str, code: str
) -> None:
    (finding,) = warnings(checker, text)

    assert finding.startswith(f"values.yaml:{begin}")
    assert finding.endswith(f"[{code}]")


def test_two_parts_of_an_object_are_told_both(checker: Checker) -> None:
    secrets = "[{name: A_PASSWORD, value: hunter2hunter2}, {name: B_PASSWORD, value: hunter3hunter3}]"

    found = warnings(checker, f"manager: {{extraContainers: [{{name: a, image: 'busybox:1.36', env: {secrets}}}]}}")

    assert [one.partition(" a secret")[0].rpartition(" ")[2] for one in found] == [
        "manager.extraContainers[0].env[0]:",
        "manager.extraContainers[0].env[1]:",
    ]
