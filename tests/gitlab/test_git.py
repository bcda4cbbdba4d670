"""Repositories go in as bundles and come out by git itself."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from podrunner.gitlab.repository import Bundle
from podrunner.smoke.repository import pack

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Client

pytestmark = pytest.mark.process

QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}


def git(*args: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    place = ["-C", str(folder)] if folder else []
    command = ["git", *place, *map(str, args)]
    return subprocess.run(command, env=os.environ | QUIET, capture_output=True, text=True, check=False)


def send(stand_in: Client, bundle: Bundle, project: str = "group/project") -> int:
    shallow = "".join(f"&shallow={commit}" for commit in bundle.shallow)
    path = f"repositories/{project}?branch={bundle.commit.branch}{shallow}"
    return stand_in.control("PUT", path, bundle.data).status


def with_token(stand_in: Client, token: str) -> str:
    return stand_in.url.replace("//", f"//gitlab-ci-token:{token}@") + "/group/project.git"


def test_a_job_clones_five_of_six_commits(stand_in: Client, builtin: Bundle, tmp_path: Path) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)

    done = git("clone", "--quiet", "--depth", "5", with_token(stand_in, "job-7"), tmp_path / "clone")

    assert (done.returncode, done.stderr) == (0, "")
    assert git("rev-list", "--count", "HEAD", folder=tmp_path / "clone").stdout == "5\n"
    assert git("rev-parse", "HEAD", folder=tmp_path / "clone").stdout == f"{builtin.commit.sha}\n"
    assert (tmp_path / "clone" / "Dockerfile").is_file()


def test_a_job_can_fetch_its_commit_by_its_id(stand_in: Client, builtin: Bundle, tmp_path: Path) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)
    git("init", "--quiet", tmp_path / "clone")

    done = git(
        "fetch", "--quiet", "--depth", "1", with_token(stand_in, "job-7"), builtin.commit.sha, folder=tmp_path / "clone"
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("token", ["job-8", ""])
def test_without_the_jobs_token_there_is_no_clone(
    stand_in: Client, builtin: Bundle, tmp_path: Path, token: str
) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)

    done = git("clone", "--quiet", with_token(stand_in, token), tmp_path / "clone")

    assert done.returncode == 128
    assert "Authentication failed" in done.stderr or "could not read" in done.stderr


def test_the_token_of_a_job_that_is_over_opens_nothing(stand_in: Client, builtin: Bundle, tmp_path: Path) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)
    stand_in.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "success"})

    done = git("clone", "--quiet", with_token(stand_in, "job-7"), tmp_path / "clone")

    assert done.returncode == 128


def test_a_job_cannot_push(stand_in: Client, builtin: Bundle, tmp_path: Path) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)
    git("clone", "--quiet", with_token(stand_in, "job-7"), tmp_path / "clone")

    done = git("push", "--quiet", "origin", "HEAD:other", folder=tmp_path / "clone")

    assert done.returncode == 128
    assert "403" in done.stderr


def test_a_shallow_repository_can_be_sent(stand_in: Client, builtin: Bundle, tmp_path: Path) -> None:
    send(stand_in, builtin)
    stand_in.queue(7)
    git("clone", "--quiet", "--depth", "3", with_token(stand_in, "job-7"), tmp_path / "shallow")
    bundle = pack(tmp_path / "shallow", tmp_path)

    status = send(stand_in, bundle, "group/shallow")
    url = f"{stand_in.url}/group/shallow.git"
    stand_in.queue(8, git_info={"repo_url": url})
    done = git("clone", "--quiet", url.replace("//", "//gitlab-ci-token:job-8@"), tmp_path / "clone")

    assert (bundle.commits, status) == (3, 201)
    assert (done.returncode, done.stderr) == (0, "")
    assert git("rev-list", "--count", "HEAD", folder=tmp_path / "clone").stdout == "3\n"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("repositories/../../etc/x", "'../../etc/x' is not a project path such as group/project"),
        ("repositories/project", "'project' is not a project path such as group/project"),
        ("repositories/group/project?branch=--upload-pack=x", "'--upload-pack=x' is not a valid branch name"),
        ("repositories/group/project?branch=a..b", "'a..b' is not a valid branch name"),
        ("repositories/group/project?shallow=HEAD", "a commit id has 40 hexadecimal digits"),
    ],
)
def test_names_that_could_be_paths_or_options_are_refused(stand_in: Client, path: str, message: str) -> None:
    answer = stand_in.control("PUT", path, b"bundle")

    assert (answer.status, answer.json) == (400, {"message": message})


def test_what_is_no_bundle_is_refused_with_gits_reason(stand_in: Client) -> None:
    answer = stand_in.control("PUT", "repositories/group/project", b"not a bundle")

    assert answer.status == 400
    assert "does not look like a v2 or v3 bundle file" in answer.json["message"]
