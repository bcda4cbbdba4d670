"""Git repositories: taken in as bundles, given out over smart HTTP by git's own CGI program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROJECT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class RepositoryError(Exception):
    """A repository cannot be taken in; the text says why."""


@dataclass(frozen=True, slots=True)
class CgiRequest:
    """What git's CGI program has to know of an HTTP request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Repositories:
    """Bare repositories below one folder, `<root>/<project path>.git`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)

    def receive(self, project: str, branch: str, bundle: bytes, shallow: tuple[str, ...] = ()) -> None:
        """Makes the repository of `project`, whose `branch` is the HEAD of a Git bundle.

        `shallow` are the commits whose parents are not in the bundle. Raises RepositoryError.
        """
        if not PROJECT.fullmatch(project):
            raise RepositoryError(f"{project!r} is not a project path such as group/project")
        try:
            self._git("check-ref-format", "--branch", branch)
        except RepositoryError:
            raise RepositoryError(f"{branch!r} is not a valid branch name") from None
        if not all(COMMIT.fullmatch(commit) for commit in shallow):
            raise RepositoryError("a commit id has 40 hexadecimal digits")
        folder = self.root / f"{project}.git"
        if folder.exists():
            raise RepositoryError(f"there is a repository {project} already")
        try:
            self._unbundle(folder, branch, bundle, shallow)
        except RepositoryError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _unbundle(self, folder: Path, branch: str, bundle: bytes, shallow: tuple[str, ...]) -> None:
        self._git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(folder))
        # As GitLab has it: a job may fetch the commit it was made for, whatever has become of the branch.
        self._git("-C", str(folder), "config", "uploadpack.allowAnySHA1InWant", "true")
        if shallow:
            (folder / "shallow").write_text("".join(f"{commit}\n" for commit in shallow), encoding="ascii")
        with tempfile.NamedTemporaryFile(dir=self.root, suffix=".bundle") as file:
            file.write(bundle)
            file.flush()
            self._git("bundle", "list-heads", file.name)
            self._git("-C", str(folder), "fetch", "--quiet", file.name, f"+HEAD:refs/heads/{branch}")

    def project_of(self, path: str) -> tuple[str, str]:
        """The project and the rest of a path such as `/group/project.git/info/refs`; empty when it names none."""
        head, found, rest = path.lstrip("/").partition(".git/")
        return (head, "/" + rest) if found and (self.root / f"{head}.git").is_dir() else ("", "")

    def serve(self, request: CgiRequest) -> tuple[int, list[tuple[str, str]], subprocess.Popen[bytes]]:
        """Starts git's CGI program: status, headers, and the process, the rest of whose output is the body."""
        process = subprocess.Popen(
            ["git", "http-backend"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment(request),
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        process.stdin.write(request.body)
        process.stdin.close()
        status, headers = _read_headers(process.stdout)
        return status, headers, process

    def _environment(self, request: CgiRequest) -> dict[str, str]:
        header = {key.lower(): value for key, value in request.headers.items()}
        return self._git_environment() | {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "CONTENT_TYPE": header.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": header.get("content-encoding", ""),
            "GIT_PROTOCOL": header.get("git-protocol", ""),
        }

    def _git_environment(self) -> dict[str, str]:
        # No configuration but ours: the user of the pod has no home, and its system may say anything.
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }

    def _git(self, *args: str) -> None:
        done = subprocess.run(
            ["git", *args], env=self._git_environment(), capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode != 0:
            raise RepositoryError(f"git: {done.stderr.strip()}")


def _read_headers(output: IO[bytes]) -> tuple[int, list[tuple[str, str]]]:
    status, headers = 200, []
    for line in iter(output.readline, b""):
        name, _, value = line.decode("latin-1").strip().partition(": ")
        if not name:
            break
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers.append((name, value))
    return status, headers
