"""The same builds without Kubernetes: by root on the host, with the podman of the job image."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cluster.kind import find_kind
from podrunner.cluster.processes import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.cluster.images import ImageSet
    from podrunner.cluster.kind import Kind
    from podrunner.cluster.removal import Removals
    from podrunner.output.steps import Progress

DRIVER = "overlay"
_SCRIPT = Path(__file__).resolve().parent / "host.sh"
# As the chart's preparation of a job lays it out.
_STORAGE = f"""\
[storage]
driver = "{DRIVER}"
graphroot = "/podrunner/storage"
runroot = "/podrunner/run"
"""


@dataclass(frozen=True, slots=True)
class Host:
    """What the builds on the host need. `folder` is an empty one for files that the container reads."""

    images: ImageSet
    folder: Path
    progress: Progress
    removals: Removals


def measure_host(host: Host, image: str, repository: Path, sizes: Mapping[str, str]) -> str:
    """Builds on the host and gives the log of measure.sh.

    In a container with all capabilities, whose graph root is a volume on the host's disk. Raises CommandError with the
    engine's words.
    """
    kind = find_kind("host", host.images, host.folder)
    name = f"podrunner-bench-{secrets.token_hex(3)}"
    network = _start_registry(host, kind, f"{name}-registry")
    _need_image(host, kind, image)
    shutil.copytree(repository, host.folder / "repository")
    shutil.copy(_SCRIPT, host.folder)
    (host.folder / "storage.conf").write_text(_STORAGE, encoding="utf-8")
    environment = {
        "BUILDAH_ISOLATION": "chroot",
        "CONTAINERS_CONF_OVERRIDE": "/podrunner/containers.conf",
        "CONTAINERS_STORAGE_CONF": "/bench/storage.conf",
        "CONTAINERS_REGISTRIES_CONF": "/bench/registries.conf",
        **sizes,
    }
    options = [f"--env={key}={value}" for key, value in environment.items()]
    options += [f"--volume={host.folder}:/bench:ro", f"--volume={name}:/podrunner", f"--network={network}"]
    host.removals.add(f"the volume {name}", partial(_remove_volume, kind, name), f"{kind.engine} volume rm {name}")
    _note_container(host, kind, name)
    with host.progress.step(f"Build on the host ({DRIVER})"):
        command = [kind.engine, "run", f"--name={name}", "--privileged", "--user=0", *options, image]
        return run([*command, "bash", "/bench/host.sh"], kind.environment)


def _start_registry(host: Host, kind: Kind, name: str) -> str:
    """Starts the image set's registry, if it has one, and gives the network from which it is localhost."""
    registry = host.images.registry
    settings = host.folder / "registries.conf"
    if registry is None:
        settings.write_text("", encoding="utf-8")
        return "host"
    _need_image(host, kind, registry.image)
    _note_container(host, kind, name)
    with host.progress.step(f"Start a registry on the host, mirror of {', '.join(registry.mirrors)}"):
        run([kind.engine, "run", "--detach", f"--name={name}", registry.image], kind.environment)
    mirrors = (
        f'[[registry]]\nprefix = "{mirrored}"\nlocation = "{mirrored}"\n'
        f'[[registry.mirror]]\nlocation = "localhost:{registry.port}"\ninsecure = true\n'
        for mirrored in registry.mirrors
    )
    settings.write_text("".join(mirrors), encoding="utf-8")
    return f"container:{name}"


def _need_image(host: Host, kind: Kind, image: str) -> None:
    """Gives the engine an image that it does not have, until the end of the run."""
    if kind.has_image(image):
        return
    archive = next((file for name, file in host.images.archives if name in (image, f"{image}:latest")), None)
    host.removals.add(f"the image {image}", partial(_remove_image, kind, image), f"{kind.engine} rmi {image}")
    with host.progress.step(f"Give {kind.engine} the image {image}"):
        source = ["load", "--quiet", "--input", str(archive)] if archive else ["pull", "--quiet", image]
        run([kind.engine, *source], kind.environment)


def _remove_image(kind: Kind, image: str) -> None:
    if kind.has_image(image):
        run([kind.engine, "rmi", image], kind.environment)


def _note_container(host: Host, kind: Kind, name: str) -> None:
    command = f"{kind.engine} rm --force --volumes {name}"
    host.removals.add(f"the container {name}", partial(_remove_container, kind, name), command)


def _remove_container(kind: Kind, name: str) -> None:
    if name in run([kind.engine, "ps", "--all", "--format", "{{.Names}}"], kind.environment).split():
        run([kind.engine, "rm", "--force", "--volumes", name], kind.environment)


def _remove_volume(kind: Kind, name: str) -> None:
    if name in run([kind.engine, "volume", "ls", "--format", "{{.Name}}"], kind.environment).split():
        run([kind.engine, "volume", "rm", "--force", name], kind.environment)
