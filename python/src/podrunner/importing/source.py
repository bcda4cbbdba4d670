"""The file to import: what it is, and the configuration and values that are in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import FindingsError, UsageError
from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, value_at
from podrunner.findings.rules.importing import IMPORT_TEMPLATE
from podrunner.formats.patch import patch_at
from podrunner.formats.placed import read_values
from podrunner.formats.runner_version import version_of_tag
from podrunner.formats.text import DASH, read_standard_input
from podrunner.formats.toml import read_toml
from podrunner.importing.change import Changes, Fate
from podrunner.importing.comments import yaml_comments
from podrunner.importing.configuration import Configuration, read_configuration
from podrunner.importing.manifest import unwrap
from podrunner.importing.official.cache import move_cache
from podrunner.importing.official.keys import is_official, read_official
from podrunner.importing.official.old_keys import lay_old_keys
from podrunner.importing.official.template import Templates, is_templated
from podrunner.importing.official.version import runner_of
from podrunner.importing.placeholders import find_placeholders, said
from podrunner.importing.runner import EXECUTOR
from podrunner.manifests.objects import table as as_table
from podrunner.secrets.find import find_secrets
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values
    from podrunner.importing.official.values import Official
    from podrunner.importing.release import ImportSettings
    from podrunner.values.document import Comment

# What editors on Windows put before a text in UTF-8.
_MARK = "\ufeff"
# How GitLab's chart finds out whether runners.config names a namespace; where it does not, jobs get that of the release.
_NAMES_NAMESPACE = re.compile(r"\s*namespace\s*=")
_DEFAULT_CONFIG = '[[runners]]\n  [runners.kubernetes]\n    namespace = "{namespace}"\n    image = "alpine"\n'


# What GitLab's chart has where nobody sets it; ours has it, too, so that there is nothing to say.
_CONCURRENT = 10
# A release, and a namespace, where neither the file nor the command line names one.
_NAME = "ci"


@dataclass(slots=True)
class Source:
    """`values` are those of this chart that the file speaks of beside its configuration."""

    configuration: Configuration
    values: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    secret: str = ""
    secret_key: str = ""
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)
    # Of the release that is installed.
    namespace: str = _NAME
    # What the values do not pass without, and only the reader knows.
    findings: list[Finding] = field(default_factory=list)
    # By the path of the value that a key becomes.
    comments: dict[Parts, Comment] = field(default_factory=dict)


def read_text(file: str) -> str:
    """The text of a file, or of standard input for `-`. Raises UsageError."""
    if file == DASH:
        return read_standard_input().removeprefix(_MARK)
    try:
        return Path(file).read_text(encoding="utf-8").removeprefix(_MARK)
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file.") from None
    except IsADirectoryError:
        raise UsageError(f"{file}: is a directory. Give a config.toml, or a values file of GitLab's chart.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from None


def read_source(text: str, settings: ImportSettings, changes: Changes, runner_version: str) -> Source:
    """A config.toml, or values of GitLab's own chart, also within a manifest. Raises FindingsError and UsageError."""
    inside = unwrap(text, settings.source)
    settings = replace(settings, namespace=settings.namespace or (inside.namespace if inside else "") or _NAME)
    text = inside.text if inside else text
    for name, (line, why) in inside.unread.items() if inside else ():
        changes.note(Fate.UNSUPPORTED, name, why, line)
    if inside.is_toml if inside else _is_toml(text, settings.source):
        if settings.below:
            raise UsageError(
                f"{settings.below[0][0]}: only values lie over each other, {settings.source} is a config.toml."
            )
        configuration = read_configuration(text, settings.source, changes, runner_version)
        return Source(configuration, namespace=settings.namespace)
    whole = read_values(text, settings.source)
    if whole.findings:
        raise FindingsError(whole.findings)
    below = [*settings.below, *((settings.source, one) for one in inside.under)] if inside else settings.below
    if below or (inside and inside.over):
        layers = (*(_values(*one) for one in below), whole.data, inside.over if inside else {})
        whole = replace(whole, data=merge(*layers))
    changes.lines = _lines(whole)
    values = _of_the_subchart(whole, changes)
    if not is_official(values.data):
        raise UsageError(_neither(settings.source, values.data))
    changes.lines = _lines(values)
    _refuse_placeholders(values)
    changes.redactor.add(*(one.text for one in find_secrets(values.data, read=patch_at)))
    shared = whole.data.get("global") if values is not whole else None
    release = (inside.release if inside else "") or _NAME
    templates = Templates(values, release, settings.namespace, shared if isinstance(shared, dict) else {})
    official = read_official(values, templates, changes, inside.version if inside else "")
    # Whatever is said of a global key is said at the line of the value that it came from.
    changes.lines |= {to[1:]: changes.line(path) for path, to in official.moved.items() if to[0] == "config"}
    return _of_official(official, text, settings, changes, runner_version)


