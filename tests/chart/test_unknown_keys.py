"""Keys of config.toml that GitLab Runner does not know: an error with the nearest key, unless the runner is newer than known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.check.checker import check_case
from podrunner.findings.errors import RenderError
from podrunner.formats.placed import read_layer
from podrunner.runner.keys import load_keys
from tests.matrix_cases import helm
from tests.renders import render_values

URL: dict[str, Any] = {"gitlab": {"url": "https://gitlab.example.com"}}
FILE = """\
gitlab: {url: "https://gitlab.example.com"}
image: {tag: TAG}
runners:
  team:
    config:
      limt: 5
      kubernetes: {host_user: false}
jobs:
  config:
    kubernetes:
      services: [{name: x, alais: y}]
cache: {s3: {BucketNam: x}}
config: {concurent: 5}
"""


def check(tag: str) -> list[str]:
    found = check_case(Case("x", (read_layer(FILE.replace("TAG", tag), "values.yaml"),))).findings
    unknown = [one for one in found if one.rule.code.endswith("unknown-key")]
    return [str(one) for one in sorted(unknown, key=lambda one: one.line)]


@pytest.mark.parametrize("tag", ["''", "v19.5.3", "v19.4.1", "latest"])
def test_an_unknown_key_is_an_error_at_its_line_with_the_nearest_key(tag: str) -> None:
    assert check(tag) == [
        "values.yaml:6:7: error: runners.team.config.limt: unknown key. Did you mean `limit`? [values-unknown-key]",
        "values.yaml:7:20: error: runners.team.config.kubernetes.host_user: unknown key. Did you mean `host_users`? "
        "[values-unknown-key]",
        "values.yaml:11:28: error: jobs.config.kubernetes.services[0].alais: unknown key. Did you mean `alias`? Allowed: "
        "alias, command, entrypoint, environment, name, suspend_data_path. [values-unknown-key]",
        "values.yaml:12:14: error: cache.s3.BucketNam: unknown key. Did you mean `BucketName`? [values-unknown-key]",
        "values.yaml:13:10: error: config.concurent: unknown key. Did you mean `concurrent`? [values-unknown-key]",
    ]


def test_it_is_a_warning_where_the_runner_is_newer_than_known() -> None:
    found = check("v19.6.0")

    assert [line.partition("unknown key")[0] for line in found] == [
        "values.yaml:6:7: warning: runners.team.config.limt: ",
        "values.yaml:7:20: warning: runners.team.config.kubernetes.host_user: ",
        "values.yaml:11:28: warning: jobs.config.kubernetes.services[0].alais: ",
        "values.yaml:13:10: warning: config.concurent: ",
    ]
    assert "GitLab Runner 19.6.0 may have it, its keys are known up to 19.5. Did you mean `limit`?" in found[0]


WRONG = {
    "runners": {"team": {"config": {"limt": 5, "kubernetes": {"host_user": False, "services": [{"nam": "x"}]}}}},
    "cache": {"s3": {"BucketNam": "x"}},
    "config": {"concurent": 5},
    "jobs": {"config": {"zzz": 1}},
}


def test_the_chart_itself_refuses_unknown_keys_with_the_nearest() -> None:
    with pytest.raises(RenderError) as raised:
        render_values(helm(), {**URL, **WRONG})

    assert raised.value.reason == (
        "GitLab Runner 19.5.3 would ignore these keys of config.toml: config.concurent: unknown key. Did you mean "
        "concurrent? jobs.config.zzz: unknown key. runners.team.config.kubernetes.host_user: unknown key. Did you mean "
        "host_users? runners.team.config.kubernetes.services.nam: unknown key. Did you mean name? "
        "runners.team.config.limt: unknown key. Did you mean limit? cache.s3.BucketNam: unknown key. Did you mean "
        "BucketName? Correct them. If they are of a release after 19.5, set image.tag to that release, also beside "
        "image.digest."
    )


def test_the_chart_writes_them_for_a_runner_that_is_newer_than_known() -> None:
    (runner,) = render_values(helm(), {**URL, **WRONG, "image": {"tag": "v19.6.0"}}).config_toml["runners"]

    assert (runner["limt"], runner["kubernetes"]["host_user"], runner["zzz"]) == (5, False, 1)


def test_the_chart_knows_the_keys_that_podrunner_knows(checkout: Path) -> None:
    known = json.loads((checkout / "chart/files/config-keys.json").read_text())
    runners = load_keys().root.children["runners"]

    assert known["until"] == load_keys().known_until
    assert set(known["runners"]["kubernetes"]) == set(runners.children["kubernetes"].children)
    # Tables of other executors are left out: this chart runs the Kubernetes one.
    assert set(runners.children) - set(known["runners"]) == {
        *("autoscaler", "custom", "docker", "instance", "machine", "parallels", "ssh", "virtualbox")
    }
