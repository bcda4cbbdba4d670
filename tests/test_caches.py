"""What is kept in memory: a file that changes on disk is read anew by whoever opens its chart again."""

from __future__ import annotations

import ast
from pathlib import Path

import podrunner

PACKAGE = Path(podrunner.__file__).parent
CACHES = {"cache", "lru_cache"}


def test_no_cache_goes_by_a_path_or_a_chart() -> None:
    wrong = [
        f"{file.relative_to(PACKAGE)}: {function.name}({argument.arg})"
        for file in sorted(PACKAGE.rglob("*.py"))
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and any(is_cache(one) for one in function.decorator_list)
        for argument in [*function.args.args, *function.args.kwonlyargs]
        if argument.annotation and {"Path", "FilePath", "Chart"} & set(ast.unparse(argument.annotation).split(" | "))
    ]

    assert wrong == []


def is_cache(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(name, ast.Name) and name.id in CACHES
