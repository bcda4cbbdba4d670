"""What GitLab Runner makes of config.toml, as far as it can be said without a cluster."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.runner.job_pod.objects import MODELLED, job_objects
from podrunner.runner.job_pod.patches import applied
from podrunner.runner.job_pod.pod import job_pod

if TYPE_CHECKING:
    from pathlib import Path

ON = "[runners.feature_flags]\nFF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true\n"


def pod(kubernetes: str = "", runner: str = "") -> dict[str, Any]:
    return job_pod(tomllib.loads(f"[[runners]]\n{runner}\n[runners.kubernetes]\n{kubernetes}")["runners"][0])


def build(kubernetes: str) -> dict[str, Any]:
    return dict(pod(kubernetes)["containers"][0]["securityContext"])


def contexts(containers: list[dict[str, Any]]) -> dict[str, Any]:
    return {container["name"]: container["securityContext"] for container in containers}


def patched(patch: Any, kind: str = "strategic", flag: str = ON) -> dict[str, Any]:
    text = json.dumps(patch)
    return pod(f"[[runners.kubernetes.pod_spec]]\npatch_type = '{kind}'\npatch = '''{text}'''\n{flag}")


def test_the_executor_names_its_containers_and_drops_net_raw_from_each() -> None:
    dropped = {"capabilities": {"drop": ["NET_RAW"]}}

    assert contexts(pod()["containers"]) == {"build": dropped, "helper": dropped}
    assert contexts(pod()["initContainers"]) == {"init-permissions": dropped}


@pytest.mark.parametrize(
    ("toml", "capabilities"),
    [
        ('cap_add = ["SETUID"]', {"add": ["SETUID"], "drop": ["NET_RAW"]}),
        ('cap_add = ["NET_RAW"]', {"add": ["NET_RAW"]}),
        ('cap_drop = ["ALL"]', {"drop": ["NET_RAW", "ALL"]}),
        ('build_container_security_context.capabilities.drop = ["ALL"]', {"drop": ["ALL"]}),
        ('build_container_security_context.capabilities.add = ["SETUID"]', {"add": ["SETUID"], "drop": ["NET_RAW"]}),
        ("build_container_security_context.capabilities.drop = []", {"drop": ["NET_RAW"]}),
    ],
)
def test_each_list_of_capabilities_of_a_container_takes_the_place_of_the_runner_wide_one(
    toml: str, capabilities: dict[str, list[str]]
) -> None:
    assert build(toml)["capabilities"] == capabilities


@pytest.mark.parametrize(
    ("toml", "field", "value"),
    [
        ('proc_mount = " unmasked "', "procMount", "Unmasked"),
        ('proc_mount = "naked"', "procMount", None),
        ('selinux_type = "container_engine_t"', "seLinuxOptions", {"type": "container_engine_t"}),
        ('seccomp_profile.type = "Unconfined"', "seccompProfile", {"type": "Unconfined"}),
        ('seccomp_profile.type = "unconfined"', "seccompProfile", None),
        ('seccomp_profile.type = "Localhost"', "seccompProfile", None),
        (
            'seccomp_profile = {type = "Localhost", localhost_profile = "a.json"}',
            "seccompProfile",
            {"type": "Localhost", "localhostProfile": "a.json"},
        ),
        (
            'seccomp_profile = {type = "RuntimeDefault", localhost_profile = "a.json"}',
            "seccompProfile",
            {"type": "RuntimeDefault"},
        ),
    ],
)
def test_what_the_executor_takes_for_invalid_is_not_in_the_pod(toml: str, field: str, value: Any) -> None:
    assert build(f"[runners.kubernetes.build_container_security_context]\n{toml}").get(field) == value


def test_the_pods_user_is_repeated_in_the_containers_that_run_scripts() -> None:
    spec = pod(
        "pod_security_context = {run_as_user = 1000, fs_group = 2000}\n"
        "helper_container_security_context = {run_as_user = 1001}"
    )
    containers = [*spec["containers"], *spec["initContainers"]]

    assert spec["securityContext"] == {"runAsUser": 1000, "fsGroup": 2000}
    assert [one["securityContext"].get("runAsUser") for one in containers] == [1000, 1001, None]


def test_the_executors_own_volumes_are_there() -> None:
    assert pod()["volumes"] == [{"name": name, "emptyDir": {}} for name in ("repo", "scripts", "logs")]


def test_a_volume_mounted_at_the_builds_folder_takes_the_place_of_repo() -> None:
    there = '[[runners.kubernetes.volumes.empty_dir]]\nname = "home"\nmount_path = "/home/build"\nsize_limit = "1Gi"\n'
    names = [volume["name"] for volume in pod(there, 'builds_dir = "/home/build/"')["volumes"]]

    assert pod(there, 'builds_dir = "/home/build"')["volumes"] == [
        {"name": "home", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "scripts", "emptyDir": {}},
        {"name": "logs", "emptyDir": {}},
    ]
    assert names == ["home", "repo", "scripts", "logs"]


def test_the_legacy_strategy_has_neither_init_container_nor_logs() -> None:
    legacy = pod("", 'environment = ["FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY=true"]')

    assert legacy["initContainers"] == []
    assert [volume["name"] for volume in legacy["volumes"]] == ["repo"]


def test_a_claim_that_is_mounted_twice_is_one_volume() -> None:
    claim = '[[runners.kubernetes.volumes.pvc]]\nname = "images"\nmount_path = "/images"\nsub_path = "{}"\n'

    spec = pod(claim.format("a") + claim.format("b"))

    assert [one for one in spec["volumes"] if one["name"] == "images"] == [
        {"name": "images", "persistentVolumeClaim": {"claimName": "images"}}
    ]


@pytest.mark.parametrize(
    ("runner", "host_users"),
    [
        ("", None),
        ("[runners.feature_flags]\nFF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true", False),
        ('environment = ["FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=1"]', False),
        (
            'environment = ["FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=1"]\n'
            "[runners.feature_flags]\nFF_USE_ADVANCED_POD_SPEC_CONFIGURATION = false",
            None,
        ),
    ],
)
def test_a_patch_counts_only_with_its_feature_flag(runner: str, host_users: bool | None) -> None:
    spec = pod('[[runners.kubernetes.pod_spec]]\npatch = "hostUsers: false"', runner)

    assert spec.get("hostUsers") is host_users


def test_a_strategic_patch_joins_containers_by_name() -> None:
    spec = patched({"containers": [{"name": "build", "resources": {"limits": {"example.com/fuse": "1"}}}]})

    assert [container["name"] for container in spec["containers"]] == ["build", "helper"]
    assert spec["containers"][0]["resources"] == {"limits": {"example.com/fuse": "1"}}
    assert spec["containers"][0]["securityContext"] == {"capabilities": {"drop": ["NET_RAW"]}}


def test_a_merge_patch_replaces_whole_lists() -> None:
    spec = patched({"containers": [{"name": "build"}]}, "merge")

    assert spec["containers"] == [{"name": "build"}]


def test_a_null_in_a_patch_removes() -> None:
    spec = patched({"containers": [{"name": "build", "securityContext": {"capabilities": None}}]})

    assert spec["containers"][0]["securityContext"] == {}


def test_a_json_patch_is_applied_operation_by_operation() -> None:
    spec = patched(
        [
            {"op": "add", "path": "/hostUsers", "value": False},
            {"op": "replace", "path": "/containers/0/command/0", "value": "bash"},
            {"op": "remove", "path": "/containers/0/securityContext/capabilities"},
        ],
        "json",
    )

    assert spec["hostUsers"] is False
    assert spec["containers"][0]["command"][0] == "bash"
    assert spec["containers"][0]["securityContext"] == {}


def test_a_json_patch_that_fails_at_one_operation_leaves_the_pod_as_it_was() -> None:
    spec = patched([{"op": "add", "path": "/hostUsers", "value": False}, {"op": "remove", "path": "/overhead"}], "json")

    assert "hostUsers" not in spec


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (
            {"op": "ad", "path": "/a", "value": 1},
            "must have add, remove, replace, move, copy or test as `op`, not `ad`",
        ),
        ({"op": "add", "path": "/a"}, "must have `value` beside add"),
        ({"op": "move", "path": "/a", "value": 1}, "must have `from` beside move: the path that it takes"),
        ({"op": "remove", "path": "containers/0"}, "must have paths that begin with /: write `/containers/0`"),
        ({"op": "copy", "path": "/a", "from": "b"}, "must have paths that begin with /: write `/b`"),
        ({"op": "add"}, "must be a list of maps with `op` and `path`, as patch_type is json"),
        (
            {"op": "add", "path": "/spec/hostUsers", "value": False},
            "add /spec/hostUsers is not possible in this pod: it is laid over the pod's spec, which has no spec in it",
        ),
        (
            {"op": "add", "path": "/tolerations/-", "value": {}},
            "add /tolerations/- is not possible in this pod: there is no /tolerations",
        ),
        (
            {"op": "remove", "path": "/containerz/0"},
            "remove /containerz/0 is not possible in this pod: there is no /containerz, perhaps /containers is meant",
        ),
        (
            {"op": "remove", "path": "/containers/9"},
            "remove /containers/9 is not possible in this pod: /containers has 1 items, counted from 0",
        ),
        (
            {"op": "add", "path": "/containers/build/env", "value": []},
            "add /containers/build/env is not possible in this pod: /containers is a list, whose items are counted from "
            "0, so `build` is none of them",
        ),
        (
            {"op": "test", "path": "/containers/0/name", "value": "helper"},
            "test /containers/0/name is not possible in this pod: /containers/0/name is 'build'",
        ),
        (
            {"op": "copy", "path": "/a", "from": "/containers/0/name/x"},
            "copy /a is not possible in this pod: /containers/0/name is neither a map nor a list",
        ),
        ({"op": "add", "path": "/containers/-", "value": {"name": "a", "image": "a:1"}}, ""),
        ({"op": "copy", "path": "/hostname", "from": "/containers/0/name"}, ""),
    ],
)
def test_a_json_patch_that_cannot_be_laid_says_why(operation: dict[str, Any], why: str) -> None:
    pod = {"containers": [{"name": "build", "image": "b:1"}]}

    assert applied(pod, json.dumps([operation]), "json")[1] == why


def read_by(version: str, kubernetes: str, flag: str = "") -> dict[str, Any]:
    runner = tomllib.loads(f"[[runners]]\n[runners.kubernetes]\n{kubernetes}\n{flag}")["runners"][0]
    return job_objects(runner, None, version).spec


@pytest.mark.parametrize(("version", "profile"), [("18.10.4", None), ("18.11.0", {"type": "RuntimeDefault"})])
def test_a_key_does_nothing_in_releases_that_do_not_read_it_yet(version: str, profile: Any) -> None:
    spec = read_by(version, 'build_container_security_context.seccomp_profile.type = "RuntimeDefault"')

    assert spec["containers"][0]["securityContext"].get("seccompProfile") == profile


@pytest.mark.parametrize(("version", "host_users"), [("15.9.1", None), ("15.10.0", False)])
def test_a_feature_flag_does_nothing_in_releases_that_do_not_know_it_yet(version: str, host_users: Any) -> None:
    patch = "[[runners.kubernetes.pod_spec]]\npatch_type = 'strategic'\npatch = 'hostUsers: false'"

    assert read_by(version, patch, ON).get("hostUsers") == host_users


def test_the_model_is_that_of_the_release_that_it_is_compared_with(checkout: Path) -> None:
    assert f"\nRUNNER_VERSION={MODELLED}\n" in (checkout / "ci/airgap/versions.env").read_text()
