"""A configuration as values of this chart."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.cases.case import Case
from podrunner.findings.errors import FindingsError, RenderError
from podrunner.importing.builders import replace_builders
from podrunner.importing.change import Changes, Fate
from podrunner.importing.configuration import Configuration, missing
from podrunner.importing.difference import additions, covered_patches, covered_volumes, difference
from podrunner.importing.mode import recognise_mode
from podrunner.importing.names import valid_names
from podrunner.importing.runner import EXECUTOR, ImportedRunner, read_runner
from podrunner.manifests.objects import maps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from podrunner.helm.renderer import Renderer
    from podrunner.manifests.rendering import Rendering

Tree = dict[str, Any]
_HOME = re.compile(r"(/[A-Za-z0-9._-]+)+\Z")


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What the command line says. `mode` is a mode for all runners, empty to recognise it.

    `namespace` is that of the release, empty for the one that the file names.
    """

    source: str
    namespace: str = ""
    url: str = ""
    mode: str = ""
    # (name, text) of values files below the source, the last one wins.
    below: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class ImportedRelease:
    """The values, and the runners in them."""

    values: Tree
    runners: list[ImportedRunner] = field(default_factory=list)


def make_values(
    configuration: Configuration, values: Tree, settings: ImportSettings, renderer: Renderer, changes: Changes
) -> ImportedRelease:
    """Values for a configuration, over those that are known already (`values`, of the manager).

    Raises FindingsError when there is no runner that Kubernetes can run.
    """
    mounts = [str(mount.get("mountPath", "")) for mount in maps(values.get("manager", {}).get("extraVolumeMounts"))]
    schema = renderer.chart.schema.data if renderer.chart.schema else {}
    runners = _kubernetes_runners(configuration, mounts, settings, schema, changes)
    for runner in runners if settings.mode not in ("", "none") else ():
        replace_builders(runner, settings.mode, renderer.chart.defaults.data["podman"]["image"], changes)
    _choose_modes(runners, settings, renderer, changes)
    tree: Tree = {"gitlab": {"url": _common_url(runners, settings, changes)}, **values}
    _shared(tree, runners)
    tree["runners"] = {runner.name: _runner_values(runner, tree) for runner in runners}
    bases = _modes_tables(tree, runners, settings, renderer)
    for runner in runners:
        config = _config(runner, bases.get(runner.name), tree, changes)
        if config:
            tree["runners"][runner.name]["config"] = config
    return ImportedRelease(tree, runners)


def _kubernetes_runners(
    configuration: Configuration, mounts: list[str], settings: ImportSettings, schema: Tree, changes: Changes
) -> list[ImportedRunner]:
    tables = list(enumerate(configuration.runners))
    ours = [(index, table) for index, table in tables if table.get("executor", EXECUTOR) == EXECUTOR]
    names = valid_names(str(table.get("name", "")) for _, table in ours)
    for index, table in tables:
        if (index, table) not in ours:
            message = f"left out: its executor is {table['executor']}, and this chart runs kubernetes only."
            changes.add(Fate.UNSUPPORTED, ("runners", index), message)
    if not ours:
        every = [
            missing(settings.source, one.path, one.message, one.line) for one in changes.every if _is_runner(one.path)
        ]
        raise FindingsError(
            every or [missing(settings.source, "runners", "there is no [[runners]], so nothing to import.")]
        )
    found = [
        read_runner(table, index, name, mounts, schema, changes)
        for (index, table), name in zip(ours, names, strict=True)
    ]
    for runner, (index, table) in zip(found, ours, strict=True):
        name = table.get("name", "")
        if name not in ("", runner.name):
            message = f'"{name}" is {runner.name} now: names are keys of values, of 16 characters at most.'
            changes.add(Fate.CHANGED, ("runners", index, "name"), message)
    return found


def _is_runner(path: str) -> bool:
    return re.fullmatch(r"runners\[\d+\]", path) is not None


def _choose_modes(
    runners: list[ImportedRunner], settings: ImportSettings, renderer: Renderer, changes: Changes
) -> None:
    for runner in runners:
        runner.mode = settings.mode or recognise_mode(runner.own)
        key_by_key = deepcopy(runner.own)
        # Kubernetes refuses privileged containers that may not escalate, as the mode's helper and services are.
        only_build = runner.mode == "privileged" and runner.kubernetes.get("privileged") is True
        if only_build:
            del runner.kubernetes["privileged"]
        reason = _refusal(runner, settings, renderer) if runner.mode != "none" and not settings.mode else ""
        if reason:
            message = f"amounts to podman.mode {runner.mode}, but: {reason} It is imported key by key."
            changes.add(Fate.CHANGED, ("runners", runner.index), message)
            runner.mode, runner.own = "none", key_by_key
        elif only_build:
            message = (
                "only the build container is privileged now; for services, set service_container_security_context."
            )
            changes.replace(
                Fate.DANGEROUS, ("runners", runner.index, "kubernetes", "privileged"), Fate.CHANGED, message
            )


def _refusal(runner: ImportedRunner, settings: ImportSettings, renderer: Renderer) -> str:
    """Why the chart would not take this runner in its mode; empty when it would."""
    tree: Tree = {"gitlab": {"url": "https://gitlab.example.com"}, "podman": {"mode": runner.mode}}
    entry: Tree = {}
    tree["runners"] = {runner.name: entry}
    try:
        base = _modes_tables(tree, [runner], settings, renderer)[runner.name]
        entry["config"] = difference(runner.own, base)
        _render(tree, settings, renderer)
    except RenderError as error:
        return error.reason
    return ""


