"""How Helm lays values over each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from podrunner.findings.path import value_at


class Whole(dict[str, Any]):
    """A map that `--set-json affinity={…}` gives: it takes the place of the one below, and is not merged with it."""


class Items(list[Any]):
    """Items of a list that `--set mirrors[0].location=x` names. `gaps` are those before that it does not: they stay."""

    def __init__(self, items: Iterable[Any], gaps: Iterable[int] = ()) -> None:
        super().__init__(items)
        self.gaps = frozenset(gaps)


def merge(*values: Mapping[str, Any]) -> dict[str, Any]:
    """Values files one over the other, as several `-f`: maps key by key, all else replaced, null kept.

    Whole maps are replaced, too. Items change those of a list below them, and leave the others as they are.
    """
    result: dict[str, Any] = {}
    for layer in values:
        for key, value in layer.items():
            below = result.get(key)
            if isinstance(value, Mapping) and isinstance(below, Mapping) and not isinstance(value, Whole):
                value = merge(below, value)
            elif isinstance(value, Items):
                value = _changed(below if isinstance(below, list) else [], value)
            result[key] = value
    return result


def _changed(below: list[Any], items: Items) -> list[Any]:
    """The list with its named items merged into those that are there; behind its end, null fills gaps as in Helm."""
    result = [*below, *[None] * (len(items) - len(below))]
    for index, item in enumerate(items):
        if index not in items.gaps:
            result[index] = merge({"item": result[index]}, {"item": item})["item"]
    return result


def nested(path: Sequence[str | int], value: Any) -> dict[str, Any]:
    """Maps around a value, so that it is at a path, which has a part."""
    for part in reversed(path):
        value = {part: value}
    found: dict[str, Any] = value
    return found


def coalesce(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values over the chart's defaults, as an install of Helm 4 does.

    A null removes the default of that key; a default that is null itself is not there at all.
    """
    for_null = {key: None for key, default in defaults.items() if default is None and key in values}
    result = _lay_over(defaults, values)
    # Only at the top does Helm also remove a null that meets a null default.
    return {key: value for key, value in result.items() if not (key in for_null and value is None)}


def fill_in(values: dict[str, Any], maps: Iterable[Mapping[str, Any]]) -> None:
    """Put defaults where keys of values are missing or null: of each of some `maps` the `keys`, in the map `at` a path.

    As a chart does itself whose templates need the keys: podrunner.values of chart/templates/release/_values.tpl.
    """
    for one in maps:
        around = value_at(values, one["at"])
        for key, default in one["keys"].items() if isinstance(around, dict) else ():
            if around.get(key) is None:
                around[key] = deepcopy(default)


def _lay_over(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(values)
    for key, default in defaults.items():
        if default is None:
            continue
        if key not in result:
            result[key] = _lay_over(default, {}) if isinstance(default, Mapping) else default
        elif result[key] is None:
            del result[key]
        elif isinstance(default, Mapping) and isinstance(result[key], Mapping):
            result[key] = _lay_over(default, result[key])
    return result
