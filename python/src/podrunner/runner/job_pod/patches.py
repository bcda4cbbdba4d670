"""Patches of pod_spec, laid over the pod as the Kubernetes executor lays them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from podrunner.formats.patch import read_patch
from podrunner.manifests.objects import maps, texts

# Lists of a pod that a strategic patch joins by a key of their items; every other list is replaced.
_KEYS = {
    "containers": "name",
    "env": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}


def patched(spec: dict[str, Any], patch: str, kind: str) -> dict[str, Any]:
    """A pod spec with one patch (JSON or YAML) of the type strategic, merge or json.

    Of a JSON patch, operations on what `spec` does not have are left out. A patch that `refusal` speaks of changes
    nothing. Strategic directives (`$patch`) are not followed.
    """
    data, flaw = read_patch(patch)
    if flaw or data is None or refusal(patch, kind):
        return spec
    if kind == "json":
        return _json(spec, data)
    return _merged(spec, data, _KEYS if kind == "strategic" else {})


def refusal(patch: str, kind: str) -> str:
    """Why GitLab Runner cannot use a patch, as the rest of a sentence; empty when it can."""
    data, flaw = read_patch(patch)
    if flaw:
        line, _ = flaw.place
        return f"must be YAML or JSON: {flaw.reason}{f', in line {line} of it' if line else ''}"
    if data is None:
        return ""
    if kind == "json":
        fine = isinstance(data, list) and all(len(texts([one.get("op"), one.get("path")])) == 2 for one in maps(data))
        fine = fine and len(maps(data)) == len(data)
        return "" if fine else "must be a list of maps with `op` and `path`, as patch_type is json"
    return "" if isinstance(data, dict) else f"must be a map with fields of a pod's spec, as patch_type is {kind}"


def _json(spec: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    import jsonpatch
    import jsonpointer

    for operation in operations:
        try:
            found = jsonpatch.apply_patch(deepcopy(spec), [operation])
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
            continue
        # The path "" is the whole pod.
        spec = found if isinstance(found, dict) else spec
    return spec


def _merged(base: dict[str, Any], over: dict[str, Any], keys: dict[str, str]) -> dict[str, Any]:
    """RFC 7396: a null removes; and lists of `keys` joined by the key of their items."""
    found = dict(base)
    for key, value in over.items():
        below = found.get(key)
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict):
            found[key] = _merged(below if isinstance(below, dict) else {}, value, keys)
        elif key in keys and isinstance(value, list):
            found[key] = _joined(maps(below), maps(value), keys[key], keys)
        else:
            found[key] = value
    return found


def _joined(
    base: list[dict[str, Any]], over: list[dict[str, Any]], by: str, keys: dict[str, str]
) -> list[dict[str, Any]]:
    found = {str(item.get(by)): item for item in base}
    for item in over:
        name = str(item.get(by))
        found[name] = _merged(found.get(name, {}), item, keys)
    return list(found.values())
