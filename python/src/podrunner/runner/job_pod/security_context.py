"""Security contexts of config.toml (snake case) as the Kubernetes executor writes them into a pod."""

from __future__ import annotations

import re
from typing import Any

from podrunner.manifests.objects import table

_PROFILES = {"seccomp_profile": "seccompProfile", "app_armor_profile": "appArmorProfile"}
_PROFILE_TYPES = ("RuntimeDefault", "Unconfined", "Localhost")
_PROC_MOUNTS = frozenset(["Default", "Unmasked"])
_FOR_ALL = ("privileged", "allow_privilege_escalation")
_IDS = ("run_as_user", "run_as_group")
_ID = re.compile(r"\+?[0-9]+", re.ASCII)
_WITH_IDS = ("build", "helper", "service")
# The executor takes it from every container, unless a configuration says which capabilities to drop.
_DROPPED = "NET_RAW"


def container_context(kubernetes: dict[str, Any], name: str, user: str = "") -> dict[str, Any]:
    """The context of a container: its own table of [runners.kubernetes], else what is said for all containers.

    `name` is build, helper, init_permissions or service; `user` is what the job asks for, `uid[:gid]`.
    """
    own = table(kubernetes.get(f"{name}_container_security_context"))
    for_all: dict[str, Any] = {key: kubernetes[key] for key in _FOR_ALL if key in kubernetes}
    context = _context({**_ids(kubernetes, name, user), **for_all, **own, "capabilities": []})
    capabilities = _capabilities(kubernetes, table(own.get("capabilities")))
    return {**context, "capabilities": capabilities}


def _ids(kubernetes: dict[str, Any], name: str, user: str) -> dict[str, Any]:
    """User and group of the pod, which the executor repeats in all but init containers; else those of the job."""
    if name not in _WITH_IDS:
        return {}
    pod = table(kubernetes.get("pod_security_context"))
    asked = dict(zip(_IDS, (user + ":").split(":"), strict=False))
    found = {key: pod[key] for key in _IDS if key in pod}
    for key, allowed in zip(_IDS, ("allowed_users", "allowed_groups"), strict=True):
        if key not in found and _allowed(asked[key], kubernetes.get(allowed)):
            found[key] = int(asked[key])
    return found


def _allowed(identity: str, allowed: Any) -> bool:
    """Whether a job may have a user or group: root only where a list names it, others also where there is no list."""
    if not _ID.fullmatch(identity):
        return False
    named = [int(one) for one in _names(allowed) if _ID.fullmatch(one)]
    return int(identity) in named if int(identity) == 0 or _names(allowed) else True


def pod_context(own: dict[str, Any]) -> dict[str, Any]:
    """The context of the pod; empty when the executor sets none."""
    return _context(own)


def _capabilities(kubernetes: dict[str, Any], own: dict[str, Any]) -> dict[str, list[str]]:
    """Lists of the container, each in place of the runner-wide one; empty lists are not there at all."""
    added = {_DROPPED: False}
    added |= dict.fromkeys(_names(kubernetes.get("cap_add")), True)
    added |= dict.fromkeys(_names(kubernetes.get("cap_drop")), False)
    lists = {
        "add": [name for name, add in added.items() if add],
        "drop": [name for name, add in added.items() if not add],
    }
    # The runner copies its configuration in a way that loses empty lists.
    lists |= {part: _names(own[part]) for part in lists if _names(own.get(part))}
    return {part: names for part, names in lists.items() if names}


def _names(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _context(own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in own.items():
        if key == "proc_mount":
            mount = str(value).strip().title()
            found |= {"procMount": mount} if mount in _PROC_MOUNTS else {}
        elif key == "selinux_type":
            found |= {"seLinuxOptions": {"type": value}} if value else {}
        elif key in _PROFILES:
            profile = _profile(table(value))
            found |= {_PROFILES[key]: profile} if profile else {}
        elif value != []:
            found[re.sub(r"_([a-z])", lambda match: match[1].upper(), key)] = value
    return found


def _profile(own: dict[str, Any]) -> dict[str, Any]:
    """A seccomp or AppArmor profile; empty for one that the executor logs as invalid and drops."""
    kind, localhost = own.get("type"), own.get("localhost_profile")
    if kind not in _PROFILE_TYPES or (kind == "Localhost" and not localhost):
        return {}
    return {"type": kind, **({"localhostProfile": localhost} if kind == "Localhost" else {})}
