"""The schemas that Kubernetes publishes, as they are, in a folder where kubeconform looks for them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REF = '"/api/_definitions.json#/$defs/'
_PREFIX = "#/$defs/"


def write_published(folder: Path, kubernetes: str) -> str:
    """Writes the strict schema of every kind of a version such as 1.34; gives kubeconform's -schema-location.

    They are the files of kubernetes-validate, each with what it refers to in it, since kubeconform reads one file.
    """
    spec = importlib.util.find_spec("kubernetes_validate")
    assert spec
    assert spec.origin
    published = Path(spec.origin).parent / f"kubernetes-json-schema/v{kubernetes}.0-local-strict"
    definitions = _read(published / "_definitions.json")["$defs"]
    for file in published.glob("*-*.json"):
        schema = _read(file)
        schema["$defs"] = {name: definitions[name] for name in _reached(schema, definitions)}
        (folder / file.name).write_text(json.dumps(schema), encoding="utf-8")
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8").replace(_REF, f'"{_PREFIX}'))
    return found


def _reached(schema: dict[str, Any], definitions: dict[str, Any]) -> set[str]:
    reached: set[str] = set()
    waiting = [*_refs(schema)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _refs(definitions[name])
    return reached


def _refs(part: Any) -> Iterator[str]:
    below: Iterable[Any] = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"].removeprefix(_PREFIX)
    for one in below:
        yield from _refs(one)
