"""jobs.config: keys of [[runners]] that all runners of a release share."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError


def runners(render: Any, shared: dict[str, Any], **own: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of config.toml by name, given the keys of all and those of each."""
    values = {"jobs": {"config": shared}, "runners": {name: {"config": config} for name, config in own.items()}}
    return {runner["name"]: runner for runner in render(values).config_toml["runners"]}


def test_every_runner_gets_the_keys_of_all(render: Any) -> None:
    shared = {
        "output_limit": 10240,
        "kubernetes": {"cpu_request": "2", "helper_memory_limit": "512Mi", "service_cpu_limit": "1"},
    }
    tables = runners(render, shared, a={}, b={})

    assert [tables[name]["output_limit"] for name in "ab"] == [10240, 10240]
    assert [tables[name]["kubernetes"]["helper_memory_limit"] for name in "ab"] == ["512Mi", "512Mi"]


def test_the_keys_of_all_win_over_the_mode_and_lose_against_the_runners_own(render: Any) -> None:
    shared = {
        "builds_dir": "/all",
        "limit": 5,
        "kubernetes": {"image": "registry.example.com/podman:5", "cpu_limit": "2"},
    }
    tables = runners(render, shared, a={"limit": 0, "kubernetes": {"cpu_limit": "8"}})

    assert (tables["a"]["builds_dir"], tables["a"]["limit"]) == ("/all", 0)
    assert tables["a"]["kubernetes"]["image"] == "registry.example.com/podman:5"
    assert tables["a"]["kubernetes"]["cpu_limit"] == "8"


def test_a_null_of_a_runner_takes_a_key_of_all_away(render: Any) -> None:
    tables = runners(render, {"limit": 5}, a={"limit": None}, b={})

    assert "limit" not in tables["a"]
    assert tables["b"]["limit"] == 5


def test_environment_and_scripts_of_mode_all_and_runner_come_in_this_order(render: Any) -> None:
    shared = {"environment": ["GIT_DEPTH=1"], "pre_build_script": "echo all"}
    runner = runners(render, shared, a={"environment": ["GIT_DEPTH=2"], "pre_build_script": "echo own"})["a"]

    assert runner["environment"][0] == "HOME=/my_custom_dir"
    assert runner["environment"][-2:] == ["GIT_DEPTH=1", "GIT_DEPTH=2"]
    assert runner["pre_build_script"].startswith("# podrunner: ")
    assert runner["pre_build_script"].endswith("EOF\necho all\necho own")


def test_a_runners_volume_replaces_that_of_all_by_its_name(render: Any) -> None:
    def volume(name: str, path: str) -> dict[str, Any]:
        return {"name": name, "mount_path": path}

    shared = {"kubernetes": {"volumes": {"empty_dir": [volume("cache", "/all"), volume("more", "/more")]}}}
    own = {"kubernetes": {"volumes": {"empty_dir": [volume("cache", "/own")]}}}
    volumes = runners(render, shared, a=own)["a"]["kubernetes"]["volumes"]["empty_dir"]

    assert [(one["name"], one["mount_path"]) for one in volumes] == [
        ("podrunner-home", "/my_custom_dir"),
        ("podrunner-storage", "/podrunner"),
        ("more", "/more"),
        ("cache", "/own"),
    ]


def test_the_namespace_of_all_jobs_is_where_the_role_is(render: Any) -> None:
    rendering = render({"jobs": {"config": {"kubernetes": {"namespace": "builds"}}}})

    assert rendering.object("Role")["metadata"]["namespace"] == "builds"
    assert rendering.object("ServiceAccount", "podrunner-jobs")["metadata"]["namespace"] == "builds"


@pytest.mark.parametrize(
    ("jobs", "sentence"),
    [
        ({"config": {"name": "ci"}}, 'jobs.config.name is "ci": all runners of this release would have the same name'),
        (
            {"namespace": "one", "config": {"kubernetes": {"namespace": "two"}}},
            "jobs.namespace is one and jobs.config.kubernetes.namespace is two.*Remove one of them",
        ),
    ],
    ids=["name", "namespace"],
)
def test_keys_that_cannot_be_those_of_all_runners_are_refused(render: Any, jobs: Any, sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"jobs": jobs})


def test_jobs_that_are_not_to_be_disrupted_say_so_to_whoever_removes_nodes(render: Any) -> None:
    (runner,) = render({"jobs": {"doNotDisrupt": True}}).config_toml["runners"]

    assert runner["kubernetes"]["pod_disruption_budget"] is True
    assert runner["kubernetes"]["pod_annotations"] == {
        "karpenter.sh/do-not-disrupt": "true",
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    }


def test_nothing_is_said_of_nodes_by_default(render: Any) -> None:
    (runner,) = render().config_toml["runners"]

    assert {"pod_disruption_budget", "pod_annotations"} & runner["kubernetes"].keys() == set()


def test_one_runner_may_be_disrupted_where_others_are_not(render: Any) -> None:
    annotations = {"karpenter.sh/do-not-disrupt": "false", "example.com/team": "ci"}
    spot = {"config": {"kubernetes": {"pod_disruption_budget": False, "pod_annotations": annotations}}}
    runners = render({"jobs": {"doNotDisrupt": True}, "runners": {"a": {}, "spot": spot}}).config_toml["runners"]

    assert [one["kubernetes"]["pod_disruption_budget"] for one in runners] == [True, False]
    assert runners[1]["kubernetes"]["pod_annotations"] == {
        "karpenter.sh/do-not-disrupt": "false",
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
        "example.com/team": "ci",
    }


def test_the_manager_may_create_the_budgets_of_jobs_that_stay(render: Any) -> None:
    def rights(values: dict[str, Any]) -> list[list[str]]:
        rules = render(values).object("Role")["rules"]
        return [one["verbs"] for one in rules if one["resources"] == ["poddisruptionbudgets"]]

    assert rights({}) == []
    assert rights({"jobs": {"doNotDisrupt": True}}) == [["create", "get"]]
