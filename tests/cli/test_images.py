"""The helper image that GitLab Runner takes when config.toml names none."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.runner.images import default_helper

HELPER = "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper"


@pytest.mark.parametrize(
    ("kubernetes", "version", "tag"),
    [
        ({}, "19.4.0", "x86_64-v19.4.0"),
        ({}, "v19.4.0", "x86_64-v19.4.0"),
        ({}, "19.4", "x86_64-latest"),
        ({"helper_image_flavor": "alpine"}, "19.4.0", "x86_64-v19.4.0"),
        ({"helper_image_flavor": "ubuntu"}, "19.4.0", "ubuntu-x86_64-v19.4.0"),
        ({"node_selector": {"kubernetes.io/arch": "arm64"}}, "19.4.0", "arm64-v19.4.0"),
    ],
)
def test_flavour_architecture_and_version_make_the_tag(kubernetes: dict[str, Any], version: str, tag: str) -> None:
    assert default_helper(kubernetes, version) == f"{HELPER}:{tag}"
