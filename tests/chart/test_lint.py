"""GitLab Runner itself judges every config.toml that the matrix renders."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from podrunner.cases import Case, load_matrix, make_cases
from podrunner.helm import renderer

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@pytest.fixture(scope="session")
def gitlab_runner() -> str:
    """The real gitlab-runner: PODRUNNER_GITLAB_RUNNER, the air gap's build, or the one on PATH."""
    built = CACHE / "podrunner/airgap/bin/gitlab-runner"
    command = os.environ.get("PODRUNNER_GITLAB_RUNNER") or (str(built) if built.exists() else "gitlab-runner")
    found = shutil.which(command)
    if found is None:
        pytest.skip(f"{command} is not here: run ci/airgap/build, or set PODRUNNER_GITLAB_RUNNER to a gitlab-runner")
    return found


CHART = ROOT / "chart"
CASES = [case for case in make_cases(load_matrix(ROOT / "tests/matrix.yaml", CHART)) if not case.expect_fail]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gitlab_runner_lint_accepts_the_configuration(gitlab_runner: str, tmp_path: Path, case: Case) -> None:
    rendering = renderer("library", CHART).render(case.values, release=case.release, namespace=case.namespace)
    (text,) = rendering.config_texts.values()
    config = tmp_path / "config.toml"
    config.write_text(text)
    # An unset token variable is an empty token, which lint refuses.
    tokens = {runner["token"].removeprefix("$"): "glrt-lint" for runner in rendering.config_toml["runners"]}

    done = subprocess.run(
        [gitlab_runner, "lint", "-c", config], env=os.environ | tokens, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
