"""config.toml key by key: does GitLab Runner know it, and does it take this value?"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import (
    CONFIG_DEPRECATED,
    CONFIG_ENUM,
    CONFIG_FORMAT,
    CONFIG_REMOVED,
    CONFIG_REQUIRED,
    CONFIG_SECRET,
    CONFIG_TOML,
    CONFIG_TOO_NEW,
    CONFIG_TYPE,
    CONFIG_UNKNOWN_KEY,
)
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.formats.patch import patch_at
from podrunner.formats.runner_version import is_older
from podrunner.formats.toml import read_toml
from podrunner.runner.fault import Fault
from podrunner.runner.formats import is_duration, refuse
from podrunner.runner.keys import Key, load_keys
from podrunner.runner.leftovers import check_leftovers
from podrunner.runner.rules import check_rules
from podrunner.secrets.find import find_secrets
from podrunner.secrets.show import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.toml import Toml


# What GitLab Runner expands, and where this chart puts a secret in before the runner reads the file.
_FROM_ELSEWHERE = ("$", "@podrunner-secret:")
# TOML's whole numbers have 64 bits: the runner reads no file with a greater one.
_MOST = 2**63 - 1
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_PLAIN = "a secret in plain sight: everybody who may read ConfigMaps can read it."


def check_config(toml_text: str, runner_version: str = "19.5") -> list[Finding]:
    """What GitLab Runner would refuse, ignore or be unsafe with in a config.toml.

    `path` of a finding is the dotted path in the file, `line` its line there. A wrong type is an error because the
    runner does not start; an unknown key is one because the runner ignores it silently. Of a runner that is newer than
    known, an unknown key may be new, and is a warning.
    """
    return [fault.finding() for fault in find_faults(toml_text, runner_version)]


@lru_cache(maxsize=4096)
def find_faults(toml_text: str, runner_version: str) -> tuple[Fault, ...]:
    """The same in parts, by line. Many cases of a matrix have the same config.toml."""
    toml = read_toml(toml_text)
    if toml.flaw:
        return (Fault(CONFIG_TOML, (), toml.flaw.sentence("not TOML"), None, *toml.flaw.place),)
    data = toml.data
    faults = [*_check_table(load_keys().root, data, (), runner_version), *check_rules(data, runner_version)]
    said = {fault.path for fault in faults if fault.rule == CONFIG_SECRET}
    faults += [fault for fault in _plain_secrets(data) if fault.path not in said]
    faults += check_leftovers(data)
    return with_lines(faults, toml)


def with_lines(faults: Iterable[Fault], toml: Toml) -> tuple[Fault, ...]:
    """Faults of a file, each with its line there, by line."""
    found = [*faults]
    lines = toml.lines if found else {}
    return tuple(sorted((_with_line(fault, lines) for fault in found), key=lambda fault: fault.line))


def _with_line(fault: Fault, lines: dict[Path, int]) -> Fault:
    path = fault.path
    return replace(fault, line=next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0))


def _check_table(table: Key, data: dict[str, Any], path: Path, version: str) -> Iterator[Fault]:
    for name, value in data.items():
        key = table.find(name)
        if key is None:
            yield from _unknown((*path, name), table, version)
        elif key.since and is_older(version, key.since):
            # What is below a table that is ignored is ignored, too.
            yield Fault(CONFIG_TOO_NEW, (*path, name), _too_new(version, f"it reads the key from {key.since} on"))
        else:
            yield from _check_value(key, value, (*path, name), version)
    given = {name.lower() for name in data}
    for key in table.children.values():
        if key.required and key.name.lower() not in given:
            yield Fault(CONFIG_REQUIRED, (*path, key.name), "missing, the runner needs it.")


def _too_new(version: str, why: str) -> str:
    return f"GitLab Runner {version} ignores it: {why}."


def _unknown(path: Path, table: Key, version: str) -> Iterator[Fault]:
    name = str(path[-1])
    keys = load_keys()
    plain = ".".join(part for part in path if isinstance(part, str))
    removed = keys.removed.get(plain)
    if removed:
        if "until" not in removed or is_older(removed["until"], version):
            since = f" since {removed['since']}" if "since" in removed else ""
            yield Fault(CONFIG_REMOVED, path, f"GitLab Runner does not read it{since}. Use {removed['replaced_by']}.")
        return
    near = did_you_mean(name, table.children) + _elsewhere(name)
    if is_older(keys.known_until, version):
        said = f"unknown key: GitLab Runner {version} may have it, its keys are known up to {keys.known_until}.{near}"
        yield Fault(CONFIG_UNKNOWN_KEY, path, said, Severity.WARNING)
    else:
        yield Fault(CONFIG_UNKNOWN_KEY, path, f"unknown key, GitLab Runner ignores it.{near}")


def _elsewhere(name: str) -> str:
    """Where a key would be right, when it is right in another table."""
    runners = load_keys().root.children["runners"]
    homes = {
        "the top of the file": load_keys().root,
        "[[runners]]": runners,
        "[runners.kubernetes]": runners.children["kubernetes"],
    }
    found = [home for home, key in homes.items() if key.find(name)]
    return f" It is a key of {listed(found)}." if found else ""


def _check_value(key: Key, value: Any, path: Path, version: str) -> Iterator[Fault]:
    if not fits(key.type, value):
        yield Fault(CONFIG_TYPE, path, f"must be {_in_words(key.type)}, is {_is(path, value)}.", about=str(value))
        return
    if key.documented:
        yield Fault(CONFIG_TOO_NEW, path, _announced(key), Severity.WARNING)
    if key.deprecated:
        yield Fault(CONFIG_DEPRECATED, path, "deprecated, a later GitLab Runner will not read it.")
    if key.type == "duration" and isinstance(value, str) and not is_duration(value):
        yield Fault(CONFIG_FORMAT, path, f'must be a duration such as "30s" or "1h30m", is {_is(path, value)}.')
    if isinstance(value, int) and abs(value) > _MOST:
        yield Fault(CONFIG_FORMAT, path, f"must be at most {_MOST}, is {value}.")
    yield from _check_enum(key, value, path)
    for at, one in _items(path, value):
        if reason := refuse(key.format, one):
            yield Fault(CONFIG_FORMAT, at, f"{reason}, is {_is(at, one)}.", about=str(one))
    if key.secret and value and not str(value).startswith(_FROM_ELSEWHERE):
        yield Fault(CONFIG_SECRET, path, _PLAIN)
    yield from _check_children(key, value, path, version)


def _announced(key: Key) -> str:
    return (
        f"announced for {key.since} ({key.documented}), and seen in no build here: an older runner ignores it silently."
    )


def _plain_secrets(data: dict[str, Any]) -> Iterator[Fault]:
    """Secrets by the names of variables and keys, also in patches, and by their look."""
    for one in find_secrets(data, read=patch_at):
        name = "" if one.name == one.path[-1] else f"{one.name}: " if one.text else "looks as if it held "
        yield Fault(CONFIG_SECRET, one.path, f"{name}{_PLAIN}")


def _check_enum(key: Key, value: Any, path: Path) -> Iterator[Fault]:
    if not key.enum:
        return
    values = _items(path, value)
    if isinstance(value, dict):
        values = [((*path, name), one) for name, one in value.items()]
    for at, one in values:
        if one not in key.enum:
            near = did_you_mean(str(one), key.enum)
            allowed = listed([f'"{option}"' for option in key.enum])
            yield Fault(CONFIG_ENUM, at, f"{_is(at, one)} is not allowed.{near} Allowed: {allowed}.", about=str(one))


def _items(path: Path, value: Any) -> list[tuple[Path, Any]]:
    """The items of a list, else the value itself."""
    return [((*path, index), one) for index, one in enumerate(value)] if isinstance(value, list) else [(path, value)]


def _check_children(key: Key, value: Any, path: Path, version: str) -> Iterator[Fault]:
    # A table without known children is another executor's: not ours to judge.
    if not key.children:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check_table(key, item, (*path, index), version)
    else:
        yield from _check_table(key, value, path, version)


def fits(kind: str, value: Any) -> bool:
    """Whether a TOML value has a type of keys.json. The runner refuses the whole file for one that has not."""
    if " | " in kind:
        return any(fits(one, value) for one in kind.split(" | "))
    if kind.startswith("array of "):
        item = kind.removeprefix("array of ").removesuffix("s")
        return isinstance(value, list) and all(fits(item, one) for one in value)
    if kind.startswith("table of "):
        item = kind.rpartition("-> ")[2]
        return isinstance(value, dict) and all(fits(item, one) for one in value.values())
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "datetime" and isinstance(value, str):
        # As Go's time.Time reads text.
        return _RFC_3339.fullmatch(value) is not None
    types: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "duration": (str, int),
        "datetime": dt.datetime,
        "table": dict,
    }
    return isinstance(value, types.get(kind, ()))


def _in_words(kind: str) -> str:
    words = {
        "string": 'text ("…")',
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "duration": 'a duration such as "1h30m"',
        "datetime": "a date and time such as 2024-09-30T14:38:04Z",
        "table": "a table",
    }
    return words.get(kind, kind.replace(" | ", " or "))


def _is(path: Path, value: Any) -> str:
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return (
        "a table" if isinstance(value, dict) else show(path, value) if not _is_tables(value) else "an array of tables"
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
