"""Values of runners that GitLab's chart read until 0.52, as the keys of [[runners]] that they stood for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import value_at
from podrunner.importing.change import Fate
from podrunner.importing.official.version import LAST_WITH_OLD_KEYS, parts
from podrunner.manifests.objects import maps
from podrunner.runner.keys import Key, load_keys

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.importing.official.values import Official

# By the first word that the type of a key has.
_TYPES: dict[str, tuple[type, ...]] = {
    "table": (dict,),
    "boolean": (bool,),
    "integer": (int,),
    "string": (str, list),
}


def take_old_key(official: Official, path: Path, value: Any, was: str) -> None:
    """Write an old key where it belongs, as long as the chart of this file may have read it."""
    version = parts(official.version)
    if version and version > LAST_WITH_OLD_KEYS:
        message = f"GitLab's chart {official.version} does not read it: runners.<name>.config.{was} would do it here."
        official.changes.add(Fate.REMOVED, path, message)
        return
    below: Path = tuple(was.split("."))
    wanted, written = _key(below).type, _as_key(below, value)
    if not isinstance(written, next(kinds for name, kinds in _TYPES.items() if name in wanted)):
        message = f"is not a value that GitLab's chart took: runners.<name>.config.{was} is of the type {wanted}."
        official.changes.add(Fate.REMOVED, path, message)
        return
    official.old[below] = (path, written)
    official.moved[path] = ("runners", "default", "config", *below)


def lay_old_keys(official: Official, runner: dict[str, Any]) -> None:
    """Put the old keys into a [[runners]] table: until 0.52 they won over it. Where the version is not known, it wins."""
    version = parts(official.version)
    for below, (path, value) in official.old.items():
        there = value_at(runner, below)
        if official.config is not None and not version and there is not None and there != value:
            message = f"runners.config says {'.'.join(map(str, below))}, too, and counts: GitLab's chart has not read this since 0.53."
            official.changes.add(Fate.REMOVED, path, message)
            continue
        here = runner
        for name in below[:-1]:
            here = here.setdefault(str(name), {})
        here[str(below[-1])] = value
        more = "" if version else " GitLab's chart reads it until 0.52: if yours is newer, leave the key out."
        official.changes.add(Fate.CHANGED, path, f"is runners.<name>.config.{'.'.join(map(str, below))}.{more}")


def _as_key(below: Path, value: Any) -> Any:
    """A value as config.toml writes it."""
    key = _key(below)
    if below[-1] == "node_tolerations":
        return {_toleration(one): str(one.get("effect", "")) for one in maps(value)}
    if below == ("environment",) and isinstance(value, dict):
        return [f"{name}={text}" for name, text in value.items()]
    if isinstance(value, dict) and "table" in key.type and "string" in key.type:
        return {str(name): _plain(item) for name, item in value.items()}
    if key.type == "boolean" and isinstance(value, str):
        return value.lower() in ("1", "t", "true")
    if key.type == "integer" and isinstance(value, str) and value.strip().isdigit():
        return int(value)
    if key.type == "string" and not isinstance(value, (dict, list)):
        return _plain(value)
    if isinstance(value, list):
        return [item.get("name") if isinstance(item, dict) else item for item in value]
    return value


def _key(below: Path) -> Key:
    key = load_keys().root.children["runners"]
    for name in below:
        key = key.children[str(name)]
    return key


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toleration(one: dict[str, Any]) -> str:
    key, value = str(one.get("key", "")), one.get("value")
    return f"{key}={value}" if value not in (None, "") else key
