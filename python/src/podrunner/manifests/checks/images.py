"""Images that may be another one tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import IMAGE_FLOATING
from podrunner.findings.severity import Severity
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.image import floating
from podrunner.manifests.objects import HOOK_ANNOTATION, maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod


def check_images(pods: list[Pod]) -> Iterator[Finding]:
    """A warning for each image without tag and digest, or with a tag that moves; a note where `helm test` alone runs it."""
    for pod in pods:
        annotations = table(table(pod.document.data.get("metadata")).get("annotations"))
        is_test = str(annotations.get(HOOK_ANNOTATION, "")).startswith("test")
        severity = Severity.NOTE if is_test else Severity.WARNING
        for path, image in _images(pod):
            if reason := floating(image):
                yield object_finding(pod.document, IMAGE_FLOATING, path, f"{image} {reason}", severity)


def _images(pod: Pod) -> Iterator[tuple[str, str]]:
    """(path, image) of the containers, and of volumes that are the files of an image."""
    for path, container in pod.containers():
        yield f"{path}.image", str(container.get("image") or "")
    for index, volume in enumerate(maps(pod.spec.get("volumes"))):
        yield f"{pod.path}.volumes[{index}].image.reference", str(table(volume.get("image")).get("reference") or "")
