"""Annotations that choose a profile of AppArmor, in a namespace that enforces the Pod Security level baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kubernetes.dynamic.exceptions import ForbiddenError

from podrunner.manifests.security.pod_security import level

if TYPE_CHECKING:
    from .trial import Bench

KEY = "container.apparmor.security.beta.kubernetes.io/build"
SPEC = {"containers": [{"name": "build", "image": "registry.example.com/a:1"}]}


@pytest.mark.parametrize("profile", ["unconfined", "runtime/default", "localhost/own"])
def test_the_level_of_an_annotated_pod_is_the_one_that_admission_enforces(profile: str, bench: Bench) -> None:
    bench.cluster.namespace("enforces-baseline", "baseline")
    metadata = {"generateName": "a-", "annotations": {KEY: profile}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": SPEC}
    try:
        bench.cluster.create(pod, "enforces-baseline")
        is_refused = False
    except ForbiddenError as error:
        is_refused = "violates PodSecurity" in str(error.body)

    assert is_refused == (level(SPEC, bench.cluster.version, {KEY: profile})[0] == "privileged")
    assert is_refused == (profile == "unconfined")
