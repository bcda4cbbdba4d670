"""Which mode of podman a [[runners]] table amounts to."""

from __future__ import annotations

from typing import Any

from podrunner.manifests.objects import maps, table
from podrunner.runner.feature_flags import feature_flag
from podrunner.runner.job_pod.patches import patched
from podrunner.runner.job_pod.security_context import container_context

PATCHES_FLAG = "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION"
# The user of every mode but unprivilegedRoot: with another, helper and build container would not share their files.
_USER = 1000
# What newuidmap and newgidmap need, and what nobody adds for anything else.
_MAPPING = {"SETUID", "SETGID"}


def recognise_mode(runner: dict[str, Any]) -> str:
    """The mode whose security state the build container has; `none` for every other.

    Privileged containers of root are left alone: they are made for Docker in Docker as often as not.
    """
    build = container_context(table(runner.get("kubernetes")), "build")
    uid = build.get("runAsUser")
    may_escalate = build.get("allowPrivilegeEscalation") is not False
    if build.get("privileged") is True:
        return "privileged" if uid == _USER and not _has_docker(runner) else "none"
    if uid == 0 and not may_escalate:
        return "unprivilegedRoot"
    if uid != _USER or not may_escalate:
        return "none"
    if has_user_namespace(runner):
        return "userNamespace"
    return "unprivileged" if set(table(build.get("capabilities")).get("add", [])) >= _MAPPING else "none"


def _has_docker(runner: dict[str, Any]) -> bool:
    """Whether a service is Docker in Docker, which needs the privileges that the mode leaves to the build container."""
    kubernetes = table(runner.get("kubernetes"))
    every = kubernetes.get("privileged") is True
    return every and any("dind" in str(service.get("name")) for service in maps(kubernetes.get("services")))


def has_user_namespace(runner: dict[str, Any]) -> bool:
    """Whether a patch of the job pod says hostUsers: false, and patches are on."""
    if not feature_flag(runner, PATCHES_FLAG):
        return False
    spec: dict[str, Any] = {}
    for patch in maps(table(runner.get("kubernetes")).get("pod_spec")):
        spec = patched(spec, str(patch.get("patch", "")), str(patch.get("patch_type") or "strategic"))
    return spec.get("hostUsers") is False
