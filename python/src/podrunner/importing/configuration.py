"""A config.toml as the runner understands it: keys in their own spelling, those that it ignores left out."""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import FindingsError
from podrunner.findings.finding import Finding
from podrunner.findings.path import Path, dotted, value_at
from podrunner.findings.rules.config_toml import (
    CONFIG_ENUM,
    CONFIG_FORMAT,
    CONFIG_REMOVED,
    CONFIG_TEMPLATE,
    CONFIG_TOML,
    CONFIG_TYPE,
    CONFIG_UNKNOWN_FLAG,
    CONFIG_UNKNOWN_KEY,
    CONFIG_VOLUME_MOUNT,
    CONFIG_VOLUME_NAME,
)
from podrunner.findings.rules.importing import IMPORT
from podrunner.formats.patch import patch_at
from podrunner.formats.toml import read_toml
from podrunner.importing.change import Changes, Fate
from podrunner.importing.comments import toml_comments
from podrunner.importing.placeholders import find_placeholders, said
from podrunner.importing.renamed_keys import rename_keys
from podrunner.manifests.objects import maps
from podrunner.runner.check import find_faults
from podrunner.runner.keys import Key, load_keys
from podrunner.secrets.find import find_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.runner.fault import Fault
    from podrunner.values.document import Comment

# What the runner refuses a file or a job for. A missing name, url, token or executor is filled in or complained of later.
_REFUSED = {CONFIG_TOML, CONFIG_TYPE, CONFIG_FORMAT, CONFIG_TEMPLATE, CONFIG_VOLUME_NAME, CONFIG_VOLUME_MOUNT}
_LEFT_OUT = {CONFIG_UNKNOWN_KEY, CONFIG_ENUM, CONFIG_REMOVED, CONFIG_UNKNOWN_FLAG}
_BUCKETS = ("BucketName", "ContainerName")
# What GitLab Runner raises to 1 where it is less.
_AT_LEAST_ONE = ("runners", "request_concurrency")
# A shorter token is a placeholder.
_SHORT = 7
EVENTS_FLAG = "FF_RETRIEVE_POD_WARNING_EVENTS"


@dataclass(slots=True)
class Configuration:
    """`top` are the global keys, `runners` the [[runners]] tables; paths of `comments` are those of the file."""

    top: dict[str, Any]
    runners: list[dict[str, Any]]
    comments: dict[Path, Comment] = field(default_factory=dict)


def read_configuration(text: str, name: str, changes: Changes, runner_version: str) -> Configuration:
    """A config.toml; `name` is what people call it. Notes in `changes` what the runner ignores.

    Raises FindingsError with every line for which the runner would refuse the file.
    """
    faults = find_faults(text, runner_version)
    low = {fault.path for fault in faults if fault.rule == CONFIG_FORMAT and _is_raised(fault.path)}
    refused = [fault.finding(name) for fault in faults if _is_refused(fault) and fault.path not in low]
    toml = read_toml(text)
    refused += [
        Finding(CONFIG_TEMPLATE, f"{dotted(path)}: {said(found)}", file=name, line=_line(toml.lines, path))
        for path, found in find_placeholders(toml.data)
    ]
    if refused:
        raise FindingsError(refused)
    lines = toml.lines
    changes.lines = {**lines, **changes.lines}
    data = deepcopy(toml.data)
    changes.redactor.add(*(one.text for one in find_secrets(data, read=patch_at) if len(one.text) > _SHORT))
    renamed = [
        path
        for index, runner in enumerate(maps(data.get("runners")))
        for path in rename_keys(runner, ("runners", index), changes)
    ]
    for fault in faults:
        if fault.rule in _LEFT_OUT and fault.path not in renamed:
            _leave_out(data, fault, changes)
    for path in low:
        changes.add(Fate.EMPTY, path, f"{_taken(data, path)}, which GitLab Runner takes for 1.")
    data = _spelled(data, load_keys().root)
    runners = data.pop("runners", [])
    changes.redactor.add(*(str(runner["token"]) for runner in runners if len(str(runner.get("token", ""))) > _SHORT))
    return Configuration(data, runners, toml_comments(text, lines, changes.redactor))


