"""The schema of the values, chart/values.schema.json.

It comes from chart/values.schema.yaml, the modes, the package's keys of config.toml, and the comments of
chart/values.yaml, which describe the values. What the source requires and values.yaml has, the chart itself puts where it is
missing (chart/templates/release/_values.tpl): Helm must not refuse what `--reuse-values` leaves out.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ci.generate import comments, official
from ci.generate.sources import load, read
from podrunner.schema.parts import described_by

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

SOURCE = "chart/values.schema.yaml"
VALUES = "chart/values.yaml"
MODES = "chart/files/modes.yaml"
KEYS = "python/src/podrunner/runner/keys.json"

Key = dict[str, Any]
Schema = dict[str, Any]

# A Go duration ("1h30m"), or nanoseconds.
DURATION = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^0$|^$"
# A date and a time of day, whose numbers exist.
DATE = r"[1-9]\d{3}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|[12]\d))"
TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"
# null takes back what a mode or another values file sets.
TYPES: dict[str, Schema] = {
    "string": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "duration": {
        "type": ["string", "integer", "null"],
        "pattern": DURATION,
        "x-reason": "is not a duration",
        "description": "a duration such as 1h30m or 15s",
    },
    "datetime": {
        "type": ["string", "null"],
        "description": "a point in time such as 2024-09-30T14:38:04Z",
        "pattern": rf"^{DATE}[Tt ]{TIME}$",
        "x-reason": "is not a point in time",
    },
    "array of string": {"type": ["array", "null"], "items": {"type": "string"}},
    "array of integer": {"type": ["array", "null"], "items": {"type": "integer"}},
    "array of number": {"type": ["array", "null"], "items": {"type": "number"}},
    "string | array of string": {"type": ["string", "array", "null"], "items": {"type": "string"}},
    "table of string -> string": {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}},
    "table of string -> boolean": {"type": ["object", "null"], "additionalProperties": {"type": ["boolean", "null"]}},
    "table of string -> integer": {"type": ["object", "null"], "additionalProperties": {"type": ["integer", "null"]}},
}
NAMES = {name: "".join(part.title() for part in name.replace("->", "to").replace("|", "or").split()) for name in TYPES}

# Secrets do not belong into a ConfigMap, and GitLab Runner expands none of these but the token: name the other way.
ELSEWHERE = "config.toml is a ConfigMap: name a Secret by runners.<name>.credentials"
CACHE = f"{ELSEWHERE}, or by cache.existingSecret for all runners"
SECRETS = {
    "runners.token": "the token comes from a Secret: set runners.<name>.token.existingSecret instead",
    "runners.cache.s3.AccessKey": CACHE,
    "runners.cache.s3.SecretKey": CACHE,
    "runners.cache.s3.SessionToken": CACHE,
    "runners.cache.gcs.PrivateKey": f"{CACHE}, which takes the whole credentials file",
    "runners.cache.azure.AccountKey": CACHE,
    "runners.kubernetes.bearer_token": ELSEWHERE,
}
# Marks tables of config.toml. `podrunner check` closes them again, unless the runner is newer than known.
MARK = "x-configToml"
# Tables of other executors: this chart runs the Kubernetes one only.
OTHER_EXECUTORS = {"ssh", "docker", "parallels", "virtualbox", "machine", "custom", "instance", "autoscaler"}


def key_schema(key: Key, path: str) -> Schema:
    """The schema of one key of config.toml; `path` is its dotted path with `runners` for `[[runners]]`."""
    if path == "runners.executor":
        return {"const": "kubernetes", "description": "this chart runs the Kubernetes executor"}
    if path in SECRETS:
        return {"not": {}, "description": SECRETS[path]}
    if key["type"] in ("table", "array of tables"):
        table = table_schema(key.get("children", []), path)
        if path == "runners.kubernetes":
            # Modes put their keys there: it can be extended, not taken away.
            return {**table, "type": "object"}
        return table if key["type"] == "table" else {"type": ["array", "null"], "items": table}
    values = key.get("enum") or key.get("enum_values")
    if values and not key.get("enum_open") and key["type"] == "string":
        return {"enum": [*values, None]}
    return {"$ref": f"#/$defs/{NAMES[key['type']]}"}


def table_schema(children: list[Key], path: str) -> Schema:
    """An object of `children`, in which a newer runner may have others: the chart itself refuses those it does not know."""
    names = (child for child in children if _is_ours(child, path))
    properties = {child["key"]: key_schema(child, f"{path}.{child['key']}".lstrip(".")) for child in names}
    return {"type": ["object", "null"], MARK: True, "properties": properties}


def _is_ours(key: Key, path: str) -> bool:
    return not (path in ("runners", "") and key["key"] in OTHER_EXECUTORS)


def known_keys() -> dict[str, Any]:
    """What the chart's templates know: `config` and `runners`, tables as maps, other keys as 0.

    `until` is the newest release that these are the keys of, `newer` the range of versions above it.
    """
    data = load(KEYS)
    until: str = data["source"]["known_until"]
    major, minor = until.split(".")
    tree = _tree(data["keys"], "")
    runners = tree.pop("runners")
    return {"until": until, "newer": f">={major}.{int(minor) + 1}-0", "config": tree, "runners": runners}


def _tree(keys: list[Key], path: str) -> dict[str, Any]:
    return {
        key["key"]: _tree(key["children"], f"{path}.{key['key']}".lstrip(".")) if key.get("children") else 0
        for key in keys
        if _is_ours(key, path)
    }


def describe(schema: Schema, values: list[comments.Value]) -> None:
    """Put the comment above each key of values.yaml into the schema.

    Raises SystemExit for a key that nothing describes, or that is described twice.
    """
    problems = []
    for value in values:
        node = node_of(schema, value.path)
        if node is None:
            problems.append(f"{value.line}: {value.path}: not in {SOURCE}")
        elif value.comment and node.get("description", value.text) != value.text:
            problems.append(f"{value.line}: {value.path}: described by its comment and by the schema: once is enough")
        elif value.comment:
            node["description"] = value.text
        elif "description" not in node:
            problems.append(f"{value.line}: {value.path}: has no comment above it that says what it is for")
    if problems:
        sys.exit("\n".join(f"{VALUES}:{problem}" for problem in problems))


def node_of(schema: Schema, path: str) -> Schema | None:
    """The schema of a value, with what stands beside a $ref; None when there is none."""
    node = schema
    for key in path.split("."):
        definition = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
        found = definition.get("properties", {}).get(key) or node.get("properties", {}).get(key)
        if found is None:
            return None
        node = found
    return node


def release(schema: Schema, defaults: dict[str, Any]) -> list[str]:
    """Require nothing that has a default any more, and let it be null; the paths of what was not required.

    Helm takes a null away with the default, but one of the last release is still there after `--reuse-values`.
    """
    optional: list[str] = []
    for part, keys in list(_maps([schema], defaults, schema, "", optional)):
        part["required"] = [name for name in part.get("required", ()) if name not in keys]
        if not part["required"]:
            del part["required"]
        properties = part.get("properties", {})
        for key in filter(properties.__contains__, keys):
            _allow_null(properties[key], schema)
    return optional


def _maps(
    parts: list[Schema], defaults: dict[str, Any], schema: Schema, path: str, optional: list[str]
) -> Iterator[tuple[Schema, KeysView[str]]]:
    """Every part about a map of defaults, and its keys; adds to the paths that are optional."""
    every = [one for part in parts for one in described_by(part, schema)]
    required = {name for one in every for name in one.get("required", ())}
    for key, default in defaults.items():
        at = f"{path}.{key}".lstrip(".")
        if key not in required and default is not False and default not in ({}, [], ""):
            optional.append(at)
        if isinstance(default, dict):
            below = [one["properties"][key] for one in every if isinstance(one.get("properties", {}).get(key), dict)]
            yield from _maps(below, default, schema, at, optional)
    yield from ((one, defaults.keys()) for one in every)


def _allow_null(part: Schema, schema: Schema) -> None:
    """Scalars become a definition of their own, because what they refer to is used where null is none; not maps and lists."""
    if "$ref" in part:
        definition = schema["$defs"][part["$ref"].rpartition("/")[2]]
        if not {"object", "array", "null"}.intersection(_types(definition)):
            part["$ref"] += "OrNull"
            definition = schema["$defs"].setdefault(part["$ref"].rpartition("/")[2], dict(definition))
        part = definition
    if "enum" in part and None not in part["enum"]:
        part["enum"] = [*part["enum"], None]
    if "type" in part:
        part["type"] = list(dict.fromkeys([*_types(part), "null"]))


def _types(part: Schema) -> list[str]:
    said = part.get("type", [])
    return said if isinstance(said, list) else [said]


def share_caches(definitions: Schema) -> None:
    """Let [runners.cache.s3] and its like be described once, for `cache` and for `runners.<name>.config`."""
    tables: Schema = definitions["runners"]["properties"]["cache"]["properties"]
    for name in ("s3", "gcs", "azure"):
        definitions[f"cache_{name}"] = tables[name]
        tables[name] = {"$ref": f"#/$defs/cache_{name}"}


def build() -> tuple[Schema, Schema]:
    """The schema, and the keys of GitLab's own chart that it lets pass, as a tree → what becomes of each."""
    schema: Schema = load(SOURCE)
    keys: list[Key] = load(KEYS)["keys"]
    runners = next(key for key in keys if key["key"] == "runners")
    schema["$defs"]["podman"]["properties"]["mode"]["enum"] += load(MODES)
    schema["$defs"] |= {NAMES[name]: definition for name, definition in TYPES.items()}
    schema["$defs"]["runners"] = table_schema(runners["children"], "runners")
    share_caches(schema["$defs"])
    credentials = schema["$defs"]["runner"]["properties"]["credentials"]["properties"]
    for path in sorted(SECRETS.keys() - {"runners.token"}):
        credentials[path.removeprefix("runners.")] = {"$ref": "#/$defs/credential"}
    schema["$defs"]["config"] = table_schema([key for key in keys if key["key"] != "runners"], "")
    describe(schema, comments.read(read(VALUES)))
    release(schema, load(VALUES))
    schema["x-knownRunner"] = load(KEYS)["source"]["known_until"]
    foreign = official.keys(lambda path: node_of(schema, path))
    official.admit(schema, foreign)
    return schema, foreign


def keys_text() -> str:
    """The text of chart/files/config-keys.json."""
    return json.dumps(known_keys(), indent=1, ensure_ascii=False) + "\n"


def defaults_text() -> str:
    """The text of chart/files/defaults.json: for each map of values, the one around before those in it, the keys that are needed."""
    defaults = load(VALUES)
    schema: Schema = load(SOURCE)
    schema["$defs"] |= {"runners": {}, "config": {}, **{f"cache_{name}": {} for name in ("s3", "gcs", "azure")}}
    maps = _needed(defaults, set(release(schema, defaults)), ())
    # A line each, to be read as one reads values.
    lines = [json.dumps({"at": at, "keys": keys}, ensure_ascii=False) for at, keys in maps if keys]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _needed(
    defaults: dict[str, Any], optional: set[str], at: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each map by its path, with the defaults of keys that null does not take away."""
    yield at, {key: default for key, default in defaults.items() if ".".join((*at, key)) not in optional}
    for key, below in defaults.items():
        if isinstance(below, dict):
            yield from _needed(below, optional, (*at, key))


def text() -> str:
    """The text of values.schema.json."""
    return json.dumps(build()[0], indent=1, ensure_ascii=False) + "\n"
