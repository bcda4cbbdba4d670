"""kind and the container engine below it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.errors import PodrunnerError, UsageError
from podrunner.smoke.processes import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podrunner.smoke.images import ImageSet

# kind's own marks on everything that belongs to a cluster.
_CLUSTER_LABEL = "io.x-k8s.kind.cluster"
# kind calls its network `kind` unless told otherwise; with nerdctl it cannot be told.
_NETWORK_VARIABLES = {
    "docker": "KIND_EXPERIMENTAL_DOCKER_NETWORK",
    "podman": "KIND_EXPERIMENTAL_PODMAN_NETWORK",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind cluster, made or to be made. `network` is empty when the network is not ours."""

    name: str
    command: str
    engine: str
    environment: Mapping[str, str]
    network: str
    kubeconfig: Path
    log: Path

    def create(self, image: str = "", config: Path | None = None) -> None:
        """Makes the cluster and waits until its node is ready. Raises CommandError with kind's own words."""
        arguments = ["create", "cluster", "--name", self.name, "--kubeconfig", str(self.kubeconfig), "--wait", "180s"]
        arguments += ["--image", image] if image else []
        arguments += ["--config", str(config)] if config else []
        self._kind(*arguments)

    def load(self, archive: Path) -> None:
        """Puts the images of an archive into the node."""
        self._kind("load", "image-archive", "--name", self.name, str(archive))

    def has_image(self, image: str) -> bool:
        """Whether the engine has an image."""
        return bool(self._engine("images", "--quiet", image).strip())

    def load_node_image(self, archive: Path) -> None:
        """Gives the engine the node image; it stays there, as a pulled one would."""
        self._engine("load", "--quiet", "--input", str(archive))

    def delete(self) -> None:
        """Removes the cluster, also a half-made one, with its network. Raises PodrunnerError when something is left."""
        self._kind("delete", "cluster", "--name", self.name, "--kubeconfig", str(self.kubeconfig))
        # kind finds the nodes it knows of. An engine that was interrupted may have made more since.
        if containers := self._labelled("ps", "--all"):
            self._engine("rm", "--force", "--volumes", *containers)
        if volumes := self._labelled("volume", "ls"):
            self._engine("volume", "rm", "--force", *volumes)
        if self.network and self.network in self._networks():
            self._engine("network", "rm", self.network)
        if left := self._labelled("ps", "--all"):
            raise PodrunnerError(f"containers {', '.join(left)} cannot be removed")

    @property
    def removal_command(self) -> str:
        """What people type to remove it."""
        network = f"; {self.engine} network rm {self.network}" if self.network else ""
        return f"{self.command} delete cluster --name {self.name}{network}"

    def _labelled(self, *list_command: str) -> list[str]:
        return self._engine(*list_command, "--quiet", "--filter", f"label={_CLUSTER_LABEL}={self.name}").split()

    def _networks(self) -> list[str]:
        return self._engine("network", "ls", "--format", "{{.Name}}").split()

    def _kind(self, *arguments: str) -> str:
        return run([self.command, *arguments], self.environment, self.log)

    def _engine(self, *arguments: str) -> str:
        return run([self.engine, *arguments], self.environment)


def find_kind(name: str, images: ImageSet, temporary: Path) -> Kind:
    """Find kind and an engine, ready to make the cluster `name`. Raises UsageError when one is missing."""
    path = os.pathsep.join([*map(str, images.path), os.environ.get("PATH", os.defpath)])
    # Half-written files of an interrupted kind go with the temporary folder.
    environment = os.environ | dict(images.environment) | {"PATH": path, "TMPDIR": str(temporary)}
    engine = environment.get("KIND_EXPERIMENTAL_PROVIDER") or _find_engine(path)
    environment["KIND_EXPERIMENTAL_PROVIDER"] = engine
    command = shutil.which(images.kind, path=path)
    if command is None:
        raise UsageError(
            "The smoke needs kind (https://kind.sigs.k8s.io), which is not installed. "
            "Install it, or give a cluster with --kubeconfig."
        )
    variable = _NETWORK_VARIABLES.get(engine, "")
    network = name if variable and variable not in os.environ else ""
    if network:
        environment[variable] = network
    return Kind(name, command, engine, environment, network, temporary / "kubeconfig", temporary / "kind.log")


def _find_engine(path: str) -> str:
    """The engine that kind would choose itself."""
    for engine in ("docker", "podman", "nerdctl"):
        if shutil.which(engine, path=path):
            return engine
    raise UsageError(
        "kind needs a container engine: docker, podman or nerdctl, none of which is installed. "
        "Install one, or give a cluster with --kubeconfig."
    )
