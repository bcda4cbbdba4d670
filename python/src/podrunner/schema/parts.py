"""Parts of a JSON schema: the one an error speaks of, the keys of a map, the maps that have a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# How far a search for the right home of a key goes: schemas may contain themselves.
_SEARCH_LIMIT = 4000
_UNIONS = ("allOf", "anyOf", "oneOf")
_OTHERS = "additionalProperties"


def subschema(schema: dict[str, Any], path: Sequence[str | int]) -> dict[str, Any]:
    """The part of the schema at a path that an error names; references are followed."""
    part: Any = schema
    for step in path:
        if step == "$ref":
            part = subschema(schema, _steps(part))
        elif isinstance(part, list):
            part = part[int(step)]
        else:
            part = part.get(step, {})
    return part if isinstance(part, dict) else {}


def properties_of(part: Any, schema: dict[str, Any], depth: int = 4) -> dict[str, Any]:
    """The properties of a map, those of the schemas that it is made of, too."""
    if not isinstance(part, dict) or depth == 0:
        return {}
    unions = [below for union in _UNIONS for below in part.get(union, [])]
    parts = [*unions, part.get("then"), part.get("else"), subschema(schema, _steps(part)) if "$ref" in part else None]
    found = {name: below for one in parts for name, below in properties_of(one, schema, depth - 1).items()}
    return {**found, **part.get("properties", {})}


def follow(part: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """What a part says, when it is a reference what that stands for."""
    if not isinstance(part, dict):
        return {}
    said: dict[str, Any] = part
    seen = []
    while "$ref" in said and said["$ref"] not in seen:
        seen.append(said["$ref"])
        said = {**subschema(schema, _steps(said)), **{key: value for key, value in said.items() if key != "$ref"}}
    return said


def described_by(part: dict[str, Any], schema: dict[str, Any], depth: int = 8) -> list[dict[str, Any]]:
    """A part, what it refers to and what all of it is made of, each as it stands in the schema."""
    references = [subschema(schema, _steps(part))] if "$ref" in part else []
    others = [one for one in (*references, *part.get("allOf", ())) if isinstance(one, dict) and depth]
    return [part, *(below for one in others for below in described_by(one, schema, depth - 1))]


def parts_at(path: Sequence[str | int], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every part that speaks of a path: what is referred to, and what stands beside the reference."""
    parts = described_by(schema, schema)
    for name in path:
        below = [
            part.get("items") if isinstance(name, int) else part.get("properties", {}).get(name, part.get(_OTHERS))
            for part in parts
        ]
        parts = [one for part in below if isinstance(part, dict) for one in described_by(part, schema)]
    return parts


def _steps(part: dict[str, Any]) -> list[str]:
    return [_unescape(name) for name in part["$ref"].removeprefix("#/").split("/")]


def _unescape(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")


def homes_of(key: str, schema: dict[str, Any]) -> list[str]:
    """Paths of the maps that do have a key of this name, the nearest to the top first. `*` is any name."""
    homes: list[str] = []
    waiting: list[tuple[tuple[str, ...], Any]] = [((), schema)]
    for path, part in waiting:
        if isinstance(part, dict) and "$ref" in part:
            part = subschema(schema, _steps(part))
        if not isinstance(part, dict) or len(waiting) > _SEARCH_LIMIT or path.count("*") > 1:
            continue
        properties = part.get("properties", {})
        if path and key in properties:
            homes.append(".".join(path))
        waiting += [((*path, name), below) for name, below in properties.items()]
        waiting += [(path, below) for union in _UNIONS for below in part.get(union, [])]
        waiting.append(((*path, "*"), part.get("additionalProperties")))
        if path and "items" in part:
            waiting.append(((*path[:-1], f"{path[-1]}[]"), part["items"]))
    return homes
