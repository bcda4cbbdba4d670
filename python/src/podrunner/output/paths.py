"""Paths as people type them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def shown_path(path: Path) -> str:
    """A path as people type it: relative when it is below the current directory."""
    return _shown(path, Path.cwd())


@lru_cache(maxsize=4096)
def _shown(path: Path, here: Path) -> str:
    # The file behind a link may be elsewhere: what counts is where the name leads, then where the file is.
    for absolute in (Path(os.path.normpath(here / path)), path.resolve()):
        if absolute.is_relative_to(here):
            return str(absolute.relative_to(here))
    return os.path.normpath(path)
