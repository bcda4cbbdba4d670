"""The helper image that GitLab Runner takes when config.toml names none."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.runner.images import default_helper

HELPER = "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper"


@pytest.mark.parametrize(
    ("kubernetes", "version", "tag"),
    [
        ({}, "19.5.3", "x86_64-v19.5.3"),
        ({}, "v19.5.3", "x86_64-v19.5.3"),
        ({}, "19.4", "x86_64-latest"),
        ({"helper_image_flavor": "alpine"}, "19.5.3", "x86_64-v19.5.3"),
        ({"helper_image_flavor": "ubuntu"}, "19.5.3", "ubuntu-x86_64-v19.5.3"),
        ({"node_selector": {"kubernetes.io/arch": "arm64"}}, "19.5.3", "arm64-v19.5.3"),
    ],
)
def test_flavour_architecture_and_version_make_the_tag(kubernetes: dict[str, Any], version: str, tag: str) -> None:
    assert default_helper(kubernetes, version) == f"{HELPER}:{tag}"
