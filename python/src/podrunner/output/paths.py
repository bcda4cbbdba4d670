"""Paths as people type them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A folder, or a file in a worktree.
_GIT = ".git"


def shown_path(path: Path) -> str:
    """A path as people type it: relative when it is below the current directory."""
    here = os.getcwd()  # noqa: PTH109 -- for each of thousands of findings, and a Path takes its time
    beginning = os.path.join(here, "")  # noqa: PTH118
    for absolute in _places(path, here):
        if os.path.join(absolute, "").startswith(beginning):  # noqa: PTH118
            return absolute[len(beginning) :] or "."
    return os.path.normpath(path)


def _places(path: Path, here: str) -> Iterator[str]:
    # The file behind a link may be elsewhere: what counts is where the name leads, then where the file is.
    yield os.path.normpath(os.path.join(here, path))  # noqa: PTH118
    yield os.path.realpath(path)


def folders_of_repository(folder: Path) -> list[Path]:
    """A folder and those around it up to the top of its Git repository; outside of one the folder alone."""
    around = [folder.resolve(), *folder.resolve().parents]
    top = next((number for number, one in enumerate(around) if (one / _GIT).exists()), 0)
    return around[: top + 1]
