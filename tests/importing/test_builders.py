"""Docker in Docker, kaniko and buildah become podman, when a mode of podman is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = """\
concurrent = 4
[[runners]]
  name = "builds"
  url = "https://gitlab.example.com"
  executor = "kubernetes"
"""
DOCKER = """\
  environment = ["DOCKER_HOST=tcp://docker:2376", "DOCKER_TLS_CERTDIR=/certs", "DOCKER_DRIVER=overlay2", "GOPROXY=direct"]
  [runners.kubernetes]
    namespace = "jobs"
    image = "registry.example.com/mirror/docker:27-cli"
    privileged = true
    memory_limit = "4Gi"
    allowed_images = ["docker:*", "debian:*"]
    allowed_services = ["docker:*-dind"]
    [[runners.kubernetes.services]]
      name = "registry.example.com/mirror/docker:27-dind"
      alias = "docker"
      command = ["--registry-mirror=https://mirror.example.com", "--insecure-registry", "registry.example.com:5000"]
    [[runners.kubernetes.services]]
      name = "postgres:17"
      alias = "db"
    [[runners.kubernetes.volumes.empty_dir]]
      name = "docker-certs"
      mount_path = "/certs/client"
      medium = "Memory"
    [[runners.kubernetes.volumes.host_path]]
      name = "sock"
      mount_path = "/var/run/docker.sock"
    [[runners.kubernetes.volumes.pvc]]
      name = "m2"
      mount_path = "/m2"
    [runners.kubernetes.node_selector]
      pool = "builds"
    [runners.kubernetes.service_container_security_context]
      privileged = true
"""
KANIKO = """\
  [runners.kubernetes]
    namespace = "jobs"
    image = "gcr.io/kaniko-project/executor:v1.23.2-debug"
    cpu_limit = "2"
    [runners.kubernetes.pod_security_context]
      run_as_user = 0
    [[runners.kubernetes.volumes.secret]]
      name = "registry-login"
      mount_path = "/kaniko/.docker"
      [runners.kubernetes.volumes.secret.items]
        ".dockerconfigjson" = "config.json"
    [[runners.kubernetes.volumes.empty_dir]]
      name = "kaniko-cache"
      mount_path = "/kaniko/cache"
"""
BUILDAH = """\
  environment = ["STORAGE_DRIVER=vfs", "BUILDAH_ISOLATION=chroot", "BUILDAH_FORMAT=docker"]
  pre_build_script = "buildah info"
  [runners.kubernetes]
    namespace = "jobs"
    image = "quay.io/buildah/stable:v1.38"
    cap_add = ["SYS_ADMIN"]
    [runners.kubernetes.build_container_security_context]
      run_as_user = 0
      [runners.kubernetes.build_container_security_context.capabilities]
        add = ["SYS_ADMIN"]
    [[runners.kubernetes.volumes.empty_dir]]
      name = "containers"
      mount_path = "/var/lib/containers"
