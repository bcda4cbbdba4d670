"""Fields that the API server refuses, at the values that say them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.finding import errors
from podrunner.formats.placed import Values, read_values
from podrunner.helm.renderer import renderer

if TYPE_CHECKING:
    from collections.abc import Callable

CHART = Chart.open()
# Where the chart writes a key of config.toml.
LINE = re.compile(r" \(line \d+ of config.toml\)")
URL = "gitlab: {url: https://gitlab.example.com}\n"
ADMISSION = Path(__file__).parents[1] / "admission"
REFUSED: dict[str, dict[str, Any]] = yaml.safe_load((ADMISSION / "refused.yaml").read_text(encoding="utf-8"))
TAKEN: dict[str, dict[str, Any]] = yaml.safe_load((ADMISSION / "taken.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", CHART))


@pytest.fixture
def said(checker: Checker) -> Callable[[str], list[str]]:
    def said(text: str) -> list[str]:
        layers = (read_values(URL + text, "values.yaml"),)
        return [LINE.sub("", str(one)) for one in errors(checker.check(Case("a", layers)).findings)]

    return said


def test_a_field_of_the_manager_is_at_the_line_of_its_value(said: Callable[[str], list[str]]) -> None:
    assert said("manager:\n  tolerations:\n    - {key: ci, operator: Exist}\n") == [
        "values.yaml:4:17: error: manager.tolerations[0].operator: must be Equal or Exists, is `Exist`. "
        "(spec.template.spec.tolerations[0].operator) [kubernetes-field]"
    ]


def test_a_field_of_jobs_is_at_the_line_of_its_value(said: Callable[[str], list[str]]) -> None:
    assert said("runners:\n  a:\n    config:\n      kubernetes:\n        runtime_class_name: My Class\n") == [
        "values.yaml:6:9: error: runners.a.config.kubernetes.runtime_class_name: must be lower-case letters, digits, "
        "dashes and dots, the first and last a letter or digit, is `My Class`. "
        "(jobs of runner a, runtimeClassName) [job-pod-field]"
    ]


def test_a_field_of_services_is_told_as_every_job_may_bring_one(said: Callable[[str], list[str]]) -> None:
    text = "jobs:\n  config:\n    kubernetes:\n      service_cpu_request: '2'\n      service_cpu_limit: '1'\n"

    assert said(text) == [
        "values.yaml:5:7: error: jobs.config.kubernetes.service_cpu_request: must not be more than the limit, 1, is `2`. "
        "(jobs of runner default, containers[2].resources.requests.cpu) [job-pod-field]"
    ]


def test_a_leftover_of_a_template_is_called_so(said: Callable[[str], list[str]]) -> None:
    (finding,) = said('podman: {mode: none}\njobs: {config: {kubernetes: {namespace: "${namespace}"}}}\n')

    assert "jobs.config.kubernetes.namespace: `${namespace}` is a leftover of a template." in finding


def test_one_value_in_several_pods_is_one_finding(said: Callable[[str], list[str]]) -> None:
    (finding,) = said("podman: {image: quay.io/Podman/stable:v5}\n")

    assert "podman.image: must be an image such as" in finding
    assert finding.endswith("`quay.io/Podman/stable:v5`. (jobs of runner default, containers[0].image) [job-pod-field]")


@pytest.mark.parametrize(("kube_version", "is_refused"), [("1.31.0", True), ("1.32.0", False)])
def test_what_an_older_kubernetes_refuses_is_at_its_value_too(
    checker: Checker, kube_version: str, is_refused: bool
) -> None:
    layers = (read_values(f"{URL}manager: {{env: {{1st: a}}}}\n", "values.yaml"),)

    found = [str(one) for one in errors(checker.check(Case("a", layers, kube_version=kube_version)).findings)]

    sentence = (
        "values.yaml:2:17: error: manager.env.1st: must be letters, digits, dashes, dots and underscores, the first no "
        "digit, before Kubernetes 1.32, is `1st`. (spec.template.spec.containers[0].env[2].name) [kubernetes-field]"
    )
    assert found == ([sentence] if is_refused else [])


def test_a_variable_that_no_kubernetes_takes_is_refused_by_the_schema(said: Callable[[str], list[str]]) -> None:
    assert said('manager: {env: {"a=b": c}}\n') == [
        'values.yaml:2:11: error: manager.env: a key does not fit: "a=b": a variable\'s name has only characters of '
        "ASCII that can be printed, and no =. [values-key]"
    ]


def test_more_jobs_than_a_number_of_toml_can_say_are_refused_at_their_value(said: Callable[[str], list[str]]) -> None:
    (finding,) = said("config: {concurrent: 9223372036854775808}\n")

    assert finding.startswith(
        "values.yaml:2:10: error: config.concurrent: must be at most 9223372036854775807, is 922337203685477"
    )


def test_a_request_of_nothing_is_refused_by_the_schema(said: Callable[[str], list[str]]) -> None:
    assert said('manager: {resources: {requests: {cpu: ""}}}\n') == [
        'values.yaml:2:34: error: manager.resources.requests.cpu: "" is not an amount. '
        "An amount such as 500m, 4Gi or 20Gi. [values-value]"
    ]


@pytest.mark.parametrize(
    ("kubernetes", "finding"),
    [
        (
            "volumes: {secret: [{name: a, mount_path: /a}], config_map: [{name: a, mount_path: /b}]}",
            "values.yaml:2:50: error: jobs.config.kubernetes.volumes.secret[0].name: Two volumes named `a`: one of the "
            "kind config_map has that name, too, so the job's pod is refused. Give this one another name. "
            "[config-volume-name]",
        ),
        (
            "volumes: {secret: [{name: a, mount_path: /a}]}, pod_spec: [{name: b, patch_type: json, patch: "
            '"[{op: add, path: /volumes/-, value: {name: a, emptyDir: {}}}]"}]',
            "values.yaml:2:117: error: jobs.config.kubernetes.pod_spec[0].patch: Two volumes named `a` with this "
            "patch, so the job's pod is refused. Give one of them another name. "
            "[config-volume-name]",
        ),
    ],
)
def test_volumes_of_jobs_of_one_name_are_told_once_though_helm_test_has_them_too(
    said: Callable[[str], list[str]], kubernetes: str, finding: str
) -> None:
    assert said(f"jobs: {{config: {{kubernetes: {{{kubernetes}}}}}}}\n") == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "podman: {image: $CI_REGISTRY_IMAGE/podman}",
        "jobs: {config: {kubernetes: {volumes: {pvc: [{name: cache-$CI_CONCURRENT_ID, mount_path: $CI_BUILDS_DIR}]}}}}",
        "podman: {mode: none}",
    ],
)
def test_what_the_runner_fills_in_is_not_judged(said: Callable[[str], list[str]], text: str) -> None:
    assert said(text) == []


@pytest.mark.broad
@pytest.mark.parametrize("name", REFUSED)
def test_what_the_api_server_refuses_is_refused(checker: Checker, name: str) -> None:
    layers = (read_values(URL, "url"), Values(REFUSED[name], "refused.yaml"))

    assert errors(checker.check(Case(name, layers)).findings) != []


@pytest.mark.broad
@pytest.mark.parametrize("name", TAKEN)
def test_what_the_api_server_takes_is_taken(checker: Checker, name: str) -> None:
    layers = (read_values(URL, "url"), Values(TAKEN[name], "taken.yaml"))

    assert errors(checker.check(Case(name, layers)).findings) == []


def test_what_a_patch_empties_is_at_the_line_of_the_patch(said: Callable[[str], list[str]]) -> None:
    patch = "patch: 'containers: [{name: build, image: \"\"}]'"
    assert said(f"jobs:\n  config:\n    kubernetes:\n      pod_spec:\n        - name: a\n          {patch}\n") == [
        "values.yaml:7:11: error: jobs.config.kubernetes.pod_spec[0].patch.containers[0].image: missing. "
        "(spec.containers[0].image) [kubernetes-field]"
    ]
