"""`--set` expressions, parsed by Helm itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.findings.path import dotted
from podrunner.formats.placed import Values
from podrunner.values.merge import Items

if TYPE_CHECKING:
    from podrunner.findings.path import Part


def parse_set(expressions: list[str]) -> list[Values]:
    """One layer for each `--set` expression. Raises UsageError."""
    if not expressions:
        return []
    import helm_python

    layers = []
    for expression in expressions:
        try:
            data = helm_python.parse_set_string(expression)
        except helm_python.HelmError as error:
            raise UsageError(f"--set {expression}: {error.detail}. Write key.path=value.") from None
        layers.append(Values(_with_items(data, (), expression), f"--set {expression}"))
    return layers


def _with_items(value: Any, path: tuple[Part, ...], expression: str) -> Any:
    """The value with lists that are written item by item (`mirrors[0].location=x`) as Items."""
    if isinstance(value, dict):
        return {key: _with_items(item, (*path, key), expression) for key, item in value.items()}
    if isinstance(value, list):
        items = [_with_items(item, (*path, index), expression) for index, item in enumerate(value)]
        return Items(items) if f"{dotted(path)}[" in expression else items
    return value
