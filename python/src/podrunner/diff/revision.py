"""Folders and files as they were at a git revision. Nothing in the repository is touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from podrunner.findings.errors import UsageError


def repository_of(folder: Path) -> Path | None:
    """The top folder of the git repository around a folder; None when there is none.

    Raises UsageError without git, and when git does not trust the folder.
    """
    done = _git(folder, "rev-parse", "--show-toplevel")
    if b"dubious ownership" in done.stderr:
        raise UsageError(
            f"{folder}: git does not read a repository of another user. "
            f"Allow it with `git config --global --add safe.directory {folder.resolve()}`."
        )
    return Path(done.stdout.decode().rstrip("\n")).resolve() if done.returncode == 0 else None


def is_shallow(repository: Path) -> bool:
    """Whether a clone leaves old commits out, as those of CI often do."""
    return _git(repository, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def is_revision(repository: Path, text: str) -> bool:
    """Whether git knows a commit by this name."""
    return bool(text) and _commit(repository, text) is not None


def extract_path(repository: Path, revision: str, path: str, scratch: Path, *, asked: str) -> Path:
    """A folder or file of a revision, below `scratch`. `path` is relative to the repository's top.

    Raises UsageError when the revision does not have it.
    """
    commit = _commit(repository, revision)
    done = _git(repository, "archive", "--format=tar", str(commit), "--", path)
    if done.returncode:
        reason = f"revision {revision} of {repository} has no {path}."
        raise UsageError(
            f"{asked}: {reason} Write REVISION:PATH with the path it had there, or give the chart by --chart."
        )
    target = scratch / str(commit)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(target, filter="data")
    return target / path


def _commit(repository: Path, revision: str) -> str | None:
    done = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("There is no program `git` on PATH, which is asked for revisions. Install it.") from None