def _refuse_placeholders(values: Values) -> None:
    """Raise FindingsError with the line of each placeholder; those of runners.config are found in its TOML."""
    found = [
        Finding(
            IMPORT_TEMPLATE,
            f"{dotted(path)}: {said(left)}",
            file=values.source,
            line=values.places.get(path, (0, 0))[0],
        )
        for path, left in find_placeholders(values.data)
        if not is_templated(value_at(values.data, path))
    ]
    if found:
        raise FindingsError(found)


def _values(name: str, text: str) -> dict[str, Any]:
    """The values of a file, also within a manifest. Raises FindingsError for a text that is not YAML."""
    inside = unwrap(text, name)
    found = read_values(inside.text if inside else text, name)
    if found.findings:
        raise FindingsError(found.findings)
    return found.data


def _is_toml(text: str, name: str) -> bool:
    if name.endswith((".yaml", ".yml")):
        return False
    if read_toml(text).flaw:
        # A table's header begins no line of YAML that people write.
        return name.endswith(".toml") or (
            re.search(r"^\s*\[\[?[\w.]+\]\]?\s*$", text, re.MULTILINE) is not None
            and not re.search(r"^\w+:", text, re.MULTILINE)
        )
    return True


def _neither(name: str, data: dict[str, Any]) -> str:
    if {"gitlab", "podman"} & set(data):
        return f"{name}: is a values file of this chart already. `podrunner check {name}` says whether it is right."
    keys = ", ".join(sorted(data)[:6]) or "nothing"
    return f"{name}: neither a config.toml nor values of GitLab's chart (there is {keys}). Give one of the two."


def _of_the_subchart(values: Values, changes: Changes) -> Values:
    """The part of a file that is about GitLab's chart, where that is a dependency of another."""
    if is_official(values.data):
        return values
    parts = [name for name, part in values.data.items() if isinstance(part, dict) and is_official(part)]
    if len(parts) != 1:
        return values
    for name in values.data:
        if name != parts[0]:
            message = f"belongs to another chart: only what is below {parts[0]} is imported."
            changes.add(Fate.UNSUPPORTED, (name,), message)
    places = {path[1:]: place for path, place in values.places.items() if path[:1] == (parts[0],)}
    return replace(values, data=values.data[parts[0]], places=places)


def _of_official(
    official: Official, text: str, settings: ImportSettings, changes: Changes, runner_version: str
) -> Source:
    version = _version(official, changes, runner_version)
    configuration = _configuration(official, text, settings, changes, version)
    top = _globals(official, configuration, changes)
    for index, table in enumerate(configuration.runners):
        if not _is_whole(official):
            _leave_unread(table, index, official, changes)
            lay_old_keys(official, table)
            _name_namespace(table, index, official, settings, changes)
        _lay_over(table, official.runner)
        move_cache(official, table, text)
        table.setdefault("name", "default")
    return Source(
        Configuration(top, configuration.runners, configuration.comments),
        official.values,
        official.url,
        official.secret,
        official.secret_key,
        official.credentials,
        settings.namespace,
        official.findings,
        _comments(official, text),
    )


def _version(official: Official, changes: Changes, ours: str) -> str:
    """The version of GitLab Runner that reads the file: that of the image's tag, else ours."""
    tag = str(as_table(official.values.get("image")).get("tag") or "")
    brought = "" if tag else runner_of(official.version)
    if brought and brought != ".".join(ours.split(".")[:2]):
        message = f"is not set: GitLab's chart {official.version} brings GitLab Runner {brought}, this one {ours}."
        changes.add(Fate.CHANGED, ("image", "tag"), message)
    return version_of_tag(tag) or ours


def _globals(official: Official, configuration: Configuration, changes: Changes) -> dict[str, Any]:
    """The global keys: those of a whole config.toml alone, else those of the values alone."""
    if not _is_whole(official):
        for key in configuration.top:
            message = "global keys in runners.config are not read by GitLab's chart, so they are left out."
            changes.add(Fate.REMOVED, (key,), message)
        return {"concurrent": _CONCURRENT, **official.top}
    for path, place in official.moved.items():
        if place[:1] == ("config",):
            message = "runners.configOverride is the whole config.toml: GitLab's chart does not read this beside it."
            changes.replace(Fate.MAPPED, path, Fate.REMOVED, message)
    return configuration.top


