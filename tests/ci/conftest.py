"""What the tests of the templates share: a team's repository with a remote, as a pipeline has it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .team import RIGHT, TEST


@pytest.fixture
def repository_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """Return what commits a folder and makes its remote `origin`; it gives the commit, which is the base of a request."""

    def make(folder: Path) -> str:
        remote = tmp_path_factory.mktemp("remote")

        def git(*arguments: str) -> str:
            identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
            command = ["git", "-C", str(folder), *identity, *arguments]
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

        subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
        git("init", "--quiet")
        git("remote", "add", "origin", str(remote))
        git("add", "--all")
        git("commit", "--quiet", "--message", "base")
        git("push", "--quiet", "origin", "HEAD:refs/heads/main")
        return git("rev-parse", "HEAD")

    return make


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Make a repository with a values file and a test."""
    (tmp_path / "values").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "values/team-a.yaml").write_text(RIGHT)
    (tmp_path / "tests/test_team.py").write_text(TEST)
    return tmp_path