"""


@pytest.fixture
def converted(imports: Callable[..., Any], written: Callable[..., Path]) -> Callable[[str], Any]:
    return lambda table: imports(written(HEAD + table), "--mode", "unprivileged")


def test_docker_in_docker_goes_and_what_is_not_about_it_stays(converted: Callable[[str], Any]) -> None:
    run = converted(DOCKER)

    assert run.exit_code == 0
    assert run.values["podman"] == {
        "mode": "unprivileged",
        "registries": {
            "mirrors": {"docker.io": [{"location": "mirror.example.com"}]},
            "insecure": ["registry.example.com:5000"],
        },
    }
    assert run.values["runners"]["builds"]["config"] == {
        "environment": ["GOPROXY=direct"],
        "kubernetes": {
            "memory_limit": "4Gi",
            "allowed_images": ["debian:*"],
            "services": [{"name": "postgres:17", "alias": "db"}],
            "volumes": {"pvc": [{"name": "m2", "mount_path": "/m2"}]},
            "node_selector": {"pool": "builds"},
        },
    }


def test_every_key_that_goes_with_docker_in_docker_is_named(converted: Callable[[str], Any]) -> None:
    run = converted(DOCKER)

    at = "runners[0].kubernetes"
    assert sorted(run.paths("removed")) == [
        "runners[0].environment[0]",
        "runners[0].environment[1]",
        "runners[0].environment[2]",
        f"{at}.privileged",
        f"{at}.service_container_security_context.privileged",
        f"{at}.services[0]",
        f"{at}.volumes.empty_dir[0]",
        f"{at}.volumes.host_path[0]",
    ]
    assert run.paths("dangerous") == []
    assert {f"{at}.image", f"{at}.allowed_images", f"{at}.allowed_services"} <= {*run.paths("changed")}


def test_the_login_that_kaniko_read_is_the_one_of_podman(converted: Callable[[str], Any]) -> None:
    run = converted(KANIKO)

    assert run.exit_code == 0
    assert run.values["podman"] == {
        "mode": "unprivileged",
        "registries": {"login": {"existingSecret": {"name": "registry-login"}}},
    }
    assert run.values["runners"]["builds"]["config"] == {"kubernetes": {"cpu_limit": "2"}}


def test_buildahs_root_storage_and_capabilities_go(converted: Callable[[str], Any]) -> None:
    run = converted(BUILDAH)

    assert run.exit_code == 0
    assert run.values["podman"] == {"mode": "unprivileged"}
    assert run.values["runners"]["builds"]["config"] == {
        "environment": ["BUILDAH_FORMAT=docker"],
        "pre_build_script": "buildah info",
    }


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (DOCKER, ("`services: [docker:dind]`", "`docker build`", "`DOCKER_HOST`")),
        (KANIKO, ("`/kaniko/executor --context C --dockerfile F --destination D`",)),
        (BUILDAH, ("`buildah bud`", "`STORAGE_DRIVER` and `BUILDAH_ISOLATION`")),
        ('[runners.kubernetes]\nnamespace = "jobs"\nprivileged = true\n', ("`docker build`",)),
    ],
    ids=["docker", "kaniko", "buildah", "services-of-the-pipeline"],
)
def test_the_list_says_what_pipelines_must_write_instead(
    converted: Callable[[str], Any], table: str, wanted: tuple[str, ...]
) -> None:
    run = converted(table)

    told = [one["message"] for one in run.report["changes"] if one["path"] == ".gitlab-ci.yml"]
    assert [text for text in wanted if not any(message.startswith(text) for message in told)] == []


def test_a_script_of_the_runner_that_calls_the_builder_is_to_be_changed_by_hand(
    converted: Callable[[str], Any],
) -> None:
    run = converted(BUILDAH)

    assert run.messages("by hand")["runners[0].pre_build_script"] == (
        "calls buildah, which the image of podman does not have: write podman there, or remove the call."
    )


@pytest.mark.parametrize("image", ["debian:13", "registry.example.com/docker/tools:1", "registry.example.com/dinder:2"])
def test_an_image_that_is_no_builder_stays_and_jobs_that_build_name_another(
    converted: Callable[[str], Any], image: str
) -> None:
    run = converted(f'[runners.kubernetes]\nnamespace = "jobs"\nprivileged = true\nimage = "{image}"\n')

    assert run.values["podman"]["image"] == image
    assert "Jobs that build name one with podman" in run.messages("by hand")["runners[0].kubernetes.image"]


@pytest.mark.parametrize("mode", ["userNamespace", "unprivilegedRoot", "privileged", "openshift"])
def test_each_mode_of_podman_converts(imports: Callable[..., Any], written: Callable[..., Path], mode: str) -> None:
    run = imports(written(HEAD + DOCKER), "--mode", mode)

    assert run.exit_code == 0
    assert run.values["runners"]["builds"]["config"]["kubernetes"]["services"] == [
        {"name": "postgres:17", "alias": "db"}
    ]


def test_key_by_key_converts_nothing(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(HEAD + DOCKER), "--mode", "none")

    assert len(run.values["runners"]["builds"]["config"]["kubernetes"]["services"]) == 2


@pytest.mark.parametrize(("options", "offered"), [((), True), (("--mode", "none"), False)])
def test_a_mode_without_privileges_is_offered_for_privileged_containers(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], options: tuple[str, ...], *, offered: bool
) -> None:
    file = written(HEAD + DOCKER)

    main(["import", str(file), *options])

    assert (f"podrunner import {file} --mode unprivileged" in capsys.readouterr().err) is offered
