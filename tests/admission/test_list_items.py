"""Items that stand twice in a list: what server-side apply of a real API server says, and what podrunner does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.manifests.schemas.kinds import find_schema
from podrunner.manifests.schemas.list_keys import repeated_items

if TYPE_CHECKING:
    from .trial import Bench


def deployment(pod: dict[str, Any], **container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "template": {
                "metadata": {"labels": {"app": "x"}},
                "spec": {"containers": [{"name": "c", "image": "i", **container}], **pod},
            },
        },
    }


def metadata(kind: str, **said: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": "default", **said}}


VOLUME = {"volumes": [{"name": "v", "emptyDir": {}}]}
# Object and where an item stands that was there before; None where all is well.
CASES: dict[str, tuple[dict[str, Any], str | None]] = {
    "variables": (deployment({}, env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]), "env[1]"),
    "equal variables": (deployment({}, env=[{"name": "A"}, {"name": "B"}, {"name": "A"}]), "env[2]"),
    "variables of two names": (deployment({}, env=[{"name": "A"}, {"name": "a"}]), None),
    "sources of variables": (deployment({}, envFrom=[{"secretRef": {"name": "a"}}] * 2), None),
    "arguments": (deployment({}, args=["-v", "-v"]), None),
    "ports": (deployment({}, ports=[{"containerPort": 80}, {"containerPort": 80, "name": "b"}]), "ports[1]"),
    "the protocol that is not said": (
        deployment({}, ports=[{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80}]),
        "ports[1]",
    ),
    "ports of two protocols": (
        deployment({}, ports=[{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80}]),
        None,
    ),
    "pull secrets": (deployment({"imagePullSecrets": [{"name": "a"}, {"name": "a"}]}), "imagePullSecrets[1]"),
    "host aliases": (
        deployment({"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}, {"ip": "10.0.0.1", "hostnames": ["b"]}]}),
        "hostAliases[1]",
    ),
    "host names": (deployment({"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a", "a"]}]}), None),
    "tolerations": (deployment({"tolerations": [{"operator": "Exists"}] * 2}), None),
    "two mounts of a volume": (
        deployment(VOLUME, volumeMounts=[{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}]),
        None,
    ),
    "finalizers": (metadata("ConfigMap", finalizers=["example.com/a", "example.com/a"]), "finalizers[1]"),
    "secrets of an account": ({**metadata("ServiceAccount"), "secrets": [{"name": "a"}, {"name": "a"}]}, "secrets[1]"),
    "pull secrets of an account": (
        {**metadata("ServiceAccount"), "imagePullSecrets": [{"name": "a"}, {"name": "a"}]},
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_item_is_told_exactly_where_server_side_apply_refuses_the_object(name: str, bench: Bench) -> None:
    document, where = CASES[name]
    schema = find_schema(document["apiVersion"], document["kind"], (1, 34))
    assert schema is not None

    found = [f"{one.path[-2]}[{one.path[-1]}]" for one in repeated_items(document, schema.schema)]
    refusal = bench.cluster.refused_apply(document)

    assert found == ([where] if where else [])
    assert ("duplicate entries" in refusal) is (where is not None), refusal
