"""GitLab Runner itself judges every config.toml that the matrix renders."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from tests.matrix_cases import CASES, render_case

FULL = pytest.mark.full(reason="each case starts gitlab-runner")
# Of the matrix every fourth case.
SOME = [pytest.param(case, marks=FULL if at % 4 else (), id=case.name) for at, case in enumerate(CASES)]


@pytest.mark.parametrize("case", SOME)
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
