"""Lists of a job's pod that a patch replaces, so that what GitLab Runner put into them is gone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.path import value_at
from podrunner.findings.suggest import listed
from podrunner.formats.patch import read_patch
from podrunner.manifests.objects import maps, table
from podrunner.runner.job_pod.objects import MODELLED, patched_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.findings.path import Path
    from podrunner.manifests.objects import Object

_OF_POD = {"containers": "name", "initContainers": "name", "volumes": "name"}
_OF_CONTAINER = {"volumeMounts": "mountPath", "env": "name"}
_NEEDED = ("build", "helper")
# What nobody takes away on purpose, one by one: a container, and a volume that is mounted.
_NEVER = ("containers", "volumes")
_STRATEGIC, _JSON = "strategic", "json"
# Characters of a patch that are shown.
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class LostItems:
    """Items of a list, by name or path, that jobs lack; `container` is whose list it is, empty for the pod's own."""

    field: str
    names: tuple[str, ...]
    container: str = ""

    def __str__(self) -> str:
        """As a part of a sentence."""
        return f"the {self.field} {listed(self.names)}{f' of {self.container}' if self.container else ''}"


@dataclass(frozen=True, slots=True)
class ReplacedLists:
    """A patch, or an operation of one: `at` is its path in the runner's table.

    `kind` is its type, `instead` the same as a strategic patch, None where there is none. `is_fatal` where no job can
    run without what is lost. `twice` names what an operation adds a second time to a list, which loses nothing by itself.
    """

    patch: int
    at: Path
    kind: str
    lost: tuple[LostItems, ...]
    instead: dict[str, Any] | None
    is_fatal: bool
    twice: str = ""

    def sentence(self, whose: str) -> str:
        """What is wrong, of jobs of `whose`, and what to write."""
        if self.twice:
            return f"adds a second item named `{self.twice}` for jobs of {whose}. Name it otherwise, or change the first one by patch_type: strategic."
        return f"patch_type {self.kind} replaces lists here: jobs of {whose} lose {'; '.join(map(str, self.lost))}. {self._remedy}"

    @property
    def _remedy(self) -> str:
        joins = "Set patch_type: strategic, which joins lists by the names of their items"
        if self.kind == _STRATEGIC:
            return "Leave out `$patch`, so that lists are joined."
        if self.instead is None:
            return "Remove single items, which nothing needs."
        text = yaml.safe_dump(self.instead, default_flow_style=True, sort_keys=False, width=10**6).strip()
        fits = self.kind == _JSON and len(text) <= _SHOWN
        return f"{joins}, and write `{text}`." if fits else f"{joins}."


def replaced_lists(runner: Mapping[str, Any], runner_version: str = MODELLED) -> list[ReplacedLists]:
    """Of a runner's table in config.toml: what its patches take away that no later patch brings back."""
    patches = maps(table(runner.get("kubernetes")).get("pod_spec"))
    if not any(_kind(one) != _STRATEGIC or "$patch" in str(one.get("patch")) for one in patches):
        return []
    final, found = patched_spec(runner, patches, runner_version), []
    for step in _steps(patches):
        before, after = (patched_spec(runner, some, runner_version) for some in (step.before, step.after))
        patch = patches[step.patch]
        lost = tuple(one for one in _lost(before, after, final) if step.is_of_lists(patch) or one.field in _NEVER)
        if lost:
            at = step.at if step.operation else (*step.at, *_top(lost))
            twice = step.twice(before)
            is_fatal = bool(twice) or any(_is_needed(one) for one in lost)
            found.append(
                ReplacedLists(step.patch, at, _kind(patch), lost, step.instead(before, patch), is_fatal, twice)
            )
    return found


def as_meant(runner: Mapping[str, Any], runner_version: str = MODELLED) -> dict[str, Any]:
    """The runner with patches that join the lists which jobs cannot do without: what else is wrong with them is left."""
    patches = [*maps(table(runner.get("kubernetes")).get("pod_spec"))]
    fatal = [one for one in replaced_lists(runner, runner_version) if one.is_fatal]
    for number in {one.patch for one in fatal}:
        here = [one for one in fatal if one.patch == number]
        data, _ = read_patch(str(patches[number].get("patch") or ""))
        if here[0].kind == _JSON and len(data) > 1:
            left = [one for place, one in enumerate(data) if place not in {loss.at[-1] for loss in here}]
            patches[number] = {**patches[number], "patch": json.dumps(left)}
        else:
            patches[number] = {**patches[number], "patch_type": _STRATEGIC, "patch": json.dumps(here[0].instead or {})}
    return {**runner, "kubernetes": {**runner["kubernetes"], "pod_spec": patches}} if fatal else dict(runner)


