"""What the pod of `helm test` has in common with a job's: everything but helper, services and the executor's own."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

_OWN_VOLUMES = ("repo", "scripts", "logs")
_OWN_CONTAINERS = ("init-permissions", "init-build-uid-gid-collector")
_OF_BUILD = ("name", "image", "securityContext", "env", "resources", "volumeMounts", "lifecycle")
# What a job has and a test does not: an end of its own, and the other containers. And the old name of serviceAccountName.
_OF_JOBS = ("activeDeadlineSeconds", "containers", "serviceAccount")
# What the API server adds where nothing is said.
_DEFAULTS = {"enableServiceLinks": True, "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30}


def build_part(spec: Mapping[str, Any], variables: Collection[str]) -> Any:
    """A pod's spec with its build container alone, of whose environment `variables` count, and its lists in one order.

    What is empty or false is left out, except where Kubernetes takes it for something else than nothing.
    """
    build = _container(next(one for one in spec["containers"] if one["name"] == "build"), _OF_BUILD)
    build["env"] = [one for one in build.get("env", []) if one["name"] in variables]
    first = [one for one in spec.get("initContainers", []) if one["name"] not in _OWN_CONTAINERS]
    fields = (*_OF_BUILD, "command", "args")
    return _plain({**_around(spec), "initContainers": [_container(one, fields) for one in first], "build": build})


def pod_part(spec: Mapping[str, Any]) -> Any:
    """A pod's spec with all its containers, without their environment and commands."""
    fields = [field for field in _OF_BUILD if field != "env"]
    kinds = ("initContainers", "containers")
    return _plain(_around(spec) | {kind: [_container(one, fields) for one in spec.get(kind, [])] for kind in kinds})


def _around(spec: Mapping[str, Any]) -> dict[str, Any]:
    """All but the containers."""
    found = {key: value for key, value in spec.items() if key not in _OF_JOBS and _DEFAULTS.get(key) != value}
    return found | {
        "volumes": [one for one in spec.get("volumes", []) if one["name"] not in _OWN_VOLUMES],
        # Of the job's own registries, and its services: addresses of the pod itself.
        "imagePullSecrets": [one for one in spec.get("imagePullSecrets", []) if not one["name"].startswith("runner-")],
        "hostAliases": [one for one in spec.get("hostAliases", []) if one["ip"] != "127.0.0.1"],
    }


def _container(one: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    found = {key: one[key] for key in fields if key in one}
    resources = one.get("resources") or {}
    # The API server takes limits for requests where there are none.
    found["resources"] = {**resources, "requests": {**resources.get("limits", {}), **resources.get("requests", {})}}
    found["volumeMounts"] = [mount for mount in one.get("volumeMounts", []) if mount["name"] not in _OWN_VOLUMES]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        # What the files of a Secret, and a claim, have unless it is said.
        added = (("defaultMode", 0o644), ("volumeMode", "Filesystem"))
        said = {key: _plain(part) for key, part in value.items() if (key, part) not in added}
        return {key: part for key, part in said.items() if _is_said(key, part)}
    if isinstance(value, list):
        return sorted(map(_plain, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def _is_said(key: str, part: Any) -> bool:
    kept = ("emptyDir", "automountServiceAccountToken", "hostUsers", "allowPrivilegeEscalation")
    return key in kept or part not in ({}, [], None, "", False) or (part == 0 and part is not False)
