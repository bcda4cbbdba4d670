"""`--set` and its kin, parsed by Helm itself."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.findings.path import dotted, value_at
from podrunner.formats.placed import Values
from podrunner.values.merge import Items, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.findings.path import Part


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the options: Helm's function for it, what is to be written, and what stands for a value."""

    parser: str
    form: str
    filler: str


# In the order in which Helm lays them over each other, whatever the order of the command line.
_KINDS = {
    "--set-json": _Kind("parse_set_json", "key.path=JSON, or a JSON object", "0"),
    "--set": _Kind("parse_set_string", "key.path=value", "0"),
    "--set-string": _Kind("parse_set_string_values", "key.path=value", "0"),
    "--set-file": _Kind("parse_set_file", "key.path=FILE", os.devnull),
    "--set-literal": _Kind("parse_set_literal", "key.path=text", "0"),
}
OPTIONS = tuple(_KINDS)
# A key that nobody gives a value.
_PROBE = "podrunner-probe"


def parse_set(expressions: Iterable[str], option: str = "--set") -> list[Values]:
    """One layer for each expression of an option. Raises UsageError."""
    return [Values(_parse(option, expression), f"{option} {expression}") for expression in expressions]


def parse_settings(expressions: Mapping[str, Iterable[str]]) -> list[Values]:
    """The layers of all expressions, by option, lowest first. Raises UsageError."""
    return [layer for option in OPTIONS for layer in parse_set(expressions.get(option, ()), option)]


def _parse(option: str, expression: str) -> Any:
    if option == "--set-json" and expression.lstrip().startswith("{"):
        return _json_object(expression)
    data = _ask_helm(option, expression, expression)
    return _placed(data, (), option, expression)


def _json_object(expression: str) -> Any:
    # Helm takes a whole object, too, but not by the function that it gives to others.
    try:
        return json.loads(expression, parse_constant=_refuse_constant)
    except ValueError as error:
        raise _wrong("--set-json", expression, f"not JSON: {error}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _ask_helm(option: str, text: str, expression: str) -> Any:
    import helm_python

    try:
        return getattr(helm_python, _KINDS[option].parser)(text)
    except helm_python.HelmError as error:
        raise _wrong(option, expression, str(error.detail)) from None
    except UnicodeEncodeError:
        # Bytes of the command line that are not in the encoding of the locale.
        raise _wrong(option, ascii(expression)[1:-1], "not text in UTF-8") from None


def _wrong(option: str, expression: str, reason: str) -> UsageError:
    return UsageError(f"{option} {expression}: {reason}. Write {_KINDS[option].form}.")


def _placed(value: Any, path: tuple[Part, ...], option: str, expression: str) -> Any:
    """The value with lists that are written item by item (`mirrors[0].location=x`) as Items, and whole maps as Whole."""
    if isinstance(value, dict):
        # Only JSON can give a map; all others make it around a key.
        if path and option == "--set-json" and not _stays((*path, _PROBE), option, expression):
            return Whole(value)
        return {key: _placed(item, (*path, key), option, expression) for key, item in value.items()}
    if isinstance(value, list) and _stays((*path, len(value)), option, expression):
        items = [_placed(item, (*path, index), option, expression) for index, item in enumerate(value)]
        empty = (index for index, item in enumerate(items) if item is None)
        return Items(items, [index for index in empty if _is_gap((*path, index), option, expression)])
    return value


def _is_gap(path: tuple[Part, ...], option: str, expression: str) -> bool:
    """Whether an item that is null is not named at all: then one that is written before the expression stays."""
    return _written_before(path, path, option, expression) is not None


def _stays(path: tuple[Part, ...], option: str, expression: str) -> bool:
    """Whether something that is written before the expression is there after it: then what is around is not replaced."""
    around = _written_before(path, path[:-1], option, expression)
    if isinstance(around, list):
        return path[-1] in range(len(around))
    return isinstance(around, dict) and path[-1] in around


def _written_before(path: tuple[Part, ...], shown: tuple[Part, ...], option: str, expression: str) -> Any:
    """What stands at `shown` when something is written to `path` first; None when Helm cannot do both."""
    try:
        both = _ask_helm(option, f"{dotted(path)}={_KINDS[option].filler},{expression}", expression)
    except UsageError:
        return None
    return value_at(both, shown)
