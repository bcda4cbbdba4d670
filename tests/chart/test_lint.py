"""GitLab Runner itself judges every config.toml that the matrix renders."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from tests.matrix_cases import CASES, render_case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gitlab_runner_lint_accepts_the_configuration(gitlab_runner: str, tmp_path: Path, case: Case) -> None:
    rendering = render_case(case)
    text = rendering.config.toml.text
    config = tmp_path / "config.toml"
    config.write_text(text)
    # An unset token variable is an empty token, which lint refuses.
    tokens = {runner["token"].removeprefix("$"): "glrt-lint" for runner in rendering.config_toml["runners"]}

    done = subprocess.run(
        [gitlab_runner, "lint", "-c", config], env=os.environ | tokens, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
