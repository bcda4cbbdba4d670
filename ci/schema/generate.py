#!/usr/bin/env python3
"""Write chart/values.schema.json from values.yaml beside this file and the package's table of config.toml keys.

usage: generate.py [--check]    --check: change nothing, exit 1 when the file is not up to date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCHEMA = ROOT / "chart/values.schema.json"
KEYS = ROOT / "python/src/podrunner/config/keys.json"

Key = dict[str, Any]
Schema = dict[str, Any]

# A Go duration ("1h30m"), or nanoseconds.
DURATION = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^0$|^$"
# null takes back what a mode or another values file sets.
TYPES: dict[str, Schema] = {
    "string": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "duration": {
        "type": ["string", "integer", "null"],
        "pattern": DURATION,
        "description": "a duration such as 1h30m or 15s",
    },
    "datetime": {
        "type": ["string", "null"],
        "description": "a point in time such as 2024-09-30T14:38:04Z",
        "pattern": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
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
SECRETS = {
    "runners.token": "the token comes from a Secret: set runners.<name>.token.existingSecret instead",
    "runners.cache.s3.AccessKey": "config.toml is a ConfigMap: use AuthenticationType: iam instead of a static key",
    "runners.cache.s3.SecretKey": "config.toml is a ConfigMap: use AuthenticationType: iam instead of a static key",
    "runners.cache.s3.SessionToken": "config.toml is a ConfigMap: use AuthenticationType: iam instead of a static key",
    "runners.cache.gcs.PrivateKey": "config.toml is a ConfigMap: use CredentialsFile or the workload's identity instead",
    "runners.cache.azure.AccountKey": "config.toml is a ConfigMap: leave it out to use the workload's identity",
    "runners.kubernetes.bearer_token": "config.toml is a ConfigMap: the manager uses its own service account",
}
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
    """A closed object of `children`."""
    names = (child for child in children if not (path in ("runners", "") and child["key"] in OTHER_EXECUTORS))
    properties = {child["key"]: key_schema(child, f"{path}.{child['key']}".lstrip(".")) for child in names}
    return {"type": ["object", "null"], "additionalProperties": False, "properties": properties}


def build() -> str:
    """The text of values.schema.json."""
    schema: Schema = yaml.safe_load((HERE / "values.yaml").read_text())
    keys: list[Key] = json.loads(KEYS.read_text())["keys"]
    runners = next(key for key in keys if key["key"] == "runners")
    schema["$defs"] |= {NAMES[name]: definition for name, definition in TYPES.items()}
    schema["$defs"]["runners"] = table_schema(runners["children"], "runners")
    schema["$defs"]["config"] = table_schema([key for key in keys if key["key"] != "runners"], "")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schema, or compare it with the file (--check)."""
    text = build()
    if "--check" not in sys.argv[1:]:
        SCHEMA.write_text(text)
        return 0
    if SCHEMA.is_file() and SCHEMA.read_text() == text:
        return 0
    print(f"{SCHEMA.relative_to(ROOT)} is not up to date: run {Path(__file__).relative_to(ROOT)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
