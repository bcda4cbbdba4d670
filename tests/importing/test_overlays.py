"""Several values files of GitLab's chart, laid over each other as Helm merges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

BASE = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
concurrent: 10
logLevel: warn
nodeSelector: {pool: a, disk: ssd}
runners:
  secret: tok
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
        memory_limit = "1Gi"
"""
PROD = "concurrent: 40\nlogLevel: null\nnodeSelector: {pool: prod}\n"
CONFIG = 'runners:\n  config: |\n    [[runners]]\n      [runners.kubernetes]\n        namespace = "prod"\n'


def test_the_file_wins_key_by_key_and_null_takes_a_key_away(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    base, prod = written(BASE, "base.yaml"), written(PROD, "prod.yaml")

    run = imports(prod, "-f", str(base))

    assert run.exit_code == 0
    assert run.values["config"] == {"concurrent": 40}
    assert run.values["manager"]["nodeSelector"] == {"pool": "prod", "disk": "ssd"}
    assert run.values["runners"]["default"]["config"]["kubernetes"]["memory_limit"] == "1Gi"


def test_a_text_replaces_the_whole_text_below_and_the_last_file_wins(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    base, prod, config = written(BASE, "base.yaml"), written(PROD, "prod.yaml"), written(CONFIG, "config.yaml")

    run = imports(config, "-f", str(base), "-f", str(prod))

    assert run.values["runners"]["default"]["config"] == {"kubernetes": {"namespace": "prod"}}
    assert run.values["config"] == {"concurrent": 40}
    assert run.values["runners"]["default"]["token"]["existingSecret"]["name"] == "tok"


def test_nothing_lies_below_a_config_toml(written: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    file = written('[[runners]]\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n')

    assert main(["import", str(file), "-f", str(written(PROD, "prod.yaml"))]) == 2
    assert "only values lie over each other" in capsys.readouterr().err