def _line(lines: Mapping[Path, int], path: Path) -> int:
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def _is_refused(fault: Fault) -> bool:
    """Without its bucket, a job only has no cache: `podrunner check` says so of the values."""
    is_bucket = fault.rule == CONFIG_FORMAT and fault.path[-1] in _BUCKETS
    return fault.rule in _REFUSED and not is_bucket


def _is_raised(path: Path) -> bool:
    return len(path) == 3 and (path[0], path[2]) == _AT_LEAST_ONE


def _leave_out(data: dict[str, Any], fault: Fault, changes: Changes) -> None:
    value = _taken(data, fault.path)
    is_events_flag = EVENTS_FLAG in (fault.path[-1], str(value).partition("=")[0])
    more = _translate_events_flag(data, fault.path, value, changes) if is_events_flag else ""
    if fault.rule == CONFIG_REMOVED and not is_events_flag:
        more = _renamed(data, fault.path, value)
    changes.add(Fate.REMOVED, fault.path, f"{fault.reason}{more}")


def _renamed(data: dict[str, Any], path: Path, value: Any) -> str:
    """Write what an old key said as the key of its table that replaced it, where there is exactly one."""
    here, name = value_at(data, path[:-1]), ".".join(part for part in path if isinstance(part, str))
    new = str(load_keys().removed.get(name, {}).get("replaced_by", "")).rpartition(".")[2]
    if not re.fullmatch(r"(pre|post)_get_sources_script", new) or not isinstance(here, dict) or here.get(new):
        return ""
    here[new] = value
    return f" It is written as {new}."


def _translate_events_flag(data: dict[str, Any], path: Path, value: Any, changes: Changes) -> str:
    """The flag as the key that replaced it, which is on unless something turns it off."""
    if str(value).rpartition("=")[2].lower() not in ("false", "0", "f"):
        return " That is on by default."
    runner = data["runners"][path[1]]
    runner.setdefault("kubernetes", {}).setdefault("print_pod_warning_events", False)
    changes.add(Fate.ADDED, (*path[:2], "kubernetes", "print_pod_warning_events"), "is what the flag was.")
    return " It is written as kubernetes.print_pod_warning_events: false."


def _taken(data: Any, path: Path) -> Any:
    """Take the value at a path out. Items of lists become None, so that the places of the others stay."""
    around = value_at(data, path[:-1])
    last: Any = path[-1]
    if isinstance(around, list):
        value, around[last] = around[last], None
        return value
    return around.pop(last, None)


def _spelled(data: Any, key: Key) -> Any:
    """Keys as GitLab Runner spells them: it does not mind upper and lower case, the chart's schema does. Dates as text."""
    if isinstance(data, (dt.date, dt.time)):
        return data.isoformat().replace("+00:00", "Z")
    if isinstance(data, list):
        return [_spelled(item, key) for item in data if item is not None]
    if not isinstance(data, dict) or not key.children:
        return data
    spelled = {}
    for name, value in data.items():
        child = key.find(name)
        spelled[child.name if child else name] = _spelled(value, child) if child else value
    return spelled


def values_comments(comments: dict[Path, Comment], names: dict[int, str]) -> dict[Path, Comment]:
    """Comments by the path of the value that a key becomes; `names` are the runners' by their index."""
    found = {}
    for path, comment in comments.items():
        if path[:1] != ("runners",):
            found[("config", *path) if path else ()] = comment
        elif len(path) > 1 and path[1] in names:
            name = names[path[1]]
            found[("runners", name, "config", *path[2:]) if len(path) > 2 else ("runners", name)] = comment
    return found


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything that is not a table with keys."""
    if isinstance(data, dict) and data:
        for name, value in data.items():
            yield from leaves(value, (*path, name))
    else:
        yield path, data


def missing(name: str, path: str, message: str, line: int = 0) -> Finding:
    """The finding for a key without which there is nothing to import."""
    return Finding(IMPORT, f"{path}: {message}", path=path, file=name, line=line)
