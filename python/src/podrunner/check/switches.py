"""The keys that would give effect to a value that has none, by what stands around it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import dotted, parse_dotted, value_at
from podrunner.schema.parts import parts_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.path import Path as Parts

# What a part of values does nothing without.
_CHOICES = ("type", "source")
_NEEDED = ("name", "repository")
# What stands for a value that takes any text in the schema, and for all but one.
_ANY = None
_NOT = "not"
_NOWHERE = object()


def find_switches(path: Parts, values: Mapping[str, Any], schema: dict[str, Any]) -> str:
    """What has to be set so that a value at `path` is used, as `KEY: VALUE and KEY`; empty where nothing says so.

    Every `enabled` around it that is false, and what the schema says under `x-needs` unless it holds already. Without
    these the nearest of the maps around it says it: a `create` that is false, a choice such as `type` that does not
    name this part, a `name` that is empty.
    """
    around = _around(path, values)
    # The one at the top is for charts that have this one as a dependency.
    inner = [(at, here) for at, here in around if at and path[len(at)] != "enabled"]
    off = [_on((*at, "enabled")) for at, here in inner if here.get("enabled") is False]
    if found := dict.fromkeys([*off, *_unmet_of_all(path, values, schema)]):
        return (", and " if any(" or " in one or " but " in one for one in found) else " and ").join(found)
    for at, here in reversed(around):
        if switch := _switch(here, at, path[len(at)], schema):
            return switch
    return ""


def _around(path: Parts, values: Mapping[str, Any]) -> list[tuple[Parts, Mapping[str, Any]]]:
    """The maps around a value with their paths, the outermost first."""
    found: list[tuple[Parts, Mapping[str, Any]]] = []
    here: Any = values
    for depth, name in enumerate(path):
        if not isinstance(here, dict):
            break
        found.append((path[:depth], here))
        here = here.get(name)
    return found


def _on(path: Parts) -> str:
    return f"{dotted(path)}: true"


@dataclass(frozen=True, slots=True)
class _Need:
    """One key that a value may need: `key` as the schema calls it, `near` as it is called around the value.

    `wanted` is a value, a list of them, `{"not": VALUE}`, or None for anything that is not empty. `own` is how the runner
    calls it that has another one than all, empty where none has.
    """

    key: Parts
    near: Parts
    wanted: Any
    own: Parts = ()

    def is_met(self, values: Mapping[str, Any]) -> bool:
        """Whether it is so already; what a runner does not say, it has from what all runners have."""
        value = next(
            (one for place in (self.own or self.near, self.key) if (one := value_at(values, place)) is not None), None
        )
        if self.wanted is None:
            return value not in (None, "", [], {})
        if isinstance(self.wanted, dict):
            return bool(value != self.wanted["not"])
        return value in self._options

    @property
    def text(self) -> str:
        """The rest of a sentence that begins with `Set`."""
        name = dotted(self.own or self.near)
        if self.wanted is None:
            return name
        if isinstance(self.wanted, dict):
            return f"{name} to anything but {self.wanted['not']}"
        return f"{name}: {_either([one if one and isinstance(one, str) else json.dumps(one) for one in self._options])}"

    @property
    def _options(self) -> list[Any]:
        return self.wanted if isinstance(self.wanted, list) and self.wanted else [self.wanted]


def overriding(path: Parts, values: Mapping[str, Any]) -> list[Parts]:
    """The values of runners that are used instead of one for all of them: one for each runner, or none at all."""
    found = [own for name in _runners(values) if (own := _own(path, name)) and value_at(values, own) is not None]
    return found if len(found) == len(_runners(values)) else []


def _own(path: Parts, runner: str) -> Parts:
    """How a runner calls what all runners have at a path; empty where it has no such key."""
    if path[0] == "podman":
        return ("runners", runner, *path)
    if path[:2] == ("jobs", "serviceAccount"):
        # A runner's own takes the place of all of it.
        return ("runners", runner, "serviceAccount")
    return ("runners", runner, *path[1:]) if path[:2] == ("jobs", "config") else ()


def _runners(values: Mapping[str, Any]) -> list[str]:
    runners = values.get("runners")
    return sorted(runners) if isinstance(runners, dict) else []


def _unmet_of_all(path: Parts, values: Mapping[str, Any], schema: dict[str, Any]) -> list[str]:
    """What is not so of any runner: where each has a key of its own, that of the first one."""
    runners = _runners(values) if path[0] == "podman" else []
    if not runners:
        return _unmet(path, values, schema)
    found = [_unmet(path, values, schema, name) for name in runners]
    return found[0] if all(found) else []


def _unmet(path: Parts, values: Mapping[str, Any], schema: dict[str, Any], runner: str = "") -> list[str]:
    """What `x-needs` asks for and is not so; of several maps that ask for one key, what the nearest says.

    `runner` is the one of which it is asked, where it may have other values than all.
    """
    asked: set[Parts] = set()
    found: list[str] = []
    for length in range(len(path), 0, -1):
        needs = ([_of_runner(one, values, runner) for one in need] for need in _needs(path[:length], path, schema))
        here = [need for need in needs if not asked & {one.near for one in need}]
        unmet = [need for need in here if not any(one.is_met(values) for one in need)]
        asked |= {one.near for need in unmet for one in need}
        # The outermost first: nothing within does anything before it is so.
        found = [*(_either([one.text for one in need]) for need in unmet), *found]
    return found


def _needs(at: Parts, path: Parts, schema: dict[str, Any]) -> Iterator[tuple[_Need, ...]]:
    """What the part at `at` needs for the value at `path`: of each, one key is enough."""
    for part in parts_at(at, schema):
        said = part.get("x-needs", [])
        for need in said if isinstance(said, list) else [said]:
            keys = [(parse_dotted(name), wanted) for name, wanted in need.items()]
            found = tuple(_Need(key, _near(key, path), wanted) for key, wanted in keys)
            # No key needs itself.
            if path not in {one.near for one in found}:
                yield found


def _of_runner(need: _Need, values: Mapping[str, Any], runner: str) -> _Need:
    own = _own(need.near, runner) if runner else ()
    return replace(need, own=own) if own and value_at(values, own) is not None else need


def _either(texts: list[str]) -> str:
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _near(key: Parts, path: Parts) -> Parts:
    """A key of `podman` as the runner calls it whose `podman` a value stands in."""
    starts = [index for index, name in enumerate(path) if name == key[0]]
    return (*path[: starts[-1]], *key) if starts else key


def _switch(here: Mapping[str, Any], at: Parts, below: str | int, schema: dict[str, Any]) -> str:
    if here.get("create") is False and below != "create":
        return _on((*at, "create"))
    for key in _CHOICES:
        if key in here and key != below:
            if (
                here[key] != below
                and isinstance(here.get(str(below)), dict)
                and _is_choice(here, (*at, key), below, schema)
            ):
                return f"{dotted((*at, key))}: {below}"
            if here[key] == "":
                return dotted((*at, key))
    empty = [key for key in _NEEDED if here.get(key) == "" and key != below]
    return dotted((*at, empty[0])) if empty else ""


def _is_choice(here: Mapping[str, Any], path: Parts, below: str | int, schema: dict[str, Any]) -> bool:
    """Whether a key may name the part `below` beside it: the schema says so, or the part that it names now is there."""
    allowed = [one for part in parts_at(path, schema) for one in part.get("enum", [])]
    return below in allowed if allowed else here[str(path[-1])] in ("", *here)
