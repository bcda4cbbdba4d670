"""Where images come from: registries, tags, digests, and one registry for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.runner.images import find_images

DIGEST = "sha256:" + "0123456789abcdef" * 4
VALUES = Path(__file__).parents[1] / "values"
MIRROR = {"global": {"imageRegistry": "mirror.example.com:5000/gitlab"}}


def images(render: Any, values: dict[str, Any]) -> list[str]:
    """What `podrunner images` lists for some values."""
    return list(find_images(render(values), "19.5.3"))


def test_one_value_takes_every_image_from_another_registry(render: Any) -> None:
    assert images(render, MIRROR) == [
        "mirror.example.com:5000/gitlab/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v19.5.3",
        "mirror.example.com:5000/gitlab/gitlab-org/gitlab-runner:alpine-v19.5.3",
        "mirror.example.com:5000/gitlab/podman/stable:v5.8.7",
    ]


def test_helm_test_the_init_container_and_the_credentials_container_come_from_there_too(render: Any) -> None:
    credentials = {"a": {"credentials": {"kubernetes.bearer_token": {"name": "a", "key": "b"}}}}
    listed = images(render, {**MIRROR, "podman": {"mode": "openshift"}, "runners": credentials})

    assert [image for image in listed if not image.startswith("mirror.example.com:5000/gitlab/")] == []


def test_the_helper_is_of_the_release_of_the_manager(render: Any) -> None:
    listed = images(render, {**MIRROR, "image": {"tag": "alpine-v19.3.0"}})

    assert listed[0] == "mirror.example.com:5000/gitlab/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v19.3.0"


@pytest.mark.parametrize(
    ("image", "moved"),
    [
        ("quay.io/podman/stable", "mirror.example.com:5000/gitlab/podman/stable"),
        (f"quay.io/podman/stable@{DIGEST}", f"mirror.example.com:5000/gitlab/podman/stable@{DIGEST}"),
        ("localhost/podman:5", "mirror.example.com:5000/gitlab/podman:5"),
        ("registry:5000/a/b/c:1", "mirror.example.com:5000/gitlab/a/b/c:1"),
        ("builders/podman:5", "mirror.example.com:5000/gitlab/builders/podman:5"),
        ("podman", "mirror.example.com:5000/gitlab/podman"),
        ("podman:5.8", "mirror.example.com:5000/gitlab/podman:5.8"),
        ("$CI_REGISTRY_IMAGE/builder", "$CI_REGISTRY_IMAGE/builder"),
    ],
)
def test_the_registry_of_the_jobs_image_is_what_stands_before_the_first_slash(
    render: Any, image: str, moved: str
) -> None:
    (runner,) = render({**MIRROR, "podman": {"image": image}}).config_toml["runners"]

    assert runner["kubernetes"]["image"] == moved


def test_images_that_a_runner_names_itself_stay_where_they_are(render: Any) -> None:
    own = {"image": "registry.example.com/builder:1", "helper_image": "registry.example.com/helper:1"}
    (runner,) = render({**MIRROR, "runners": {"a": {"config": {"kubernetes": own}}}}).config_toml["runners"]

    assert {key: runner["kubernetes"][key] for key in own} == own


@pytest.mark.parametrize(
    ("kubernetes", "tag"),
    [
        ({}, "x86_64-v19.5.3"),
        ({"node_selector": {"kubernetes.io/arch": "arm64"}}, "arm64-v19.5.3"),
        ({"node_selector": {"pool": "ci"}, "helper_image_flavor": "alpine"}, "x86_64-v19.5.3"),
        ({"helper_image_flavor": "ubuntu"}, "ubuntu-x86_64-v19.5.3"),
    ],
    ids=["the usual", "another machine", "the usual by name", "another flavor"],
)
def test_the_helper_is_the_one_that_gitlab_runner_would_choose(
    render: Any, kubernetes: dict[str, Any], tag: str
) -> None:
    config = {"jobs": {"config": {"kubernetes": kubernetes}}}
    chosen = [image for image in images(render, config) if "helper" in image]
    moved = [image for image in images(render, {**MIRROR, **config}) if "helper" in image]

    assert chosen == [f"registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:{tag}"]
    assert moved == [f"mirror.example.com:5000/gitlab/gitlab-org/gitlab-runner/gitlab-runner-helper:{tag}"]


def test_without_a_registry_for_all_the_helper_is_left_to_gitlab_runner(render: Any) -> None:
    (runner,) = render().config_toml["runners"]

    assert "helper_image" not in runner["kubernetes"]


def test_every_image_can_be_pinned_by_its_digest(render: Any) -> None:
    assert images(render, yaml.safe_load((VALUES / "digests.yaml").read_text())) == [
        f"quay.io/podman/stable@{DIGEST}",
        f"registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper@{DIGEST}",
        f"registry.gitlab.com/gitlab-org/gitlab-runner@{DIGEST}",
    ]


def test_a_chart_that_includes_this_one_hands_its_registry_down(render: Any) -> None:
    rendering = render({"global": {"imageRegistry": "mirror.example.com", "storageClass": "fast"}})

    (container,) = rendering.object("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "mirror.example.com/gitlab-org/gitlab-runner:alpine-v19.5.3"


def test_the_image_of_red_hat_starts_by_its_own_init_as_whatever_user_the_platform_assigns(render: Any) -> None:
    rendering = render(yaml.safe_load((VALUES / "ubi.yaml").read_text()), preset="openshift")

    pod = rendering.object("Deployment")["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"] == ["/usr/local/bin/tini", "--", "gitlab-runner"]
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
