"""Items of lists that server-side apply tells apart by keys: two of the same keys are refused there.

Which lists these are, schemas say with x-kubernetes-list-type and x-kubernetes-list-map-keys, by version; older ones with
the strategy of patches, which structured-merge-diff reads where there is no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.path import Path

Schema = dict[str, Any]

# The only key that has one: schemas of these versions do not say it.
_DEFAULTS = {"protocol": "TCP"}


@dataclass(frozen=True, slots=True)
class Repeated:
    """The item at `path` has what an item before it has: `keys`, name → value; empty for a list of plain values."""

    path: Path
    before: int
    keys: Mapping[str, Any]


def repeated_items(data: Any, schema: Schema) -> Iterator[Repeated]:
    """Every item that server-side apply refuses; `schema` has what it refers to in `$defs`."""
    if isinstance(data, dict | list):
        yield from _walk(data, [schema], schema.get("$defs", {}), ())


def _walk(
    data: dict[str, Any] | list[Any], schemas: list[Schema], known: Mapping[str, Schema], path: Path
) -> Iterator[Repeated]:
    parts = list(_parts(schemas, known))
    if isinstance(data, list):
        for part in parts:
            yield from _repeated(data, part, path)
        items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
        for index, item in enumerate(data):
            if item and isinstance(item, dict | list):
                yield from _walk(item, items, known, (*path, index))
        return
    for name, value in data.items():
        # Most are texts: what schemas say of these does not matter here.
        if not value or not isinstance(value, dict | list):
            continue
        below = [part["properties"][name] for part in parts if name in part.get("properties", ())]
        below = below or [
            part["additionalProperties"] for part in parts if isinstance(part.get("additionalProperties"), dict)
        ]
        yield from _walk(value, below, known, (*path, name))


def _parts(schemas: list[Schema], known: Mapping[str, Schema]) -> Iterator[Schema]:
    """The schemas with all that they refer to or are put together of."""
    for schema in schemas:
        yield schema
        below = [*schema.get("allOf", ()), *schema.get("anyOf", ())]
        if "$ref" in schema:
            below.append(known.get(str(schema["$ref"]).rpartition("/")[2], {}))
        yield from _parts(below, known)


def _repeated(items: list[Any], schema: Schema, path: Path) -> Iterator[Repeated]:
    names = _keys(schema)
    if names is None:
        return
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        if names and not isinstance(item, dict):
            continue
        keys = {name: item.get(name, _DEFAULTS.get(name)) for name in names}
        before = seen.setdefault(repr(keys or item), index)
        if before != index:
            yield Repeated((*path, index), before, keys)


def _keys(schema: Schema) -> list[str] | None:
    """The keys of the items of a list, none for plain values; None where items may be equal."""
    kind = schema.get("x-kubernetes-list-type")
    if kind is None and "merge" in schema.get("x-kubernetes-patch-strategy", "").split(","):
        key = schema.get("x-kubernetes-patch-merge-key")
        return [key] if key else []
    return {"map": schema.get("x-kubernetes-list-map-keys"), "set": []}.get(str(kind))
