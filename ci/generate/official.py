"""Keys of GitLab's own chart that this chart does not have: what becomes of each, and their place in the schema.

Helm checks the schema first, in words of its own. So the schema lets these keys pass, and the templates, which read
chart/files/gitlab-runner.json, refuse them in a sentence.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from ci.generate.sources import load

TABLE = "python/src/podrunner/importing/official/official.yaml"

Schema = dict[str, Any]
# Dotted path → its part of the schema, None when there is none.
Find = Callable[[str], Schema | None]


def keys(find: Find) -> dict[str, Any]:
    """Keys that are GitLab's only, as a tree → what becomes of them here."""
    tree: dict[str, Any] = {}
    for path, entry in load(TABLE).items():
        if find(path) is not None:
            continue
        *parents, name = path.split(".")
        below = tree
        for part in parents:
            below = below.setdefault(part, {})
        below[name] = _fate(entry, find)
    return tree


def _fate(entry: dict[str, str], find: Find) -> str:
    place = entry.get("into") or entry.get("to", "")
    if "was" in entry:
        place = f"runners.<name>.config.{entry['was']}"
    elif "into" not in entry and find(place) is None:
        return entry["why"]
    return f"becomes {place.replace('`', '')}."


def text(tree: dict[str, Any]) -> str:
    """The text of gitlab-runner.json."""
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def admit(schema: Schema, tree: dict[str, Any]) -> None:
    """Let the keys pass: beside those of the schema, not among them, so that nobody is told to write them."""
    properties = schema["properties"]
    new = {name: below for name, below in tree.items() if name not in properties}
    _let_pass(schema, [name for name, below in new.items() if isinstance(below, str)])
    for name, below in new.items():
        if isinstance(below, dict):
            section: Schema = {"type": ["object", "null"], "additionalProperties": False}
            _let_pass(section, list(below))
            schema["patternProperties"][f"^{name}$"] = section
    for name, below in tree.items():
        if name == "runners":
            _admit_beside_runners(properties[name], below)
        elif name in properties:
            # A definition that others share stays closed for them.
            reference = properties[name].pop("$ref", "").rpartition("/")[2]
            if reference:
                properties[name] = {**copy.deepcopy(schema["$defs"][reference]), **properties[name]}
            _let_pass(properties[name], list(below))


def _let_pass(part: Schema, names: list[str]) -> None:
    if names:
        part["patternProperties"] = {_one_of(names): {}}


def _admit_beside_runners(runners: Schema, tree: dict[str, Any]) -> None:
    """There, a map is a runner, if its key may be one's name."""
    runner = runners["additionalProperties"]
    name_of_runner = re.compile(runners["propertyNames"]["pattern"])
    others = [name for name in tree if not name_of_runner.search(name)]
    flat = [name for name, below in tree.items() if isinstance(below, str) and name not in others]
    deep = {name: below for name, below in tree.items() if isinstance(below, dict) and name not in others}
    runners["patternProperties"] = {
        _one_of(others): {},
        _one_of(flat): {"if": {"type": ["object", "null"]}, "then": runner},
        **{
            f"^{name}$": {"if": {"type": "object", "anyOf": [{"required": [key]} for key in below]}, "else": runner}
            for name, below in deep.items()
        },
    }
    runners["propertyNames"]["pattern"] += f"|{_one_of(others)}"


def _one_of(names: list[str]) -> str:
    return f"^({'|'.join(sorted(names))})$"
