"""Objects that `lookup` finds in a render: manifests, written out or in a file, in place of a cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.yaml import GoLoader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


def load_objects(file: Path) -> tuple[str, ...]:
    """The objects of a file of manifests, see `read_objects`. Raises UsageError."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from None
    try:
        documents = [one for one in yaml.load_all(text, Loader=GoLoader) if one is not None]
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        place = ":".join(str(part) for part in (file, *flaw.place) if part)
        raise UsageError(f"{place}: {flaw.sentence('not YAML')}") from None
    if not documents:
        raise UsageError(f"{file}: there are no objects in it. Write manifests, as for `kubectl apply -f`.")
    return read_objects(documents, f"{file}: ")


def read_objects(manifests: Iterable[Any], where: str = "") -> tuple[str, ...]:
    """Each object as JSON, so that equal ones are equal; the items of a list (`kind: List`) are objects, too.

    `where` is what messages begin with. Raises UsageError for what `lookup` could never find.
    """
    return tuple(json.dumps(_checked(one, where)) for one in _each(manifests))


def _each(manifests: Iterable[Any]) -> Iterator[Any]:
    for one in manifests:
        if isinstance(one, dict) and isinstance(one.get("items"), list):
            yield from one["items"]
        else:
            yield one


def _checked(manifest: Any, where: str) -> Mapping[str, Any]:
    """The object, if it has the three that `lookup` asks by."""
    if not isinstance(manifest, dict):
        raise UsageError(f"{where}an object of lookup must be a map with apiVersion, kind and metadata.name.")
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    found = {"apiVersion": manifest.get("apiVersion"), "kind": manifest.get("kind"), "metadata.name": name}
    for path, said in found.items():
        if not isinstance(said, str) or not said:
            is_called = f"{found['kind'] or 'object'}/{name or '?'}"
            raise UsageError(f"{where}{is_called} has no {path}, by which `lookup` finds an object. Write it as text.")
    return manifest
