"""Charts of somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cli import main

TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: runner}
data:
  config.toml: |
    concurrent = 10
    CONFIG
"""


@pytest.mark.parametrize(("line", "exit_code"), [("check_interval = 3", 0), ("check_intervall = 3", 1)])
def test_a_runner_that_registers_at_start_needs_no_runners_in_its_file(
    line: str, exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "templates" / "configmap.yaml").write_text(TEMPLATE.replace("CONFIG", line))

    assert main(["check", "--chart", str(tmp_path)]) == exit_code
    assert ("unknown key" in capsys.readouterr().out) == bool(exit_code)
