"""Every key that GitLab Runner reads from config.toml, from keys.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.formats.runner_version import is_older

if TYPE_CHECKING:
    from collections.abc import Mapping

# Beside this file: importlib.resources takes longer to import than the table to read.
_FILE = Path(__file__).with_name("keys.json")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `type` in the words of keys.json (`array of tables`, `table of string -> string`, …).

    `zero_is_unset`: false, 0 and "" are the same as a key that is not there. `variable`: what `gitlab-runner register`
    takes the key from. `since`: first minor release that reads it, empty when that is before 15.0 or not known.
    `documented`: where it is announced, for a key that this project never saw in a source or a build.
    """

    name: str
    type: str
    enum: tuple[str, ...] = ()
    format: str = ""
    required: bool = False
    deprecated: bool = False
    secret: bool = False
    zero_is_unset: bool = True
    variable: str = ""
    since: str = ""
    documented: str = ""
    children: dict[str, Key] = field(default_factory=dict)

    def find(self, name: str) -> Key | None:
        """The child the runner would take for a name: the exact one, else one that differs only in case."""
        exact = self.children.get(name)
        return exact or next((key for key in self.children.values() if key.name.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class KeyTable:
    """All of keys.json. `removed` is old name → entry, `flags` is feature flag → entry.

    `known_until` is the newest minor release whose keys these are.
    """

    root: Key
    removed: dict[str, dict[str, Any]]
    flags: dict[str, dict[str, Any]]
    known_until: str

    def flag_is_read(self, name: str, version: str) -> bool:
        """Whether a runner of this version knows a feature flag already."""
        return not is_older(version, self.flags.get(name, {}).get("since", ""))

    def runner_as_read(self, runner: Mapping[str, Any], version: str) -> dict[str, Any]:
        """A table of `[[runners]]` without the keys that a runner of this version does not read yet."""
        return _as_read(runner, self.root.children["runners"], version)


def _as_read(values: Mapping[str, Any], key: Key, version: str) -> dict[str, Any]:
    read = {}
    for name, value in values.items():
        child = key.find(name)
        if child and is_older(version, child.since):
            continue
        if child and isinstance(value, dict):
            value = _as_read(value, child, version)
        elif child and isinstance(value, list):
            value = [_as_read(one, child, version) if isinstance(one, dict) else one for one in value]
        read[name] = value
    return read


@lru_cache
def load_keys() -> KeyTable:
    """keys.json, read once."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    root = Key("", "table", children=_children(data["keys"]))
    removed = {entry["name"]: entry for entry in data["removed_or_renamed"]}
    return KeyTable(
        root, removed, {flag["name"]: flag for flag in data["feature_flags"]}, data["source"]["known_until"]
    )


def _children(entries: list[dict[str, Any]]) -> dict[str, Key]:
    return {entry["key"]: _key(entry) for entry in entries}


def _key(entry: dict[str, Any]) -> Key:
    return Key(
        name=entry["key"],
        type=entry["type"],
        enum=tuple(entry.get("enum") or entry.get("enum_values") or ()),
        format=entry.get("format", ""),
        required=entry.get("required", False),
        deprecated=entry.get("deprecated", False),
        secret=entry.get("secret", False),
        zero_is_unset=not entry.get("unset_differs_from_zero", False),
        variable=entry.get("register_env", ""),
        since=entry.get("since", ""),
        documented=entry.get("documented", ""),
        children=_children(entry.get("children", [])),
    )
