"""kind and the container engine below it."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from podrunner.cluster.processes import run
from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podrunner.cluster.images import ImageSet

_CONFIG = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4"}
_DELETE_TIMEOUT = 60
_CNI_NETWORKS = Path("/var/lib/cni/networks")
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

    def create(self, image: str = "", config: Path | None = None, workers: int = 0) -> None:
        """Makes the cluster and waits until its control plane is ready; `workers` is how many other nodes it gets.

        Raises CommandError with kind's own words.
        """
        if workers:
            config = self._add_workers(config, workers)
        arguments = ["create", "cluster", "--name", self.name, "--kubeconfig", str(self.kubeconfig), "--wait", "180s"]
        arguments += ["--image", image] if image else []
        arguments += ["--config", str(config)] if config else []
        self._kind(*arguments)

    def workers(self, count: int) -> list[str]:
        """Names that kind gives to so many workers."""
        return [f"{self.name}-worker{number if number > 1 else ''}" for number in range(1, count + 1)]

    def load(self, archive: Path, nodes: Sequence[str] = ()) -> None:
        """Puts the images of an archive into these nodes, by default into all."""
        chosen = ["--nodes", ",".join(nodes)] if nodes else []
        self._kind("load", "image-archive", "--name", self.name, *chosen, str(archive))

    def _add_workers(self, config: Path | None, workers: int) -> Path:
        """A configuration with workers beside the nodes of another one, in the folder of the kubeconfig."""
        wanted = yaml.safe_load(config.read_text(encoding="utf-8")) if config else dict(_CONFIG)
        nodes = wanted.get("nodes") or [{"role": "control-plane"}]
        wanted["nodes"] = [*nodes, *({"role": "worker"} for _ in range(workers))]
        file = self.kubeconfig.with_name("kind.yaml")
        # JSON is YAML.
        file.write_text(json.dumps(wanted), encoding="utf-8")
        return file

    def has_image(self, image: str) -> bool:
        """Whether the engine has an image."""
        return bool(self._engine("images", "--quiet", image).strip())

    def load_node_image(self, archive: Path) -> None:
        """Gives the engine the node image; it stays there, as a pulled one would."""
        self._engine("load", "--quiet", "--input", str(archive))

    def delete(self) -> None:
        """Removes the cluster, also a half-made one, with its network. Raises PodrunnerError when something is left."""
        deadline = time.monotonic() + _DELETE_TIMEOUT
        while True:
            try:
                return self._delete_once()
            except PodrunnerError:
                # An engine that was interrupted may hold on to a container for a moment.
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def _delete_once(self) -> None:
        self._kind("delete", "cluster", "--name", self.name, "--kubeconfig", str(self.kubeconfig))
        # kind finds whole nodes. An interruption can leave half a container, or a volume that waits for its container.
        if containers := self._containers():
            self._engine("rm", "--force", "--volumes", *containers)
        if volumes := self._volumes():
            self._engine("volume", "rm", "--force", *volumes)
        if self.network and self.network in self._networks():
            self._engine("network", "rm", self.network)
            # podman with CNI plugins, as versions before 5 have, keeps a folder of each network there ever was.
            shutil.rmtree(_CNI_NETWORKS / self.network, ignore_errors=True)
        if left := self._containers():
            raise PodrunnerError(f"containers {', '.join(left)} cannot be removed")

    @property
    def removal_command(self) -> str:
        """What people type to remove it."""
        network = f"; {self.engine} network rm {self.network}" if self.network else ""
        return f"{self.command} delete cluster --name {self.name}{network}"

    def _containers(self) -> list[str]:
        """Names of the cluster's containers, also of those that podman has in its storage only."""
        external = ["--external"] if self.engine == "podman" else []
        names = self._engine("ps", "--all", *external, "--format", "{{.Names}}").split()
        return [name for name in names if name.startswith(f"{self.name}-")]

    def _volumes(self) -> list[str]:
        """Volumes that kind made for nodes of the cluster: their label is the node's name."""
        lines = self._engine("volume", "ls", "--format", "{{.Name}} {{.Labels}}").splitlines()
        return [line.split()[0] for line in lines if f"{self.name}-" in line]

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
