"""The images of a release: those of its pods and those its jobs use when they name none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.manifests.rendering import Rendering

HELPER = "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper"
_RELEASED = re.compile(r"v?(\d+\.\d+\.\d+)")


def find_images(rendering: Rendering, runner_version: str) -> dict[str, list[str]]:
    """Image → who uses it (`Deployment/ci-podrunner`, `jobs of runner default`), sorted by image."""
    users: dict[str, set[str]] = {}
    for document in rendering.documents:
        for image in _images_of_pods(document.data):
            users.setdefault(image, set()).add(document.name)
    for config in rendering.configs:
        # One that is not TOML is for `podrunner check` to name.
        for runner in maps(config.toml.data.get("runners")):
            for image, use in _images_of_jobs(runner, runner_version):
                users.setdefault(image, set()).add(f"{use} of runner {runner.get('name', '')}")
    return {image: sorted(users[image]) for image in sorted(users)}


def _images_of_pods(part: Any) -> Iterator[str]:
    """`image` of every container, wherever in an object its pod is."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("containers", "initContainers", "ephemeralContainers") and isinstance(value, list):
                yield from (item["image"] for item in value if isinstance(item, dict) and item.get("image"))
            else:
                yield from _images_of_pods(value)
    elif isinstance(part, list):
        for item in part:
            yield from _images_of_pods(item)


def _images_of_jobs(runner: dict[str, Any], runner_version: str) -> Iterator[tuple[str, str]]:
    kubernetes = runner.get("kubernetes", {})
    if kubernetes.get("image"):
        yield kubernetes["image"], "jobs"
    yield kubernetes.get("helper_image") or default_helper(kubernetes, runner_version), "helper"
    for service in kubernetes.get("services", []):
        if service.get("name"):
            yield service["name"], "services"
    autoscaler = kubernetes.get("autoscaler")
    if isinstance(autoscaler, dict):
        yield autoscaler.get("pause_pod_image") or "registry.k8s.io/pause:3.10", "idle pods"


def default_helper(kubernetes: dict[str, Any], runner_version: str) -> str:
    """The helper image that GitLab Runner takes when config.toml names none."""
    released = _RELEASED.match(runner_version)
    tag = f"v{released[1]}" if released else "latest"
    arch = (kubernetes.get("node_selector") or {}).get("kubernetes.io/arch", "amd64")
    # The runner names architectures as uname does, Kubernetes as Go does.
    machine = {"amd64": "x86_64", "386": "x86"}.get(arch, arch)
    flavor = kubernetes.get("helper_image_flavor") or ""
    # `alpine` is the default and has no prefix in the tag.
    prefix = "" if flavor in ("", "alpine") else f"{flavor}-"
    return f"{HELPER}:{prefix}{machine}-{tag}"
