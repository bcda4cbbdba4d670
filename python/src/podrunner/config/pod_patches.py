"""Patches of pod_spec, laid over the pod as the Kubernetes executor lays them."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from podrunner.manifests.pods import maps

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

    Of a JSON patch, operations on what `spec` does not have are left out. A patch that cannot be read changes nothing:
    the check of config.toml says so. Strategic directives (`$patch`) are not followed.
    """
    import yaml

    try:
        data = read_patch(patch)
    except yaml.YAMLError:
        return spec
    if kind == "json":
        return _json(spec, maps(data))
    if not isinstance(data, dict):
        return spec
    return _merged(spec, data, _KEYS if kind == "strategic" else {})


@lru_cache(maxsize=1024)
def read_patch(patch: str) -> Any:
    """A patch, not to be changed by anybody: runners of a mode share theirs."""
    import yaml

    from podrunner.values.go_yaml import GoLoader

    return yaml.load(patch, Loader=GoLoader)


def _json(spec: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    import jsonpatch
    import jsonpointer

    for operation in operations:
        try:
            spec = jsonpatch.apply_patch(deepcopy(spec), [operation])
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
            continue
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
    found = {item.get(by): item for item in base}
    for item in over:
        found[item.get(by)] = _merged(found.get(item.get(by), {}), item, keys)
    return list(found.values())
