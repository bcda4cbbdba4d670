"""Containers of one pod, told apart by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import CONTAINER_NAME
from podrunner.manifests.checks.object_finding import object_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod


def check_containers(pods: Sequence[Pod]) -> Iterator[Finding]:
    """An error for each container that has the name of another one, of whatever kind."""
    for pod in pods:
        first: dict[str, str] = {}
        for path, container in pod.containers():
            name = container.get("name")
            if isinstance(name, str) and first.setdefault(name, path) != path:
                message = f"`{name}` is the name of {first[name]}, too. Kubernetes refuses this."
                yield object_finding(pod.document, CONTAINER_NAME, f"{path}.name", message)