def _common_url(runners: list[ImportedRunner], settings: ImportSettings, changes: Changes) -> str:
    urls = Counter(runner.url for runner in runners if runner.url)
    if not urls and not settings.url:
        message = "there is no address of GitLab: write it into gitlab.url, or import again with --url."
        changes.add(Fate.UNSUPPORTED, ("url",), message)
    return urls.most_common(1)[0][0] if urls else settings.url


def _shared(tree: Tree, runners: list[ImportedRunner]) -> None:
    """What runners with a mode have in common becomes a value of all of them."""
    modes = Counter(runner.mode for runner in runners)
    podman: Tree = {"mode": modes.most_common(1)[0][0]}
    tree["podman"] = podman
    ours = [runner for runner in runners if runner.mode != "none"]
    podman |= _unanimous("image", ours, lambda runner: runner.kubernetes.get("image"))
    for runner in ours:
        podman["registries"] = {**podman.get("registries", {}), **runner.registries}
    if not podman.get("registries"):
        podman.pop("registries", None)
    podman |= _unanimous("home", ours, _home)
    jobs = _unanimous("namespace", ours, lambda runner: runner.kubernetes.get("namespace"))
    account = _unanimous("name", ours, lambda runner: runner.kubernetes.get("service_account"))
    if account:
        jobs["serviceAccount"] = {"create": False, **account}
    if jobs:
        tree["jobs"] = {**tree.get("jobs", {}), **jobs}


def _home(runner: ImportedRunner) -> str:
    home = str(runner.own.get("builds_dir", ""))
    return home if _HOME.match(home) and home != "/podrunner" else ""


def _unanimous(key: str, runners: Iterable[ImportedRunner], value: Callable[[ImportedRunner], Any]) -> Tree:
    found = {value(runner) for runner in runners}
    return {key: found.pop()} if len(found) == 1 and all(found) else {}


def _runner_values(runner: ImportedRunner, tree: Tree) -> Tree:
    token = {"name": runner.secret}
    if runner.secret_key != "token":
        token["key"] = runner.secret_key
    entry: Tree = {"token": {"existingSecret": token}}
    podman = {"mode": runner.mode} if runner.mode != tree["podman"]["mode"] else {}
    if runner.mode != "none":
        own = {"image": runner.kubernetes.get("image"), "home": _home(runner)}
        podman |= {key: value for key, value in own.items() if value and tree["podman"].get(key) != value}
    if podman:
        entry["podman"] = podman
    if runner.credentials:
        entry["credentials"] = runner.credentials
    return entry


def _modes_tables(
    tree: Tree, runners: list[ImportedRunner], settings: ImportSettings, renderer: Renderer
) -> dict[str, Tree]:
    """What the chart writes for runners with a mode when they say nothing themselves."""
    plain: Tree = {key: tree[key] for key in ("podman", "jobs", "runners", "helperImage") if key in tree}
    rendering = _render({**plain, "gitlab": {"url": "https://gitlab.example.com"}}, settings, renderer)
    tables = {table["name"]: table for table in rendering.config.toml.data["runners"]}
    identity = ("name", "url", "token", "executor")
    with_mode = [runner.name for runner in runners if runner.mode != "none"]
    return {name: {key: value for key, value in tables[name].items() if key not in identity} for name in with_mode}


def _render(values: Tree, settings: ImportSettings, renderer: Renderer) -> Rendering:
    """What the schema refuses in a configuration is said of the whole, when it is imported."""
    return renderer.render_unchecked(Case("import", namespace=settings.namespace).with_values(values, "import"))


def _config(runner: ImportedRunner, base: Tree | None, tree: Tree, changes: Changes) -> Tree:
    at = ("runners", runner.index)
    url = {"url": runner.url} if runner.url and runner.url != tree["gitlab"]["url"] else {}
    if base is None:
        if not runner.kubernetes.get("namespace") and runner.kubernetes.get("namespace_per_job") is not True:
            runner.kubernetes["namespace"] = "default"
            message = "there was none, and GitLab Runner made job pods in `default`: so it stays."
            changes.add(Fate.ADDED, (*at, "kubernetes", "namespace"), message)
        return {**url, **{key: value for key, value in runner.own.items() if (key, value) != ("kubernetes", {})}}
    changes.add(Fate.CHANGED, at, f"amounts to podman.mode {runner.mode}: only what differs from it is written.")
    for kind, index, volume in covered_volumes(runner.own, base):
        message = f"the volume {volume.get('name')} is left out: the mode has one at {volume.get('mount_path')}."
        changes.add(Fate.CHANGED, (*at, "kubernetes", "volumes", kind, index), message)
    for index in covered_patches(runner.own, base):
        message = "is left out: the mode makes a user namespace itself."
        changes.add(Fate.CHANGED, (*at, "kubernetes", "pod_spec", index), message)
    for key, what in additions(runner.own, base):
        # Credentials are named as secrets.
        if key not in runner.credentials:
            changes.add(Fate.ADDED, (*at, *key.split(".")), what or f"set by podman.mode {runner.mode}.")
    return {**url, **difference(runner.own, base)}
