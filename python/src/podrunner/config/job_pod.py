"""The pod that the Kubernetes executor makes for a job, as far as its security goes."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from podrunner.findings import Finding, Severity
from podrunner.manifests.pod_security import LEVELS, level
from podrunner.manifests.pods import maps, table
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.helm import Rendering

_NAMES = {"selinux_type": "seLinuxOptions", "app_armor_profile": "appArmorProfile"}
_CONTAINERS = {"build": "containers", "helper": "containers", "init_permissions": "initContainers"}
_KINDS = {"host_path": "hostPath", "pvc": "persistentVolumeClaim", "config_map": "configMap", "empty_dir": "emptyDir"}


def check_job_pods(rendering: Rendering, values: Mapping[str, Any], modes: Mapping[str, Any]) -> list[Finding]:
    """Compare the level of each runner's job pod with what the table of modes promises to administrators."""
    found: list[Finding] = []
    for name, text in rendering.config_texts.items():
        try:
            runners = tomllib.loads(text).get("runners")
        except tomllib.TOMLDecodeError:
            continue
        for runner in maps(runners):
            found += _check(runner, values, modes, f"ConfigMap/{name}")
    return found


def _check(
    runner: dict[str, Any], values: Mapping[str, Any], modes: Mapping[str, Any], where: str
) -> Iterator[Finding]:
    name = str(runner.get("name"))
    own = table(table(table(values.get("runners")).get(name)).get("podman"))
    mode = own.get("mode", table(values.get("podman")).get("mode"))
    promised = table(modes.get(str(mode))).get("podSecurity")
    if promised not in LEVELS:
        return
    needed, reasons = level(job_pod(runner))
    if LEVELS.index(needed) > LEVELS.index(promised):
        message = (
            f"jobs of runner {name} need the Pod Security level {needed}, mode {mode} promises {promised}: "
            f"{'; '.join(reasons[:4])}."
        )
        yield Finding("job-pod-security", Severity.WARNING, message, object=where, path=f"runners.{name}")


def job_pod(runner: dict[str, Any]) -> dict[str, Any]:
    """The pod spec of a job: containers with their security contexts, and volumes."""
    kubernetes = table(runner.get("kubernetes"))
    containers: dict[str, Any] = {"containers": [], "initContainers": []}
    for name, part in _CONTAINERS.items():
        containers[part].append({"name": name, "securityContext": _context(kubernetes, name)})
    spec: dict[str, Any] = {**containers, "volumes": list(_volumes(table(kubernetes.get("volumes"))))}
    pod = table(kubernetes.get("pod_security_context"))
    if pod:
        spec["securityContext"] = _camel(pod)
    for patch in maps(kubernetes.get("pod_spec")):
        spec = _patched(spec, str(patch.get("patch", "")))
    return spec


def _context(kubernetes: dict[str, Any], name: str) -> dict[str, Any]:
    for_all: dict[str, Any] = {
        key: kubernetes[key] for key in ("privileged", "allow_privilege_escalation") if key in kubernetes
    }
    capabilities = {
        part: kubernetes[f"cap_{part}"] for part in ("add", "drop") if isinstance(kubernetes.get(f"cap_{part}"), list)
    }
    own = table(kubernetes.get(f"{name}_container_security_context"))
    return _camel(merge({**for_all, **({"capabilities": capabilities} if capabilities else {})}, own))


def _camel(table_of_runner: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table_of_runner.items():
        if key == "proc_mount":
            found["procMount"] = str(value).title()
        elif key == "selinux_type":
            found["seLinuxOptions"] = {"type": value}
        else:
            name = _NAMES.get(key) or re.sub(r"_([a-z])", lambda match: match[1].upper(), key)
            found[name] = _camel(value) if isinstance(value, dict) else value
    return found


def _volumes(volumes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for kind, every in volumes.items():
        for volume in maps(every):
            yield {"name": volume.get("name"), _KINDS.get(kind, kind): {}}


def _patched(spec: dict[str, Any], patch: str) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(patch)
    except yaml.YAMLError:
        return spec
    if not isinstance(data, dict):
        return spec
    patched = merge(spec, {key: value for key, value in data.items() if not isinstance(value, list)})
    for key in ("containers", "initContainers", "volumes"):
        patched[key] = _by_name(spec.get(key) or [], maps(data.get(key)))
    return patched


def _by_name(base: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {str(item.get("name")): item for item in base}
    for item in over:
        name = str(item.get("name"))
        found[name] = merge(found.get(name, {}), item)
    return list(found.values())
