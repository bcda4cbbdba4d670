"""What can be recommended: every preset of the chart, and the variations that some nodes need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.preflight.facts import Facts

_UNCONFINED = "podman.seccomp.type=Unconfined"
_FUSE_DRIVER = "podman.storage.driver=fuse-overlayfs"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A preset with settings over it, written as for --set. `resource` is what a node has to offer to its pods.

    `reach` is what a job can become on the node, where its container begins as less and root of the pod is the node's.
    """

    preset: str
    mode: str
    variation: str = ""
    settings: tuple[str, ...] = ()
    resource: str = ""
    reach: str = ""

    @property
    def name(self) -> str:
        """Such as `unprivileged, fuse by crio`."""
        return f"{self.preset}, {self.variation}" if self.variation else self.preset

    @property
    def is_unconfined(self) -> bool:
        """Whether it asks for no seccomp profile at all."""
        return _UNCONFINED in self.settings


def candidates(modes: Mapping[str, Mapping[str, Any]], facts: Facts, resource: str) -> list[Candidate]:
    """What to try, in the order of the chart's table `modes`. `resource` is that of a fuse device plugin."""
    found: list[Candidate] = []
    for mode, entry in modes.items():
        if preset := entry.get("preset"):
            promise = entry.get("promise") or {}
            is_the_nodes = promise.get("hostUsers", True) is not False and not promise.get("privileged")
            plain = Candidate(str(preset), mode, reach=str(entry.get("reach", "")) if is_the_nodes else "")
            found += [plain, *_with_fuse(plain, facts, resource)]
    return found


def _with_fuse(plain: Candidate, facts: Facts, resource: str) -> list[Candidate]:
    """/dev/fuse is for kernels without overlay mounts in user namespaces: the mode to begin with is tried with it."""
    if plain.mode != "unprivileged":
        return []
    found = []
    if any(node.runtime_name == "cri-o" for node in facts.nodes):
        found.append(replace(plain, variation="fuse by CRI-O", settings=("podman.fuse.source=crio", _FUSE_DRIVER)))
    if any(resource in node.resources for node in facts.nodes):
        settings = ("podman.fuse.source=devicePlugin", f"podman.fuse.resource={resource}", _FUSE_DRIVER)
        found.append(replace(plain, variation="fuse by device plugin", settings=settings, resource=resource))
    return found


def unconfined(blocked: Iterable[Candidate]) -> list[Candidate]:
    """The variations without a seccomp profile of candidates that one stands in the way of."""
    return [
        replace(
            plain,
            variation=", ".join(filter(None, [plain.variation, "seccomp Unconfined"])),
            settings=(*plain.settings, _UNCONFINED),
        )
        for plain in blocked
        if not plain.is_unconfined and plain.mode not in {"privileged", "openshift"}
    ]


def by_safety(found: Iterable[Candidate], modes: Iterable[str]) -> list[Candidate]:
    """Candidates in the order in which they are recommended: that of `modes`, then with a seccomp profile before without."""
    order = list(modes)
    return sorted(found, key=lambda one: (order.index(one.mode), one.is_unconfined))
