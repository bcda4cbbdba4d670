"""Keys of GitLab's own chart: refused by Helm and by `podrunner check`, with what becomes of each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError
from podrunner.findings.path import dotted
from podrunner.formats.placed import read_values
from tests import matrix_cases
from tests.renders import render_values

KNOWN: dict[str, Any] = json.loads((matrix_cases.CHART / "files/gitlab-runner.json").read_text())
OFFICIAL = """\
gitlabUrl: https://gitlab.example.com
concurrent: 5
image: {registry: registry.example.com, image: runner}
rbac: {create: true, rules: []}
serviceAccount: {create: true}
runners:
  config: |
    [[runners]]
  secret: gitlab-runner
  privileged: false
  podLabels: {}
  cache: {secretName: s3access}
"""


def paths(tree: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of each key that is GitLab's only."""
    return [
        found
        for key, below in tree.items()
        for found in (paths(below, (*path, key)) if isinstance(below, dict) else [(*path, key)])
    ]


def helm(values: dict[str, Any]) -> None:
    """A render by Helm alone, without podrunner's own check before it."""
    render_values(matrix_cases.helm(), {"gitlab": {"url": "https://gitlab.example.com"}, **values})


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Values in which one key is set."""
    for key in reversed(path):
        value = {key: value}
    return dict(value)


def test_helm_names_every_key_at_once_and_what_becomes_of_it() -> None:
    with pytest.raises(RenderError) as raised:
        helm(yaml.safe_load(OFFICIAL))

    assert str(raised.value).partition(": ")[2].split("\n") == [
        "These values belong to GitLab's own chart, gitlab-runner, and have no effect in this one:",
        "  concurrent: becomes config.concurrent.",
        "  gitlabUrl: becomes gitlab.url.",
        "  image.image: becomes image.repository.",
        "  rbac.rules: the manager's Role is made from what the runners use: nothing has to be listed.",
        "  runners.cache.secretName: becomes cache.existingSecret, and cache from [runners.cache].",
        "  runners.config: becomes runners.",
        "  runners.podLabels: becomes runners.<name>.config.kubernetes.pod_labels.",
        "  runners.privileged: becomes runners.<name>.config.kubernetes.privileged.",
        "  runners.secret: becomes runners.<name>.token.existingSecret.",
        "  serviceAccount.create: becomes manager.serviceAccount.create.",
        "`podrunner import VALUES.yaml` converts a values file of that chart.",
    ]


def test_check_names_the_line_of_each(podrunner_chart: Path) -> None:
    findings = Chart.open(podrunner_chart).check([read_values(OFFICIAL, "official.yaml")])

    assert [str(finding).partition(": is")[0] for finding in findings if finding.rule.code == "values-official"] == [
        "official.yaml:1:1: error: gitlabUrl",
        "official.yaml:2:1: error: concurrent",
        "official.yaml:3:41: error: image.image",
        "official.yaml:4:22: error: rbac.rules",
        "official.yaml:5:18: error: serviceAccount.create",
        "official.yaml:7:3: error: runners.config",
        "official.yaml:9:3: error: runners.secret",
        "official.yaml:10:3: error: runners.privileged",
        "official.yaml:11:3: error: runners.podLabels",
        "official.yaml:12:11: error: runners.cache.secretName",
    ]
    assert findings[0].message == (
        "gitlabUrl: is a value of GitLab's own chart: becomes gitlab.url. "
        "`podrunner import FILE` converts a values file of that chart."
    )


@pytest.mark.broad
@pytest.mark.parametrize("path", paths(KNOWN), ids=dotted)
def test_helm_refuses_each_key_in_a_sentence(path: tuple[str, ...]) -> None:
    with pytest.raises(RenderError, match=f"own chart, gitlab-runner, .*\n  {re.escape(dotted(path))}: "):
        helm(nested(path, "x"))


@pytest.mark.parametrize("name", ["config", "secret", "cache", "name"])
def test_a_runner_may_bear_the_name_of_such_a_key(render: Any, name: str) -> None:
    (runner,) = render({"runners": {name: {"config": {"limit": 3}}}}).config_toml["runners"]

    assert (runner["name"], runner["limit"]) == (name, 3)


def test_a_section_that_is_gitlabs_only_is_closed(podrunner_chart: Path) -> None:
    layer = read_values("serviceAccount: {naem: x}\n", "official.yaml")

    assert [each.rule.code for each in Chart.open(podrunner_chart).check([layer])] == ["values-unknown-key"]
