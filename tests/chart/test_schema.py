"""values.schema.json: self-contained, closed, and in step with values.yaml and with the table of config.toml keys."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "chart/values.schema.json").read_text())
VALUES: dict[str, Any] = yaml.safe_load((ROOT / "chart/values.yaml").read_text())
# Described by the schema only: they have no default.
WITHOUT_DEFAULT = {"helperImage.pullPolicy", "manager.podSecurityContext.fsGroup"} | {
    "manager.podSecurityContext.supplementalGroups",
    "manager.resources.limits",
}
# Open maps, or keys that belong to GitLab Runner: whoever sets them names the keys.
OPEN = {
    "runners",
    "config",
    "jobs.config",
    "jobs.quota",
    "jobs.limits",
    "cache.s3",
    "cache.gcs",
    "cache.azure",
    "manager.autoscaling.behavior",
    "manager.dnsConfig",
    "manager.probes.liveness",
    "manager.probes.readiness",
    "manager.probes.startup",
    "manager.resources",
    "manager.strategy.rollingUpdate",
    "manager.updateStrategy",
    "podman.registries.mirrors",
}


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed; what stands beside the reference only narrows it."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return {**schema, **SCHEMA["$defs"][name]} if name else schema


def schema_keys(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """The dotted path of every key that the schema names, down to the open maps."""
    for key, child in resolve(schema).get("properties", {}).items():
        at = f"{path}.{key}".lstrip(".")
        children = [] if at in OPEN else list(schema_keys(child, at))
        yield from children or [at]


def value_keys(values: dict[str, Any], path: str = "") -> Iterator[str]:
    """The dotted path of every leaf of values.yaml, down to the open maps."""
    for key, value in values.items():
        at = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict) and value and at not in OPEN:
            yield from value_keys(value, at)
        else:
            yield at


def every_schema(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas inside one."""
    if isinstance(schema, dict):
        yield schema
    for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from every_schema(child)


def test_the_schema_and_the_defaults_name_the_same_keys() -> None:
    assert set(schema_keys(SCHEMA)) - WITHOUT_DEFAULT == set(value_keys(VALUES))


@pytest.mark.process
def test_the_schema_is_what_its_sources_make() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ci.generate", "schema", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_schema_needs_nothing_from_outside() -> None:
    references = {schema["$ref"] for schema in every_schema(SCHEMA) if isinstance(schema.get("$ref"), str)}

    assert all(reference.startswith("#/$defs/") for reference in references)


def test_every_object_of_ours_is_closed() -> None:
    objects = [schema for schema in every_schema(SCHEMA) if "properties" in schema and "type" in schema]
    extra = SCHEMA["properties"]["extraObjects"]["additionalProperties"]
    # Objects of Kubernetes, and what belongs to charts that include this one.
    others = [
        SCHEMA["$defs"]["named"]["items"],
        SCHEMA["properties"]["global"],
        extra,
        extra["properties"]["metadata"],
    ]

    assert [schema for schema in objects if schema.get("additionalProperties") is not False] == others


def test_a_token_in_config_is_refused_with_the_way_to_give_it() -> None:
    token = SCHEMA["$defs"]["runners"]["properties"]["token"]

    assert token == {
        "not": {},
        "description": "the token comes from a Secret: set runners.<name>.token.existingSecret instead",
    }
