"""From the text of a configuration to the text of values: all steps of an import, without files and terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.cases.case import Case
from podrunner.check.checker import Checker
from podrunner.findings.finding import Finding, errors
from podrunner.findings.path import value_at
from podrunner.formats.placed import read_values
from podrunner.importing.change import Changes, Fate
from podrunner.importing.configuration import values_comments
from podrunner.importing.dangers import note_dangers
from podrunner.importing.executors import convert_executors
from podrunner.importing.globals import global_values
from podrunner.importing.release import ImportSettings, make_values
from podrunner.importing.source import Source, read_source
from podrunner.output.kubectl import kubectl_secret
from podrunner.values.document import Comment, write_values

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.helm.renderer import Renderer
    from podrunner.importing.runner import ImportedRunner


@dataclass(frozen=True, slots=True)
class Command:
    """A command that makes a Secret, and what for."""

    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The values file, the commands that people run beside it, and why `podrunner check` would not pass it yet.

    `namespaces` are those of job pods, which have to be there.
    """

    text: str
    commands: tuple[Command, ...]
    namespaces: tuple[str, ...]
    findings: tuple[Finding, ...]
    # That of the release.
    namespace: str
    # Whether containers stay privileged that a mode of podman does without.
    is_privileged: bool = False


def import_text(text: str, settings: ImportSettings, renderer: Renderer, changes: Changes) -> Imported:
    """Values for a config.toml or for values of GitLab's chart; what is another way now is noted in `changes`.

    Raises FindingsError for what the runner, Helm or this chart would refuse, UsageError for another kind of file.
    """
    chart = renderer.chart
    version = chart.file.app_version
    source = read_source(text, settings, changes, version)
    source.configuration.runners = convert_executors(source.configuration.runners, source.namespace, changes)
    note_dangers(source.configuration.top, source.configuration.runners, changes)
    defaults = chart.defaults.data
    values = _without_defaults(source.values, defaults)
    top = global_values(source.configuration.top, defaults["config"], changes)
    if top:
        values["config"] = top
    settings = replace(settings, namespace=source.namespace, url=settings.url or source.url)
    made = make_values(source.configuration, values, settings, renderer, changes)
    _use_secret(made.values, made.runners, source)
    comments = _settled(_comments(source, made.runners), made.values)
    document = write_values(made.values, defaults, comments, _header(settings.source, comments))
    document += "".join(f"# {line}".rstrip() + "\n" for line in comments.get((), Comment()).after.splitlines())
    case = Case("values", (read_values(document, "values"),), namespace=settings.namespace)
    checked = Checker(renderer).check(case)
    commands = _commands(made.runners, source, settings)
    found = (*source.findings, *errors(checked.findings))
    return Imported(
        document, commands, _namespaces(made.values), found, source.namespace, _stays_privileged(settings, changes)
    )


def _stays_privileged(settings: ImportSettings, changes: Changes) -> bool:
    dangers = (change.path for change in changes.every if change.kind is Fate.DANGEROUS)
    return not settings.mode and any(path.endswith("privileged") for path in dangers)


def _header(source: str, comments: dict[Path, Comment]) -> list[str]:
    own = comments.get((), Comment()).above
    return [f"Values of the podrunner chart, imported from {source.rpartition('/')[2]}.", *(["", *own] if own else [])]


def _without_defaults(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Values that are another way than the chart's own."""
    found = {}
    for name, value in values.items():
        below = defaults.get(name)
        if isinstance(value, dict) and isinstance(below, dict) and below:
            value = _without_defaults(value, below)
            if not value:
                continue
        elif name in defaults and value == below:
            continue
        found[name] = value
    return found


def _use_secret(values: dict[str, Any], runners: list[ImportedRunner], source: Source) -> None:
    """GitLab's chart has Secrets for its runner already."""
    for runner in runners if source.credentials else ():
        values["runners"][runner.name]["credentials"] = {**runner.credentials, **source.credentials}
    for runner in runners if source.secret else ():
        runner.secret, runner.secret_key = source.secret, source.secret_key
        values["runners"][runner.name]["token"] = {"existingSecret": {"name": source.secret, "key": source.secret_key}}


def _comments(source: Source, runners: list[ImportedRunner]) -> dict[Path, Comment]:
    names = {runner.index: runner.name for runner in runners}
    return {**source.comments, **values_comments(source.configuration.comments, names)}


def _settled(comments: dict[Path, Comment], values: dict[str, Any]) -> dict[Path, Comment]:
    """Comments of keys that are not in the values stand above the table that the keys were in, else at the end."""
    found: dict[Path, Comment] = {}
    for path, comment in comments.items():
        home = path
        while home and value_at(values, home) is None:
            home = home[:-1]
        there = found.get(home, Comment())
        if home == path:
            found[home] = Comment((*there.above, *comment.above), comment.after or there.after)
            continue
        lines = (*comment.above, *([comment.after] if comment.after else []))
        if home:
            found[home] = Comment((*there.above, *lines), there.after)
        else:
            found[()] = Comment(there.above, "\n".join([*([there.after] if there.after else []), *lines]))
    return found


def _namespaces(values: dict[str, Any]) -> tuple[str, ...]:
    tables = [
        values.get("jobs", {}),
        *(entry.get("config", {}).get("kubernetes", {}) for entry in values["runners"].values()),
    ]
    return tuple(sorted({str(table["namespace"]) for table in tables if table.get("namespace")}))


def _commands(runners: list[ImportedRunner], source: Source, settings: ImportSettings) -> tuple[Command, ...]:
    wanted: dict[str, tuple[str, list[str]]] = {}
    for runner in runners:
        if not source.secret:
            wanted[runner.secret] = (f"the token of {runner.name}", [runner.secret_key])
        for path, reference in runner.credentials.items():
            what = f"{path} of {runner.name}"
            wanted.setdefault(reference["name"], (what, []))[1].append(reference["key"])
    return tuple(
        Command(_how(what, keys), kubectl_secret(secret, keys, settings.namespace))
        for secret, (what, keys) in wanted.items()
    )


def _how(what: str, keys: list[str]) -> str:
    if len(keys) == 1:
        return f"type or paste {what}, then end with Ctrl-D twice: it stays out of the shell's history"
    return f"type or paste a line for each of {', '.join(f'{key}=…' for key in keys)}, then end with Ctrl-D"
