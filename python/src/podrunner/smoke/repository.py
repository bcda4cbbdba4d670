"""The Git repository that the job clones: the built-in one or the user's own, packed as a bundle."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

from podrunner.findings.errors import UsageError
from podrunner.gitlab.repository import Bundle, Commit

PIPELINE_FILE = ".gitlab-ci.yml"
BRANCH = "main"
# One commit each, so that a clone of depth 5 is a shallow one.
_HISTORY = (".gitignore", "README.md", "go.mod", "main.go", "Dockerfile", PIPELINE_FILE)
_FIELDS = "%H%n%an <%ae>%n%cI%n%B"


def builtin_pipeline(folder: Path) -> Path:
    """The built-in repository, made in `folder` with its history; gives the path of its pipeline."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", f"--initial-branch={BRANCH}")
    with as_file(files("podrunner.smoke") / "builtin" / "repository") as source:
        for name in _HISTORY:
            shutil.copyfile(source / name, folder / name)
            _git(folder, "add", "--", name)
            _git(folder, "commit", "--quiet", "--message", f"Add {name}")
    return folder / PIPELINE_FILE


def find_repository(path: Path) -> Path | None:
    """The top folder of the repository that `path`, a folder, is in; None when it is in none."""
    done = _run(path, "rev-parse", "--show-toplevel")
    # The name in the encoding of the file system, which need not be that of git's output.
    name = os.fsdecode(done.stdout.rstrip("\n").encode("utf-8", "surrogateescape"))
    return Path(name) if done.returncode == 0 else None


def pack(folder: Path, temporary: Path) -> Bundle:
    """The commit that `folder` has checked out, with its history.

    `temporary` is a folder for a file of the bundle's size. Raises UsageError when there is no repository or no commit.
    """
    top = find_repository(folder)
    if top is None:
        raise UsageError(f"{folder}: not a Git repository. Make one (git init, git add, git commit) or give another.")
    if _run(top, "rev-parse", "--verify", "--quiet", "HEAD").returncode != 0:
        raise UsageError(f"{top}: the repository has no commit yet, and the job clones a commit.")
    file = temporary / "repository.bundle"
    _git(top, "bundle", "create", "--quiet", str(file), "HEAD")
    shallow_file = top / _git(top, "rev-parse", "--git-path", "shallow").strip()
    return Bundle(
        name=re.sub(r"[^A-Za-z0-9]+", "-", top.name).strip("-") or "repository",
        data=file.read_bytes(),
        commit=_commit(top),
        commits=int(_git(top, "rev-list", "--count", "HEAD")),
        shallow=tuple(shallow_file.read_text(encoding="ascii").split()) if shallow_file.is_file() else (),
        notes=_notes(top),
    )


def _commit(top: Path) -> Commit:
    sha, author, timestamp, message = _git(top, "log", "-1", f"--format={_FIELDS}").split("\n", 3)
    branch = _run(top, "symbolic-ref", "--short", "--quiet", "HEAD").stdout.strip()
    return Commit(sha, branch or BRANCH, message.strip(), author, timestamp)


def _notes(top: Path) -> tuple[str, ...]:
    changed = [line[3:] for line in _git(top, "status", "--porcelain").splitlines()]
    if not changed:
        return ()
    names = ", ".join(changed[:3]) + (", …" if len(changed) > 3 else "")
    return (f"{top}: what is not committed is not in the job's clone: {names}.",)


def _git(folder: Path, *args: str) -> str:
    done = _run(folder, *args)
    if done.returncode != 0:
        raise UsageError(f"git {args[0]} in {folder}: {done.stderr.strip()}")
    return done.stdout


def _run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    # The user's settings must not sign, hook or rename anything; who commits is not asked for.
    environment = os.environ | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER") for field, value in _IDENTITY.items()},
    }
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *args],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            # Of names that are not UTF-8 nothing is lost.
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("The smoke needs git, which is not installed (no `git` in PATH).") from None


_IDENTITY = {"NAME": "podrunner", "EMAIL": "podrunner@example.com", "DATE": "2024-10-01T12:00:00Z"}
