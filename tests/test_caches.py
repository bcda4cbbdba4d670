"""What is kept in memory: a file that changes on disk is read anew by whoever opens its chart again."""

from __future__ import annotations

import ast

from tests.sources import sources

CACHES = {"cache", "lru_cache"}


def test_no_cache_goes_by_a_path_or_a_chart() -> None:
    wrong = [
        f"{name}: {function.name}({argument.arg})"
        for name, tree in sources()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and any(is_cache(one) for one in function.decorator_list)
        for argument in [*function.args.args, *function.args.kwonlyargs]
        if argument.annotation and {"Path", "FilePath", "Chart"} & set(ast.unparse(argument.annotation).split(" | "))
    ]

    assert wrong == []


def is_cache(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(name, ast.Name) and name.id in CACHES
