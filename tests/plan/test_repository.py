"""The repository that is sent."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from podrunner.findings.errors import UsageError
from podrunner.smoke.repository import builtin_pipeline, pack

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.process


def git(folder: Path, *args: str) -> None:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run(
        ["git", "-C", str(folder), *identity, *args], env=os.environ | quiet, check=True, capture_output=True
    )


def test_the_builtin_repository_has_the_pipeline_and_the_six_steps(tmp_path: Path) -> None:
    pipeline = builtin_pipeline(tmp_path / "playground")

    assert pipeline.name == ".gitlab-ci.yml"
    assert (pipeline.parent / "Dockerfile").read_text() == (
        "FROM docker.io/library/golang:1.23.1 AS builder\n"
        'WORKDIR "/workspace"\n'
        "COPY . .\n"
        "RUN go build -v main.go\n"
        "RUN ls -halF\n"
        'CMD ["exec", "main"]\n'
    )


def test_the_builtin_repository_is_the_same_each_time(tmp_path: Path) -> None:
    first = pack(builtin_pipeline(tmp_path / "one").parent, tmp_path)
    second = pack(builtin_pipeline(tmp_path / "two").parent, tmp_path)

    assert first.commit == second.commit


def test_a_branch_and_its_last_commit_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "my project"
    folder.mkdir()
    git(folder, "init", "--initial-branch=topic/one")
    git(folder, "commit", "--allow-empty", "--message", "First\n\nWith a reason.")

    bundle = pack(folder, tmp_path)

    assert (bundle.name, bundle.commits, bundle.shallow, bundle.notes) == ("my-project", 1, (), ())
    assert (bundle.commit.branch, bundle.commit.title) == ("topic/one", "First")
    assert (bundle.commit.message, bundle.commit.author) == ("First\n\nWith a reason.", "Ann <ann@example.com>")


def test_what_is_not_committed_is_said(tmp_path: Path) -> None:
    folder = builtin_pipeline(tmp_path / "playground").parent
    (folder / "new.txt").write_text("new")

    bundle = pack(folder, tmp_path)

    assert bundle.notes == (f"{folder}: what is not committed is not in the job's clone: new.txt.",)


def test_a_folder_without_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not a Git repository\. Make one"):
        pack(tmp_path, tmp_path)


def test_a_repository_without_commit_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init")

    with pytest.raises(UsageError, match="the repository has no commit yet, and the job clones a commit"):
        pack(tmp_path, tmp_path)
