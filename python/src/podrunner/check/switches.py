"""The key that would give effect to a value that has none, by what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import dotted
from podrunner.schema.parts import parts_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.path import Path as Parts

# What turns a part of values on, and what a part does nothing without.
_SWITCHES = ("enabled", "create")
_CHOICES = ("type", "source")
_NEEDED = ("name", "repository")


def find_switch(path: Parts, values: Mapping[str, Any], schema: dict[str, Any]) -> str:
    """`KEY: VALUE` or `KEY`, to be set so that a value at `path` is used; empty when nothing says so.

    What the schema says under `x-needs`. Else of the maps around it the nearest that has a switch which is off:
    `enabled` or `create`, a choice such as `type` that names another part or none, a `name` that is empty.
    """
    for length in range(len(path), 0, -1):
        for part in parts_at(path[:length], schema):
            if needs := part.get("x-needs"):
                return str(needs)
    around: list[Any] = [values]
    for name in path[:-1]:
        around.append(around[-1].get(name) if isinstance(around[-1], dict) else None)
    for depth in range(len(path) - 1, -1, -1):
        here = around[depth]
        if isinstance(here, dict) and (found := _switch(here, path[:depth], path[depth])):
            return found
    return ""


def _switch(here: Mapping[str, Any], at: Parts, below: str | int) -> str:
    for key in _SWITCHES:
        if here.get(key) is False and key != below:
            return f"{dotted((*at, key))}: true"
    for key in _CHOICES:
        if key in here and key != below and here[key] != below and isinstance(here.get(str(below)), dict):
            return f"{dotted((*at, key))}: {below}"
        if here.get(key) == "" and key != below:
            return dotted((*at, key))
    empty = [key for key in _NEEDED if here.get(key) == "" and key != below]
    return dotted((*at, empty[0])) if empty else ""
