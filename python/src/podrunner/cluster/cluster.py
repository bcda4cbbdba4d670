"""The cluster of a smoke: a kind cluster made for it, or one that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.cluster.api import Api
from podrunner.cluster.kind import Kind, find_kind
from podrunner.cluster.kubeconfig import Access

if TYPE_CHECKING:
    from pathlib import Path

    from podrunner.cluster.images import ImageSet
    from podrunner.cluster.removal import Removals
    from podrunner.output.steps import Progress


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers. `ours` when it goes away at the end, with everything in it."""

    api: Api
    access: Access
    temporary: Path
    version: str
    ours: bool

    @property
    def kubeconfig(self) -> Path | None:
        """Its kubeconfig; None for the default one."""
        return self.access.kubeconfig


def make_cluster(
    name: str, images: ImageSet, node_image: str, temporary: Path, progress: Progress, removals: Removals
) -> Cluster:
    """A new kind cluster with the images of `images` in its node; its kubeconfig is in `temporary`.

    Raises UsageError without kind or an engine, CommandError with kind's words when kind fails.
    """
    kind = find_kind(name, images, temporary)
    image = node_image or images.node
    if images.node_archive and image == images.node and not kind.has_image(image):
        with progress.step(f"Load the node image {image} into {kind.engine}"):
            kind.load_node_image(images.node_archive)
    removals.add(f"the kind cluster {name}", kind.delete, kind.removal_command)
    with progress.step(f"Make the kind cluster {name} ({kind.engine})"):
        kind.create(image, images.kind_config)
    if images.archives:
        load_archives(kind, images, progress)
    return connect(kind.kubeconfig, temporary, ours=True)


def load_archives(kind: Kind, images: ImageSet, progress: Progress) -> None:
    """Loads the images of the set into the node."""
    with progress.step(f"Load {len(images.archives)} images into its node"):
        for _, archive in images.archives:
            kind.load(archive)


def connect(kubeconfig: Path | None, temporary: Path, context: str = "", *, ours: bool = False) -> Cluster:
    """The cluster of a kubeconfig and a context of it. Raises UsageError or ApiError when it cannot be used."""
    api = Api(kubeconfig, temporary, context)
    return Cluster(api, Access(kubeconfig, context), temporary, plain_version(api.version()), ours)


def plain_version(version: str) -> str:
    """`1.34.4` of versions such as `1.34.4-gke.1000` and `1.34.4+k3s1`: what charts compare with."""
    found = re.match(r"\d+\.\d+\.\d+", version)
    return found[0] if found else version
