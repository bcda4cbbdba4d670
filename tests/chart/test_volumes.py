"""Volumes of a job: those of the mode, of all runners and of one, joined as a pod can have them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.pod import job_pod


def values(volumes: dict[str, Any], shared: dict[str, Any] | None = None, **podman: Any) -> dict[str, Any]:
    """A runner with volumes of its own, and `shared` for all runners."""
    return {
        "podman": podman,
        "jobs": {"config": {"kubernetes": {"volumes": shared or {}}}},
        "runners": {"a": {"config": {"kubernetes": {"volumes": volumes}}}},
    }


def build(rendering: Any) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Of the job's pod as GitLab Runner makes it: path → name in the build container, and name → volume."""
    (runner,) = rendering.config_toml["runners"]
    spec = job_pod(runner)
    names = [volume["name"] for volume in spec["volumes"]]
    assert len(names) == len(set(names))
    (container,) = [one for one in spec["containers"] if one["name"] == "build"]
    paths = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert len(paths) == len(set(paths))
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    return mounts, {volume["name"]: volume for volume in spec["volumes"]}


LOGIN = {"login": {"existingSecret": {"name": "shared"}}}


@pytest.mark.parametrize(
    ("kind", "source"),
    [("secret", {"secret": {"secretName": "shared"}}), ("config_map", {"configMap": {"name": "shared"}})],
)
def test_a_volume_with_the_name_of_the_logins_secret_leaves_the_login_where_it_is(
    render: Any, kind: str, source: dict[str, Any]
) -> None:
    rendering = render(values({kind: [{"name": "shared", "mount_path": "/shared"}]}, registries=LOGIN))
    mounts, volumes = build(rendering)

    assert (mounts["/shared"], mounts["/podrunner-login"]) == ("shared", "podrunner-login")
    assert volumes["shared"] == {"name": "shared", **source}
    assert volumes["podrunner-login"]["secret"] == {
        "secretName": "shared",
        "items": [{"key": ".dockerconfigjson", "path": "auth.json"}],
    }


def test_the_login_of_all_runners_stays_beside_a_volume_of_all_runners(render: Any) -> None:
    shared = {"secret": [{"name": "shared", "mount_path": "/shared"}]}
    mounts, _ = build(render(values({}, shared, registries=LOGIN)))

    assert (mounts["/shared"], mounts["/podrunner-login"]) == ("shared", "podrunner-login")


def test_without_such_a_volume_no_patch_mounts_the_login(render: Any) -> None:
    other = {"secret": [{"name": "other", "mount_path": "/other"}]}
    (runner,) = render(values(other, registries=LOGIN)).config_toml["runners"]

    assert "pod_spec" not in runner["kubernetes"]
    assert [one["mount_path"] for one in runner["kubernetes"]["volumes"]["secret"]] == ["/podrunner-login", "/other"]


def test_patches_of_the_user_come_after_that_of_the_login(render: Any) -> None:
    own = values({"secret": [{"name": "shared", "mount_path": "/shared"}]}, registries=LOGIN)
    own["runners"]["a"]["config"]["kubernetes"]["pod_spec"] = [{"name": "mine", "patch": "priority: 1"}]
    (runner,) = render(own).config_toml["runners"]
    login, mine = runner["kubernetes"]["pod_spec"]

    assert (yaml.safe_load(login["patch"])["volumes"][0]["name"], mine["name"]) == ("podrunner-login", "mine")


def test_a_claim_is_mounted_where_the_mode_and_where_the_user_want_it(render: Any) -> None:
    stores = {"base": {"persistentVolumeClaim": "images"}}
    claim = {"pvc": [{"name": "images", "mount_path": "/images"}]}
    mounts, _ = build(render(values(claim, storage={"additionalImageStores": stores})))

    assert (mounts["/images"], mounts["/podrunner-stores/base"]) == ("images", "images")


def test_a_volume_of_another_kind_takes_the_place_at_its_path(render: Any) -> None:
    work = {"pvc": [{"name": "work", "mount_path": "/my_custom_dir/"}]}
    (runner,) = render(values(work)).config_toml["runners"]

    assert {kind: [one["name"] for one in every] for kind, every in runner["kubernetes"]["volumes"].items()} == {
        "empty_dir": ["podrunner-storage"],
        "pvc": ["work"],
    }


def test_a_runners_volume_takes_the_place_of_that_of_all_runners_by_path_or_name(render: Any) -> None:
    shared = {
        "empty_dir": [{"name": "cache", "mount_path": "/cache"}, {"name": "scratch", "mount_path": "/scratch"}],
        "config_map": [{"name": "settings", "mount_path": "/settings"}],
    }
    own = {
        "empty_dir": [{"name": "cache", "mount_path": "/other"}],
        "secret": [{"name": "s", "mount_path": "/settings"}],
    }
    mounts, volumes = build(render(values(own, shared)))

    assert {path: name for path, name in mounts.items() if name in ("cache", "scratch", "settings", "s")} == {
        "/other": "cache",
        "/scratch": "scratch",
        "/settings": "s",
    }
    assert "settings" not in volumes


@pytest.mark.parametrize(("kind", "name"), [("empty_dir", "podrunner-home"), ("pvc", "podrunner-storage")])
def test_a_name_of_the_charts_volumes_at_another_path_is_refused(render: Any, kind: str, name: str) -> None:
    with pytest.raises(RenderError, match=rf"(?s)volumes has {name} at .* and .*Give your volume another name"):
        render(values({kind: [{"name": name, "mount_path": "/elsewhere"}]}))
