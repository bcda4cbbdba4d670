"""The syntax tree of every module of the package, for tests that hold in all of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import podrunner

PACKAGE = Path(podrunner.__file__).parent


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """(path below the package, syntax tree), read once in a process."""
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    )
