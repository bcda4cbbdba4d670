"""Images that may be another one tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import IMAGE_FLOATING
from podrunner.manifests.checks.object_finding import object_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod


def check_images(pods: list[Pod]) -> Iterator[Finding]:
    """A note for each image without tag and digest, or with the tag `latest`."""
    for pod in pods:
        for path, container in pod.containers():
            image = str(container.get("image") or "")
            reason = floating(image) if image else ""
            if reason:
                why = f"{image} {reason}: tomorrow it may be another image. Name a version or a digest."
                yield object_finding(pod.document, IMAGE_FLOATING, f"{path}.image", why)


def floating(image: str) -> str:
    """Why an image reference is not fixed; empty when it is."""
    name, _, digest = image.partition("@")
    # A colon before the last slash belongs to the registry's port.
    tag = name.rpartition("/")[2].partition(":")[2]
    if digest:
        return ""
    return "" if tag and tag != "latest" else "has the tag latest" if tag else "has neither tag nor digest"
