"""What `jobs.quota` can count, by the schema of the values and by the rule of the API server."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from podrunner.manifests.admission.objects import object_faults

SCHEMA = json.loads((Path(__file__).parents[2] / "chart/values.schema.json").read_text())
VALUES = jsonschema_rs.validator_for(
    {"$defs": SCHEMA["$defs"], "properties": {"jobs": {"properties": {"quota": {"$ref": "#/$defs/quota"}}}}}
)

NAMES = {
    "requests.cpu": True,
    "request.cpu": False,
    "limits.ephemeral-storage": True,
    "limit.memory": False,
    "pods": True,
    "pod": False,
    "services.nodeports": True,
    "services.nodePorts": False,
    "requests.storage": True,
    "storage": False,
    "hugepages-2Mi": True,
    "requests.hugepages-2Mi": True,
    "count/jobs.batch": True,
    "requests.nvidia.com/gpu": True,
    "nvidia.com/gpu": True,
    "fast.storageclass.storage.k8s.io/requests.storage": True,
    "gpu": False,
}


@pytest.mark.parametrize(("name", "is_counted"), NAMES.items())
def test_the_schema_of_the_values_takes_what_the_api_server_counts(name: str, is_counted: bool) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "a"}, "spec": {"hard": {name: "1"}}}

    assert any(object_faults(quota)) is not is_counted
    assert VALUES.is_valid({"jobs": {"quota": {name: "1"}}}) is is_counted
