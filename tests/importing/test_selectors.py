"""Selectors that name the old manager's labels, and variables of all jobs that may be secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "gitlabUrl: https://gitlab.example.com\n"
OURS = {"app.kubernetes.io/name": "podrunner", "app.kubernetes.io/component": "manager"}
SPREAD = "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: SELECTOR}]\n"


@pytest.mark.parametrize(
    ("selector", "now"),
    [
        ("{matchLabels: {app: ci-gitlab-runner}}", {"matchLabels": OURS}),
        ("{matchLabels: {app: gitlab-runner, release: ci, team: a}}", {"matchLabels": {"team": "a", **OURS}}),
        ("{matchLabels: {release: ci}}", {"matchLabels": OURS}),
        ("{matchExpressions: [{key: app, operator: In, values: [x-gitlab-runner]}]}", {"matchLabels": OURS}),
        ("{matchLabels: {app: database}}", {"matchLabels": {"app": "database"}}),
        ("{matchLabels: {team: a}}", {"matchLabels": {"team": "a"}}),
    ],
)
def test_a_selector_of_the_old_managers_pods_selects_the_new_ones(
    imports: Callable[..., Any], written: Callable[..., Path], selector: str, now: dict[str, Any]
) -> None:
    run = imports(written(f"{URL}{SPREAD.replace('SELECTOR', selector)}", "v.yaml"))

    assert run.values["manager"]["topologySpreadConstraints"][0]["labelSelector"] == now
    assert ("topologySpreadConstraints" in run.messages("changed")) == (OURS.items() <= now["matchLabels"].items())


def test_affinity_and_objects_are_looked_through(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = f"""\
{URL}
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - {{topologyKey: kubernetes.io/hostname, labelSelector: {{matchLabels: {{app: ci-gitlab-runner}}}}}}
extraObjects:
  - apiVersion: v1
    kind: Service
    metadata: {{name: own}}
    spec: {{selector: {{app: ci-gitlab-runner}}, ports: [{{port: 80}}]}}
"""

    run = imports(written(text, "v.yaml"))

    (term,) = run.values["manager"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["labelSelector"] == {"matchLabels": OURS}
    assert run.values["extraObjects"]["service-own"]["spec"]["selector"] == OURS


@pytest.mark.parametrize("secret", ["hunter7", "Tr0ub4dor&3", "pa55word!"])
def test_a_value_that_may_be_a_password_is_left_out_whatever_it_is_called(
    imports: Callable[..., Any], written: Callable[..., Path], secret: str
) -> None:
    run = imports(written(f'{URL}extraEnv: {{RUNNER_ENV: "A=1,B={secret}"}}\n', "v.yaml"))

    assert run.values["runners"]["default"]["config"]["environment"] == ["A=1"]
    assert run.messages("secret")["extraEnv.RUNNER_ENV"].startswith("B may be a secret, and is left out:")
    assert secret not in run.text + str(run.report)


@pytest.mark.parametrize(
    "entry", ["A=1", "REGION=us-east-1", "DIR=/opt/x1", "V=1.2.3", "ON=true", "URL=https://a1.example.com"]
)
def test_a_value_that_is_plainly_none_stays(
    imports: Callable[..., Any], written: Callable[..., Path], entry: str
) -> None:
    run = imports(written(f'{URL}extraEnv: {{RUNNER_ENV: "{entry}"}}\n', "v.yaml"))

    assert run.values["runners"]["default"]["config"]["environment"] == [entry]
    assert run.paths("secret") == []
