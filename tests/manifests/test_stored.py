"""Objects as the API server keeps them: what is written otherwise is the same."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.manifests.difference.stored import as_stored

VERSION = "1.34"
JOB = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {%s}}}}"
CONTAINER = JOB % "containers: [{name: a, image: a, %s}]"
CLAIM = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {%s}}"
SET = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {volumeClaimTemplates: [{metadata: {name: a%s}}]}}"
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: a}, %s}"
BINDING = "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: a%s}}"


def stored(text: str) -> dict[str, Any]:
    return as_stored(yaml.safe_load(text), VERSION)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CONTAINER % "env: null", CONTAINER % ""),
        (JOB % "volumes: []", JOB % ""),
        (JOB % 'nodeSelector: {}, hostname: "", hostNetwork: false', JOB % ""),
        (CONTAINER % 'env: [{name: A, value: ""}]', CONTAINER % "env: [{name: A}]"),
        (CONTAINER % "resources: {requests: {cpu: 1000m}}", CONTAINER % "resources: {requests: {cpu: 1}}"),
        (CONTAINER % "resources: {requests: {}}", CONTAINER % ""),
        (CONTAINER % "livenessProbe: {periodSeconds: 0}", CONTAINER % "livenessProbe: {periodSeconds: 10}"),
        (CLAIM % "resources: {requests: {storage: 1Gi}}", CLAIM % "resources: {requests: {storage: 1024Mi}}"),
        (CLAIM % 'resources: {requests: {storage: "1024"}}', CLAIM % "resources: {requests: {storage: 1024}}"),
        (SET % ", creationTimestamp: null, labels: {}, annotations: null", SET % ""),
        (SET.replace("}}]}}", "}, status: {}}]}}") % "", SET % ""),
        (SECRET % "stringData: {a: b}", SECRET % "data: {a: Yg==}"),
        (SECRET % "data: {a: x}, stringData: {a: b}", SECRET % 'data: {a: "Yg==\\n"}'),
        (BINDING % ', apiGroup: ""', BINDING % ", apiGroup: rbac.authorization.k8s.io"),
    ],
)
def test_what_says_the_same_is_equal(one: str, other: str) -> None:
    assert stored(one) == stored(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Pointers, of which Go knows whether they are there.
        (CLAIM % 'storageClassName: ""', CLAIM % ""),
        (CLAIM % "selector: {}", CLAIM % ""),
        (JOB % "automountServiceAccountToken: false", JOB % ""),
        (CONTAINER % "securityContext: {}", CONTAINER % ""),
        # Items and entries, which are there whatever they are.
        (CONTAINER % 'args: [""]', CONTAINER % ""),
        (SET % ', labels: {a: ""}', SET % ""),
        (SECRET % "stringData: {a: b}", SECRET % "stringData: {a: c}"),
        (CONTAINER % "resources: {requests: {cpu: 100m}}", CONTAINER % "resources: {requests: {cpu: 1}}"),
    ],
)
def test_what_the_api_server_tells_apart_is_not(one: str, other: str) -> None:
    assert stored(one) != stored(other)


def test_a_custom_kind_stays_as_it_is() -> None:
    text = '{apiVersion: example.com/v1, kind: Secret, metadata: {name: a}, spec: {a: null, b: "", c: []}}'

    assert stored(text) == yaml.safe_load(text)


def test_a_kind_of_another_version_is_read_with_the_newest_that_has_it() -> None:
    text = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {suspend: null}}"

    assert as_stored(yaml.safe_load(text), "1.1")["spec"]["suspend"] is False
