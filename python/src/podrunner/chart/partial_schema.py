"""The schema of values files, for editors: a file says a part of the values, and leaves the rest to the chart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podrunner.schema.parts import described_by

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from podrunner.chart.chart import Chart

Part = dict[str, Any]

# What is asked here is whether something is written, or is about a list: lists are replaced, never merged.
_WHOLE = ("if", "not", "items", "prefixItems", "contains")
_DATA = ("const", "default", "enum", "examples")
# Below these, keys are names and not words of the schema.
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_NULL: Part = {"type": "null"}


def partial_schema(chart: Chart) -> Part:
    """The chart's schema without `required`, and with null where it takes a default away; any map without a schema.

    Items of lists and conditions stay as they are.
    """
    if chart.schema is None:
        return {"type": "object"}
    removable: set[int] = set()
    _find_removable([chart.schema.data], chart.defaults.data, chart.schema.data, removable)
    schema: Part = _partial(chart.schema.data, removable)
    return {**schema, "title": f"Values of the chart {chart.file.name} {chart.file.version}"}


def schema_text(schema: Part) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _find_removable(parts: Sequence[Part], defaults: Mapping[str, Any], schema: Part, found: set[int]) -> None:
    """Add the `id` of each part about a key that has a default and is not required: null takes it away."""
    every = [one for part in parts for one in described_by(part, schema)]
    required = {name for one in every for name in one.get("required", ())}
    for name, default in defaults.items():
        below = [one["properties"][name] for one in every if isinstance(one.get("properties", {}).get(name), dict)]
        if default is not None and name not in required:
            found.update(map(id, below))
        if isinstance(default, Mapping):
            _find_removable(below, default, schema, found)


def _partial(part: Any, removable: Collection[int]) -> Any:
    if isinstance(part, list):
        return [_partial(one, removable) for one in part]
    if not isinstance(part, dict):
        return part
    made = {word: _below(word, said, removable) for word, said in part.items() if word != "required"}
    return _or_null(made) if id(part) in removable else made


def _below(word: str, said: Any, removable: Collection[int]) -> Any:
    if word in _WHOLE or word in _DATA:
        return said
    if word in _NAMED and isinstance(said, dict):
        return {name: _partial(below, removable) for name, below in said.items()}
    return _partial(said, removable)


def _or_null(part: Part) -> Part:
    about = {"description": part["description"]} if "description" in part else {}
    if "type" not in part or {"enum", "const", "$ref"} & part.keys():
        return {**about, "anyOf": [part, _NULL]} if part.keys() - about.keys() else part
    types = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return {**part, "type": list(dict.fromkeys([*types, "null"]))}
