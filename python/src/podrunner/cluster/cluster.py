"""The cluster of a smoke: a kind cluster made for it, or one that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.cluster.api import Api
from podrunner.cluster.kind import Kind, find_kind
from podrunner.cluster.kubeconfig import Access
from podrunner.cluster.rollout import wait_for_nodes
from podrunner.output.steps import count

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


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a new kind cluster: their image, empty for that of the images, and how many workers there are.

    Without workers, pods run on the control plane.
    """

    image: str = ""
    workers: int = 0


def make_cluster(
    name: str, images: ImageSet, nodes: Nodes, temporary: Path, progress: Progress, removals: Removals
) -> Cluster:
    """A new kind cluster with the images of `images` in the nodes where pods run; its kubeconfig is in `temporary`.

    Raises UsageError without kind or an engine, CommandError with kind's words when kind fails, RolloutError when a
    worker does not get ready.
    """
    kind = find_kind(name, images, temporary)
    image = nodes.image or images.node
    if images.node_archive and image == images.node and not kind.has_image(image):
        with progress.step(f"Load the node image {image} into {kind.engine}"):
            kind.load_node_image(images.node_archive)
    removals.add(f"the kind cluster {name}", kind.delete, kind.removal_command)
    of_how_many = f" with {count(nodes.workers, 'worker')}" if nodes.workers else ""
    with progress.step(f"Make the kind cluster {name}{of_how_many} ({kind.engine})"):
        kind.create(image, images.kind_config, nodes.workers)
    if images.archives:
        load_archives(kind, images, kind.workers(nodes.workers), progress)
    cluster = connect(kind.kubeconfig, temporary, ours=True)
    if nodes.workers:
        with progress.step("Wait for its workers"):
            wait_for_nodes(cluster.api)
    return cluster


def load_archives(kind: Kind, images: ImageSet, workers: list[str], progress: Progress) -> None:
    """Loads the images of the set into the nodes where pods run: the workers, or else the only node."""
    where = f"each of {count(len(workers), 'worker')}" if workers else "its node"
    with progress.step(f"Load {len(images.archives)} images into {where}"):
        for _, archive in images.archives:
            kind.load(archive, workers)


def connect(kubeconfig: Path | None, temporary: Path, context: str = "", *, ours: bool = False) -> Cluster:
    """The cluster of a kubeconfig and a context of it. Raises UsageError or ApiError when it cannot be used."""
    api = Api(kubeconfig, temporary, context)
    return Cluster(api, Access(kubeconfig, context), temporary, plain_version(api.version()), ours)


def plain_version(version: str) -> str:
    """`1.34.4` of versions such as `1.34.4-gke.1000` and `1.34.4+k3s1`: what charts compare with."""
    found = re.match(r"\d+\.\d+\.\d+", version)
    return found[0] if found else version
