"""values.schema.json: self-contained, closed, and in step with values.yaml and with the table of config.toml keys."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from podrunner.chart.chart import Chart

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "chart/values.schema.json").read_text())
VALUES: dict[str, Any] = yaml.safe_load((ROOT / "chart/values.yaml").read_text())
# Described by the schema only: they have no default.
WITHOUT_DEFAULT = {"enabled", "helperImage.pullPolicy", "manager.podSecurityContext.fsGroup"} | {
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
    "metrics.dashboard.labels",
    "manager.dnsConfig",
    "manager.probes.liveness",
    "manager.probes.readiness",
    "manager.probes.startup",
    "manager.resources",
    "manager.sidecars.resources",
    "manager.strategy.rollingUpdate",
    "manager.updateStrategy",
    "podman.registries.mirrors",
    "podman.registries.policy",
    "podman.seccomp.deliver.nodeSelector",
    "podman.seccomp.deliver.resources",
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

    # Tables of config.toml are closed by `podrunner check`, and by the templates.
    objects = [schema for schema in objects if "x-configToml" not in schema]
    assert [schema for schema in objects if schema.get("additionalProperties") is not False] == others


def test_podrunner_closes_each_table_of_config_toml_that_helm_leaves_open() -> None:
    checked = Chart.open(ROOT / "chart").schema
    assert checked

    assert len([schema for schema in every_schema(SCHEMA) if "x-configToml" in schema]) > 50
    objects = [schema for schema in every_schema(checked.data) if "properties" in schema and "type" in schema]
    assert len([schema for schema in objects if schema.get("additionalProperties") is not False]) == 4


def test_a_token_in_config_is_refused_with_the_way_to_give_it() -> None:
    token = SCHEMA["$defs"]["runners"]["properties"]["token"]

    assert token == {
        "not": {},
        "description": "the token comes from a Secret: set runners.<name>.token.existingSecret instead",
    }


def takes(name: str, value: Any) -> bool:
    """Whether a definition of the schema takes a value."""
    return jsonschema_rs.is_valid({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}, value)


@pytest.mark.parametrize("amount", ["64Ki", "4Mi", "1.5Gi", "500m", "2k", "1M", 3, "0.5"])
def test_an_amount_as_kubernetes_writes_it_is_taken(amount: Any) -> None:
    assert takes("quantity", amount)
    assert takes("amounts", {"requests.memory": amount})


@pytest.mark.parametrize("amount", ["1ki", "1K", "4MB", "1 Gi", "Gi", "-1"])
def test_an_amount_of_another_form_is_refused(amount: Any) -> None:
    assert not takes("quantity", amount)
    assert not takes("amounts", {"requests.memory": amount})


@pytest.mark.parametrize("key", ["cpu", "ephemeral-storage", "hugepages-2Mi", "nvidia.com/gpu", "openshift.io/mlxNICs"])
def test_a_resource_of_a_container_is_one_of_kubernetes_or_has_a_domain(key: str) -> None:
    assert takes("containerAmounts", {key: 1})
    assert takes("amounts", {f"requests.{key}": 1, "pods": 2})


@pytest.mark.parametrize("key", ["foo_bar", "gpu", "x/y/z", "", "Nvidia.com/gpu", "a..b/c", "hugepages-2MB", "cpu\n"])
def test_another_resource_of_a_container_is_refused(key: str) -> None:
    assert not takes("containerAmounts", {key: 1})


@pytest.mark.parametrize("key", ["app", "example.com/My_Label.1", "a-b.c/d", "x" * 63])
def test_the_key_of_a_label_as_kubernetes_takes_it_is_taken(key: str) -> None:
    assert takes("labelName", key)


@pytest.mark.parametrize("key", ["0..0/0", "-a", "a/", "/a", "Example.com/a", "a//b", "x" * 64, "a b", "a-.b/c"])
def test_the_key_of_a_label_that_kubernetes_refuses_is_refused(key: str) -> None:
    assert not takes("labelName", key)