def _name_namespace(
    table: dict[str, Any], index: int, official: Official, settings: ImportSettings, changes: Changes
) -> None:
    """The namespace of the release, where neither the table nor the text that it was made of names one."""
    if table.get("kubernetes", {}).get("namespace"):
        return
    if not _NAMES_NAMESPACE.search(str(official.config or _DEFAULT_CONFIG)):
        table.setdefault("kubernetes", {}).setdefault("namespace", settings.namespace)
        message = f"runners.config names none: GitLab's chart uses that of the release, {settings.namespace} here."
        changes.add(Fate.CHANGED, ("runners", index, "kubernetes", "namespace"), message)


def _leave_unread(table: dict[str, Any], index: int, official: Official, changes: Changes) -> None:
    """Keys of runners.config that GitLab's chart sets by other values."""
    if table.pop("url", None):
        changes.add(Fate.REMOVED, ("runners", index, "url"), "gitlabUrl is what counts in GitLab's chart.")
    if table.pop("token", None):
        message = "a secret, left out: runnerToken or runners.secret is what counts in GitLab's chart."
        changes.add(Fate.SECRET, ("runners", index, "token"), message)
    executor = official.runner.get("executor", EXECUTOR)
    if table.pop("executor", executor) != executor:
        message = f"runners.executor is what counts in GitLab's chart, here {executor}."
        changes.add(Fate.REMOVED, ("runners", index, "executor"), message)


def _lines(values: Values) -> dict[Parts, int]:
    return {path: line for path, (line, _) in values.places.items()}


def _comments(official: Official, text: str) -> dict[Parts, Comment]:
    """Comments of the keys that were moved, and of what is in them."""
    found = {}
    for path, comment in yaml_comments(text, _lines(official.templates.values), official.changes.redactor).items():
        for depth in range(len(path), 0, -1):
            if path[:depth] in official.moved:
                found[(*official.moved[path[:depth]], *path[depth:])] = comment
    return found


def _is_whole(official: Official) -> bool:
    return official.config_path == ("runners", "configOverride")


def _lay_over(table: dict[str, Any], over: dict[str, Any]) -> None:
    """What `register` took from its environment wins over its template."""
    for name, value in over.items():
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _lay_over(table[name], value)
        else:
            table[name] = value


def _configuration(
    official: Official, text: str, settings: ImportSettings, changes: Changes, runner_version: str
) -> Configuration:
    raw = official.config
    if raw is None:
        changes.add(Fate.CHANGED, ("runners",), "without runners.config, GitLab's chart runs jobs in the image alpine.")
        raw = _DEFAULT_CONFIG.format(namespace=official.values.get("jobs", {}).get("namespace") or settings.namespace)
    path = official.config_path
    evaluated = official.templates.evaluate(raw, path, _Lines(text.splitlines(), changes.line(path), True).of)
    place = _Lines(text.splitlines(), changes.line(path), len(raw.splitlines()) == len(evaluated.splitlines()))
    _note_templates(raw, evaluated, place, changes)
    inner = Changes(redactor=changes.redactor)
    try:
        configuration = read_configuration(evaluated, settings.source, inner, runner_version)
    except FindingsError as error:
        moved = [replace(one, line=place.of(one.line), column=0) for one in error.findings]
        raise FindingsError(moved) from None
    changes.lines = {
        **changes.lines,
        **{key: place.of(line) for key, line in inner.lines.items() if key != ("runners",)},
    }
    changes.every += [replace(one, line=place.of(one.line)) for one in inner.every]
    return configuration


@dataclass(frozen=True, slots=True)
class _Lines:
    """From a line of runners.config to one of the file: `key` is the line of the key, 0 when there is none."""

    rows: list[str]
    key: int
    is_line_by_line: bool

    def of(self, line: int) -> int:
        row = self.rows[self.key - 1] if 0 < self.key <= len(self.rows) else ""
        is_block = re.search(r":\s*[|>][-+0-9]*\s*(#.*)?\Z", row) is not None
        return self.key + line if line and is_block and self.is_line_by_line else self.key


def _note_templates(raw: str, evaluated: str, place: _Lines, changes: Changes) -> None:
    rows = evaluated.splitlines()
    for number, row in enumerate(raw.splitlines(), 1):
        if not is_templated(row):
            continue
        became = f" was evaluated to `{rows[number - 1].strip()}`" if place.is_line_by_line else " was evaluated"
        message = f"`{row.strip()}`{became}: there are no templates in values of this chart."
        changes.note(Fate.CHANGED, "runners.config", message, place.of(number))
