"""From a key of config.toml to the values that it was made from."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.path import dotted, parse_dotted
from podrunner.runner.origin import written_path

CONFIG: dict[str, Any] = {
    "concurrent": 4,
    "runners": [
        {
            "name": "a",
            "environment": ["HOME=/home", "SHARED=1", "OWN=1"],
            "kubernetes": {
                "image": "podman",
                "privileged": False,
                "volumes": {"empty_dir": [{"name": "home"}, {"name": "own", "mount_path": "/x"}]},
            },
        }
    ],
}
VALUES: dict[str, Any] = {
    "config": {"concurrent": 4},
    "jobs": {"config": {"environment": ["SHARED=1"], "kubernetes": {"image": "podman"}}},
    "runners": {
        "a": {"config": {"environment": ["OWN=1"], "kubernetes": {"volumes": {"empty_dir": [{"name": "own"}]}}}}
    },
}


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("concurrent", "config.concurrent"),
        ("runners[0].kubernetes.image", "jobs.config.kubernetes.image"),
        # The chart and all runners' values come before a runner's own.
        ("runners[0].environment[2]", "runners.a.config.environment[0]"),
        ("runners[0].environment[1]", "jobs.config.environment[0]"),
        ("runners[0].kubernetes.volumes.empty_dir[1]", "runners.a.config.kubernetes.volumes.empty_dir[0]"),
        # A key that the item lacks is a mistake of the item.
        (
            "runners[0].kubernetes.volumes.empty_dir[1].mount_path",
            "runners.a.config.kubernetes.volumes.empty_dir[0].mount_path",
        ),
        # The chart's own item, in a list that others are in.
        ("runners[0].kubernetes.volumes.empty_dir[0].name", "runners.a.config.kubernetes.volumes.empty_dir"),
    ],
)
def test_a_key_is_found_where_it_was_written(path: str, origin: str) -> None:
    assert dotted(written_path(parse_dotted(path), CONFIG, VALUES) or ()) == origin


def test_the_image_of_jobs_that_only_podman_names_is_found_there() -> None:
    path = parse_dotted("runners[0].kubernetes.image")

    assert dotted(written_path(path, CONFIG, {"podman": {"image": "podman"}}) or ()) == "podman.image"
    own = {"podman": {"image": "other"}, "runners": {"a": {"podman": {"image": "podman"}}}}
    assert dotted(written_path(path, CONFIG, own) or ()) == "runners.a.podman.image"


@pytest.mark.parametrize("path", ["runners[0].kubernetes.privileged", "runners[0].name", "log_level", "runners"])
def test_a_key_of_the_chart_itself_is_written_nowhere(path: str) -> None:
    assert written_path(parse_dotted(path), CONFIG, VALUES) is None


@pytest.mark.parametrize(
    ("path", "values", "origin"),
    [
        ("runners[0].cache.s3.BucketName", {"cache": {"s3": {"BucketName": "ci"}}}, "cache.s3.BucketName"),
        ("runners[0].cache.s3.BucketName", {"cache": {"gcs": {"BucketName": "ci"}}}, ""),
        ("session_server.session_timeout", {"sessionServer": {"timeout": 0}}, "sessionServer.timeout"),
    ],
)
def test_a_key_that_the_chart_makes_of_a_section_of_its_own_is_found_there(
    path: str, values: dict[str, Any], origin: str
) -> None:
    assert dotted(written_path(parse_dotted(path), CONFIG, values) or ()) == origin


@pytest.mark.parametrize(("key", "value"), [("seccomp_profile", "seccomp"), ("app_armor_profile", "appArmor")])
def test_a_profile_of_the_build_container_is_found_at_its_type(key: str, value: str) -> None:
    path = parse_dotted(f"runners[0].kubernetes.build_container_security_context.{key}.type")
    values = {"podman": {value: {"type": "Unconfined"}}}

    assert dotted(written_path(path, CONFIG, values) or ()) == f"podman.{value}.type"