@dataclass(frozen=True, slots=True)
class _Step:
    """One patch, or one operation of a JSON patch, with the patches that are laid before and with it."""

    patch: int
    at: Path
    before: Sequence[Object]
    after: Sequence[Object]
    operation: Mapping[str, Any]

    def is_of_lists(self, patch: Object) -> bool:
        """Whether it may take away more than the single items that it names."""
        if self.operation:
            return not str(self.operation["path"]).rpartition("/")[2].isdecimal()
        return _kind(patch) != _STRATEGIC or "replace" in str(patch["patch"])

    def twice(self, spec: Mapping[str, Any]) -> str:
        """The name of an item that is added to a list that has one of that name; empty where none is."""
        field, _, place = str(self.operation.get("path", "")).strip("/").partition("/")
        name = table(self.operation.get("value")).get("name")
        is_added = self.operation.get("op") == "add" and (place == "-" or place.isdecimal()) and field in _OF_POD
        return str(name) if is_added and name and name in [one.get("name") for one in maps(spec.get(field))] else ""

    def instead(self, spec: Mapping[str, Any], patch: Object) -> dict[str, Any] | None:
        """The same as a strategic patch of a spec."""
        if not self.operation:
            return read_patch(str(patch["patch"]))[0] if _kind(patch) != _STRATEGIC else None
        parts = str(self.operation["path"]).strip("/").split("/")
        value = self.operation.get("value")
        if self.operation["op"] not in ("add", "replace") or not isinstance(value, list):
            return None
        if len(parts) == 1:
            return {parts[0]: value}
        index = int(parts[1]) if parts[1].isdecimal() else -1
        item = value_at(spec, (parts[0], index))
        if len(parts) != len(("containers", "0", "env")) or not isinstance(item, dict):
            return None
        return {parts[0]: [{"name": item.get("name"), parts[2]: value}]}


def _steps(patches: Sequence[Object]) -> Iterator[_Step]:
    for index, patch in enumerate(patches):
        at: Path = ("kubernetes", "pod_spec", index, "patch")
        data, _ = read_patch(str(patch.get("patch") or ""))
        if _kind(patch) != _JSON:
            yield _Step(index, at, patches[:index], patches[: index + 1], {})
            continue
        operations = maps(data)
        for number, operation in enumerate(operations):
            before, after = (
                [*patches[:index], {**patch, "patch": json.dumps(operations[:end])}] for end in (number, number + 1)
            )
            yield _Step(index, (*at, number), before, after, operation)


def _lost(before: Mapping[str, Any], after: Mapping[str, Any], final: Mapping[str, Any]) -> Iterator[LostItems]:
    mounted = {mount.get("name") for one in _containers(final) for mount in maps(one.get("volumeMounts"))}
    for field, by in _OF_POD.items():
        names = _gone(field, by, before, after, final)
        if names := [name for name in names if field != "volumes" or name in mounted]:
            yield LostItems(field, tuple(names))
    ends = {one.get("name"): one for one in _containers(final)}
    now = {one.get("name"): one for one in _containers(after)}
    for container in _containers(before):
        name = container.get("name")
        for field, by in _OF_CONTAINER.items() if name in ends and name in now else ():
            if names := _gone(field, by, container, now[name], ends[name]):
                yield LostItems(field, tuple(names), str(name))


def _gone(field: str, by: str, *stages: Mapping[str, Any]) -> list[str]:
    """What the first has in a list, and none of the others."""
    # What is no list is told elsewhere.
    if any(not isinstance(one.get(field), list) and one.get(field) is not None for one in stages):
        return []
    was, *later = ([str(item.get(by)) for item in maps(one.get(field))] for one in stages)
    return [name for name in was if not any(name in names for names in later)]


def _is_needed(lost: LostItems) -> bool:
    is_container = lost.field == "containers" and any(name in _NEEDED for name in lost.names)
    return is_container or lost.field in ("volumes", "volumeMounts")


def _top(lost: Sequence[LostItems]) -> Path:
    """The field of the patch that replaces all of it."""
    fields = {"containers" if one.container else one.field for one in lost}
    return (*fields,) if len(fields) == 1 else ()


def _containers(spec: Mapping[str, Any]) -> list[Object]:
    return maps(spec.get("containers"))


def _kind(patch: Mapping[str, Any]) -> str:
    return str(patch.get("patch_type") or _STRATEGIC)
