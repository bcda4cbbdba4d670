"""GitLab Runner itself judges every config.toml that the matrix renders."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.formats.runner_version import is_older
from podrunner.runner.keys import load_keys
from tests.matrix_cases import CASES as RENDERED
from tests.matrix_cases import render_case

# The build that lints refuses keys of a release after it.
CASES = [case for case in RENDERED if case.name != "a-runner-that-is-newer-than-known"]
FULL = pytest.mark.full(reason="each case starts gitlab-runner")
# Of the matrix every fourth case.
SOME = [pytest.param(case, marks=FULL if at % 4 else (), id=case.name) for at, case in enumerate(CASES)]


def test_the_build_that_lints_is_named(gitlab_runner: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([gitlab_runner, "--version"], capture_output=True, text=True, check=True)
    said = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    version, revision = said["Version"].strip(), said["Git revision"].strip()
    with capsys.disabled():
        print(f"\nlinted by GitLab Runner {version} ({revision})")

    # The keys are known for more than this build: no page may say that a later one was run.
    assert not is_older(load_keys().known_until, version)


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
