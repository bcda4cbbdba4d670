"""Findings stand at the line and the key that somebody wrote, also in patches and in objects of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.finding import errors
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "gitlab: {url: https://gitlab.example.com}\n"
OBJECT = """\
extraObjects:
  web: BAR
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: NAME}
    spec:
      replicas: two
      selector: {matchLabels: {a: b}}
"""
PATCH = """\
jobs:
  config:
    kubernetes:
      pod_spec:
        - name: mine
          patch: |
            # Why it is there.

            priorityClassName: low
            initContainers:
              - name: x
                image: x:1
                resources: {limits: {memory: 4GB}}
"""


@pytest.fixture(scope="module")
def said() -> Callable[[str], list[str]]:
    checker = Checker(renderer("library", Chart.open()))

    def said(text: str) -> list[str]:
        layers = (read_values(URL + text, "values.yaml"),)
        return [str(one) for one in errors(checker.check(Case("a", layers)).findings)]

    return said


@pytest.mark.parametrize(("bar", "name"), [("", "web"), ("|", "web"), ("|", "'{{ .Release.Name }}-web'")])
def test_what_is_wrong_with_an_object_of_the_values_is_at_its_field(
    said: Callable[[str], list[str]], bar: str, name: str
) -> None:
    assert said(OBJECT.replace("BAR", bar).replace("NAME", name)) == [
        "values.yaml:7:5: error: extraObjects.web.spec.template: missing. Template describes the pods that will be created. "
        "(Kubernetes 1.34) [kubernetes-schema]",
        'values.yaml:8:7: error: extraObjects.web.spec.replicas: must be a whole number, is the text "two". '
        "(Kubernetes 1.34) [kubernetes-schema]",
    ]


def test_what_is_wrong_in_the_block_of_a_patch_is_at_its_line_there(said: Callable[[str], list[str]]) -> None:
    assert said(PATCH) == [
        "values.yaml:14:38: error: jobs.config.kubernetes.pod_spec[0].patch.initContainers[0].resources.limits.memory: "
        'must be an amount such as "500m", "2" or "4Gi", is `4GB`. (jobs of runner default, '
        "initContainers[0].resources.limits.memory) [job-pod-field]"
    ]


@pytest.mark.parametrize(
    ("toleration", "place", "reason"),
    [
        (
            '"=v": NoSchedule',
            '6:9: error: KEY."=v"',
            "`=v` has no key before `=`. Write KEY=VALUE, or KEY alone for all its values.",
        ),
        (
            '"a=b c": NoSchedule',
            '6:9: error: KEY."a=b c"',
            "must be at most 63 letters, digits, dashes, dots and underscores, the first and last a letter or digit, is "
            "`b c`.",
        ),
    ],
)
def test_a_toleration_is_at_its_key(said: Callable[[str], list[str]], toleration: str, place: str, reason: str) -> None:
    text = f"jobs:\n  config:\n    kubernetes:\n      node_tolerations:\n        {toleration}\n"
    field = "operator" if "no key" in reason else "value"

    assert said(text) == [
        f"values.yaml:{place.replace('KEY', 'jobs.config.kubernetes.node_tolerations')}: {reason} "
        f"(jobs of runner default, tolerations[0].{field}) [job-pod-field]"
    ]


def test_a_key_of_one_runner_is_not_sought_in_another(said: Callable[[str], list[str]]) -> None:
    config = "{{config: {{kubernetes: {{node_tolerations: {{{}: NoSchedule}}}}}}}}".format
    text = f"runners:\n  a: {config('ok')}\n  b: {config('=v')}\n"

    (finding,) = said(text)

    assert finding.startswith(
        'values.yaml:4:48: error: runners.b.config.kubernetes.node_tolerations."=v": `=v` has no key'
    )
