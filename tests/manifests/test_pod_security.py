"""Levels that depend on the version of Kubernetes; the others are pairs in test_release.py."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.security.pod_security import level

OPEN: dict[str, Any] = {"containers": [{"name": "build", "securityContext": {"procMount": "Unmasked"}}]}


def test_an_unmasked_proc_in_a_user_namespace_is_privileged_before_1_35() -> None:
    assert level({**OPEN, "hostUsers": False}, "1.34") == (
        "privileged",
        ["containers[0].securityContext.procMount: Unmasked"],
    )
    assert level({**OPEN, "hostUsers": False}, "1.35")[0] == "baseline"


def test_an_unmasked_proc_without_a_user_namespace_is_privileged_in_every_version() -> None:
    assert level(OPEN, "1.37")[0] == "privileged"


def test_root_in_a_user_namespace_is_no_reason_from_1_35_on() -> None:
    root = {"hostUsers": False, "containers": [{"name": "build", "securityContext": {"runAsUser": 0}}]}

    assert "containers[0].securityContext.runAsUser: 0" in level(root, "1.34")[1]
    assert "containers[0].securityContext.runAsUser: 0" not in level(root, "1.35")[1]


def test_an_annotation_without_apparmor_needs_the_level_privileged() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/build"

    assert level({"containers": [{"name": "build"}]}, "1.37", {key: "unconfined"}) == (
        "privileged",
        [f"metadata.annotations[{key}]: unconfined"],
    )


@pytest.mark.parametrize("profile", ["runtime/default", "localhost/own", ""])
def test_an_annotation_with_a_profile_is_baseline(profile: str) -> None:
    key = "container.apparmor.security.beta.kubernetes.io/build"

    assert level({"containers": [{"name": "build"}]}, "1.37", {key: profile})[0] == "baseline"
