"""Which images a smoke runs with: public ones, or those of a folder that was built where no registry is reachable."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SMOKE_FILE = "smoke.json"
# Has Python and git; the stand-in needs nothing else.
PUBLIC_STAND_IN = "docker.io/library/python:3.13"
# Has the command `registry` of distribution, version 2 or 3.
PUBLIC_REGISTRY = "docker.io/library/registry:3"


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry to run in the cluster: podman in jobs looks there first for images of the registries `mirrors`."""

    image: str
    port: int
    mirrors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Images, and the kind that runs them. `archives` are (image, file) to be loaded into the node.

    `push_registry` is the image of the registry that jobs push to, empty where there is none.
    `values` are those of the chart that name them where values of its users do not, such as `image.tag`.
    """

    stand_in: str = PUBLIC_STAND_IN
    node: str = ""
    node_archive: Path | None = None
    kind: str = "kind"
    kind_config: Path | None = None
    environment: tuple[tuple[str, str], ...] = ()
    path: tuple[Path, ...] = ()
    archives: tuple[tuple[str, Path], ...] = ()
    registry: Registry | None = None
    push_registry: str = PUBLIC_REGISTRY
    values: Mapping[str, Any] = field(default_factory=dict)


def load_images(place: Path) -> ImageSet:
    """Reads a file such as `smoke.json`, or that of a folder. Raises UsageError that says what is missing."""
    file = place if place.is_file() else place / SMOKE_FILE
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file. `ci/airgap/build` makes such a folder.") from None
    except ValueError as error:
        raise UsageError(f"{file}: not JSON: {error}.") from None
    try:
        return _read(file.parent.resolve(), data)
    except KeyError as error:
        raise UsageError(f"{file}: the key {error} is missing.") from None


def _read(folder: Path, data: dict[str, Any]) -> ImageSet:
    registry = data.get("registry")
    archive, config = data.get("node_archive"), data.get("kind_config")
    return ImageSet(
        stand_in=str(data["stand_in_image"]),
        node=str(data["node_image"]),
        node_archive=_existing(folder / archive) if archive else None,
        kind=str(_existing(folder / data["kind"])),
        kind_config=_existing(folder / config) if config else None,
        environment=tuple(_variable(folder, name, value) for name, value in data.get("environment", {}).items()),
        path=tuple(folder / part for part in data.get("path", [])),
        archives=tuple((item["image"], _existing(folder / item["file"])) for item in data.get("archives", [])),
        registry=Registry(registry["image"], int(registry["port"]), tuple(registry["mirrors"])) if registry else None,
        # The same program: what it serves is the smoke's to say.
        push_registry=str(registry["image"]) if registry else "",
        values=data.get("values", {}),
    )


def _variable(folder: Path, name: str, value: str) -> tuple[str, str]:
    # Such as CONTAINERS_CONF: the file is in the folder.
    return name, str(folder / value) if name.endswith("_CONF") else value


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path}: no such file, though {SMOKE_FILE} names it. Build the images again.")
    return path
