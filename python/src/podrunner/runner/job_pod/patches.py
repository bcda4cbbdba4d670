"""Patches of pod_spec, laid over the pod as the Kubernetes executor lays them.

Strategic ones are laid as k8s.io/apimachinery lays them on a PodSpec. PyPI has no library for them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from podrunner.formats.patch import read_patch
from podrunner.manifests.objects import maps
from podrunner.runner.job_pod.json_patch import json_patched, malformed

# Lists of a pod that a strategic patch joins by a key of their items; every other list is replaced.
MERGE_KEYS = {
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "resourceClaims": "name",
    "schedulingGates": "name",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
_DIRECTIVE, _RETAIN = "$patch", "$retainKeys"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"


class PatchError(Exception):
    """A patch that cannot be laid over this pod; the text is why, as the rest of a sentence."""


def patched(spec: dict[str, Any], patch: str, kind: str) -> dict[str, Any]:
    """A pod spec with one patch (JSON or YAML) of the type strategic, merge or json; unchanged where that fails."""
    return applied(spec, patch, kind)[0]


def applied(spec: dict[str, Any], patch: str, kind: str) -> tuple[dict[str, Any], str]:
    """The same, and why a patch could not be used: then no job of the runner gets a pod."""
    data, _ = read_patch(patch)
    reason = refusal(patch, kind)
    if reason or data is None:
        return spec, reason
    try:
        if kind == "json":
            return json_patched(spec, data)
        return (_strategic if kind == "strategic" else _merged)(deepcopy(spec), data), ""
    except PatchError as error:
        return spec, str(error)


def refusal(patch: str, kind: str) -> str:
    """Why GitLab Runner cannot use a patch, as the rest of a sentence; empty when it can."""
    data, flaw = read_patch(patch)
    if flaw:
        line, _ = flaw.place
        return f"must be YAML or JSON: {flaw.reason}{f', in line {line} of it' if line else ''}"
    if data is None:
        return ""
    if kind == "json":
        return malformed(data)
    return "" if isinstance(data, dict) else f"must be a map with fields of a pod's spec, as patch_type is {kind}"


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396: a null removes, lists are replaced."""
    found = dict(base)
    for key, value in over.items():
        below = found.get(key)
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict):
            found[key] = _merged(below if isinstance(below, dict) else {}, value)
        else:
            found[key] = value
    return found


def _strategic(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    directive = over.get(_DIRECTIVE)
    if directive == "replace":
        return {key: value for key, value in over.items() if key != _DIRECTIVE}
    if directive == "delete":
        return {}
    if directive is not None:
        raise PatchError(f"{_DIRECTIVE}: {directive} is neither replace nor delete")
    found = _retained(base, over)
    orders = {key.removeprefix(_ORDER): value for key, value in over.items() if key.startswith(_ORDER)}
    for key, value in over.items():
        if key == _RETAIN or key.startswith(_ORDER):
            continue
        if key.startswith(_DELETE):
            name = key.removeprefix(_DELETE)
            if isinstance(found.get(name), list):
                found[name] = [item for item in found[name] if item not in value]
            continue
        _take(found, key, value)
    for key, order in orders.items():
        if isinstance(found.get(key), list) and isinstance(order, list):
            found[key] = _ordered(
                found[key], order, maps(base.get(key)) or base.get(key) or [], MERGE_KEYS.get(key, "")
            )
    return found


def _take(found: dict[str, Any], key: str, value: Any) -> None:
    """Lay one field of a strategic patch over the same field."""
    below = found.get(key)
    if value is None:
        found.pop(key, None)
    elif key not in found or type(below) is not type(value):
        plain = _plain(value)
        if plain is _NOTHING:
            found.pop(key, None)
        else:
            found[key] = plain
    elif isinstance(value, dict) and isinstance(below, dict):
        found[key] = _strategic(below, value)
    elif isinstance(value, list) and isinstance(below, list) and key in MERGE_KEYS:
        found[key] = _joined(below, value, MERGE_KEYS[key])
    else:
        found[key] = value


def _retained(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    if _RETAIN not in over:
        return dict(base)
    kept = over[_RETAIN]
    given = [key for key, value in over.items() if value is not None and not key.startswith("$")]
    if not isinstance(kept, list) or any(key not in kept for key in given):
        raise PatchError(f"{_RETAIN} must list every field beside it")
    return {key: value for key, value in base.items() if key in kept}


def _joined(base: list[Any], over: list[Any], by: str) -> list[Any]:
    if any(not isinstance(item, dict) for item in over):
        raise PatchError(f"items of a list that is joined by `{by}` must be maps")
    directives = [item for item in over if _DIRECTIVE in item]
    items = [item for item in over if _DIRECTIVE not in item]
    for item in directives:
        if item[_DIRECTIVE] not in ("replace", "delete"):
            raise PatchError(f"{_DIRECTIVE}: {item[_DIRECTIVE]} in a list is neither replace nor delete")
        if item[_DIRECTIVE] == "delete" and by not in item:
            raise PatchError(f"an item with {_DIRECTIVE}: delete has no `{by}`")
    if any(item[_DIRECTIVE] == "replace" for item in directives):
        return items
    gone = [item[by] for item in directives]
    kept = [item for item in maps(base) if item.get(by) not in gone]
    found = list(kept)
    for item in items:
        if by not in item:
            raise PatchError(f"an item of a list that is joined by `{by}` has none")
        place = next((index for index, one in enumerate(found) if one.get(by) == item[by]), None)
        if place is None:
            found.append(item)
        else:
            found[place] = _strategic(found[place], item)
    return _ordered(found, items, kept, by)


def _ordered(items: list[Any], order: list[Any], before: list[Any], by: str) -> list[Any]:
    """Items in the order of the patch; others between them as they were, after those that they do not know."""

    def key(item: Any) -> Any:
        return item.get(by) if by and isinstance(item, dict) else item

    first, was = [key(item) for item in order], [key(item) for item in before]
    left = sorted((item for item in items if key(item) not in first), key=lambda item: _place(was, key(item)))
    right = sorted((item for item in items if key(item) in first), key=lambda item: first.index(key(item)))
    found = []
    while left and right:
        here, there = _place(was, key(left[0])), _place(was, key(right[0]))
        found.append(left.pop(0) if here < there < len(was) else right.pop(0))
    return [*found, *left, *right]


def _place(places: list[Any], of: Any) -> int:
    return places.index(of) if of in places else len(places)


_NOTHING = object()


def _plain(value: Any) -> Any:
    """What is new, without directives and nulls; `_NOTHING` for a map with `$patch`, which has nothing to act on."""
    if isinstance(value, dict):
        if _DIRECTIVE in value:
            return _NOTHING
        parts = {key: _plain(part) for key, part in value.items() if part is not None and not key.startswith("$")}
        return {key: part for key, part in parts.items() if part is not _NOTHING}
    if isinstance(value, list):
        return [part for part in map(_plain, value) if part is not _NOTHING]
    return value
