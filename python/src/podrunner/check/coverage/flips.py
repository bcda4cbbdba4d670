"""Other values for a value: what the schema allows, as far as it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.schema.parts import follow, properties_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

# Text that most patterns take: a name, a path, a quantity, an address.
_TEXTS = ("podrunner", "/podrunner", "1Gi", "https://podrunner.example.com", "1", "sha256:" + "0" * 64)


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a chart that somebody may set: scalars, lists, and maps that are empty by default."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, str(key)))
    elif path:
        yield path, data


def schema_of(path: Path, schema: dict[str, Any]) -> dict[str, Any]:
    """The part of a values schema that speaks of a path; empty when none does."""
    part = follow(schema, schema)
    for name in path:
        below = properties_of(part, schema).get(str(name), part.get("additionalProperties"))
        if not isinstance(below, dict):
            return {}
        part = follow(below, schema)
    return part


def flips(value: Any, part: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    """Values to put in the place of `value`, the likeliest to have an effect first. None of them equals it."""
    found = [*_allowed(part), *_of_type(value, part, schema)]
    return [flip for flip in found if flip != value or type(flip) is not type(value)][:6]


def _allowed(part: dict[str, Any]) -> Iterator[Any]:
    yield from part.get("examples", [])
    yield from part.get("enum", [])
    for union in ("anyOf", "oneOf"):
        for below in part.get(union, []):
            yield from _allowed(below)


def _of_type(value: Any, part: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    kinds = part.get("type") or []
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, bool) or "boolean" in kinds:
        yield not value
    elif isinstance(value, int | float) or "integer" in kinds or "number" in kinds:
        number = value if isinstance(value, int | float) else 0
        yield from (number + 1, number - 1)
    elif isinstance(value, list) or "array" in kinds:
        yield from _lists(part, schema)
    elif isinstance(value, dict) or "object" in kinds:
        yield from _maps(part, schema)
    else:
        yield from (f"{value}-podrunner", *_TEXTS) if value else _TEXTS


def _lists(part: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    items = part.get("items")
    below = follow(items, schema) if isinstance(items, dict) else {}
    kind = below.get("type")
    yield [next(iter(flips({} if kind == "object" else None, below, schema)), "podrunner")]
    yield [{"name": "podrunner"}]
    yield []


def _maps(part: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    for name, below in properties_of(part, schema).items():
        if isinstance(below, dict):
            for flip in flips(None, follow(below, schema), schema)[:1]:
                yield {name: flip}
    extra = part.get("additionalProperties")
    kind = follow(extra, schema).get("type") if isinstance(extra, dict) else "string"
    yield {"podrunner": [] if kind == "array" else {} if kind == "object" else "podrunner"}
