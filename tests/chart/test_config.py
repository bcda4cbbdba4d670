"""From values to config.toml: what the mode sets, what the user sets, and who wins."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from podrunner.findings.errors import RenderError, ValuesError
from podrunner.manifests.checks.secrets import secrets_of_config
from podrunner.secrets.find import holds_secret
from tests.matrix_cases import rendered

HERE = Path(__file__).parent


def test_the_reference_configuration_comes_out_equal_key_for_key(podrunner_render: Any) -> None:
    reference = tomllib.loads((HERE / "reference.toml").read_text())
    config = podrunner_render(HERE.parent / "values" / "reference.yaml").config_toml
    # The runner reads its token from this variable, which the Deployment fills from a Secret.
    assert config["runners"][0].pop("token") == "$RUNNER_TOKEN_INVESTIGATION"
    reference["runners"][0].pop("token")

    assert config == reference


def test_no_runners_means_one_called_default(render: Any) -> None:
    (runner,) = render().config_toml["runners"]

    assert runner["name"] == "default"
    assert runner["token"] == "$RUNNER_TOKEN_DEFAULT"
    assert runner["url"] == "https://gitlab.example.com"
    assert runner["executor"] == "kubernetes"


def test_runners_that_are_given_replace_the_default_one(render: Any) -> None:
    config = render({"runners": {"team-a": {"config": {"limit": 3}}, "team-b": None}}).config_toml

    assert [(runner["name"], runner.get("limit")) for runner in config["runners"]] == [("team-a", 3), ("team-b", None)]


@pytest.mark.parametrize(
    ("key", "value"), [("automount_service_account_token", True), ("privileged", False), ("image", "")]
)
def test_a_users_value_wins_over_the_mode(runner_config: Any, key: str, value: object) -> None:
    assert runner_config({"kubernetes": {key: value}}, "unprivileged")["kubernetes"][key] == value


def test_a_users_zero_wins_over_the_mode(runner_config: Any) -> None:
    helper = {"helper_container_security_context": {"run_as_group": 0}}
    context = runner_config({"kubernetes": helper}, "unprivileged")["kubernetes"]["helper_container_security_context"]

    assert context["run_as_group"] == 0
    assert context["run_as_user"] == 1000


def test_a_users_null_takes_a_key_of_the_mode_away(runner_config: Any) -> None:
    assert "shell" in runner_config({}, "unprivileged")
    assert "shell" not in runner_config({"shell": None}, "unprivileged")


def test_a_users_environment_comes_after_the_modes(runner_config: Any) -> None:
    environment = runner_config({"environment": ["HOME=/elsewhere", "COLOUR=blue"]}, "unprivileged")["environment"]

    assert environment[0] == "HOME=/my_custom_dir"
    assert environment[-2:] == ["HOME=/elsewhere", "COLOUR=blue"]


def test_a_users_pre_build_script_runs_after_podman_is_prepared(runner_config: Any) -> None:
    script = runner_config({"pre_build_script": "echo ready"}, "unprivileged")["pre_build_script"]

    assert script.startswith("# podrunner: lay out podman's folders and configuration\n")
    assert script.endswith("EOF\necho ready")


def test_a_users_volume_stands_beside_the_modes(runner_config: Any) -> None:
    volumes = {"empty_dir": [{"name": "cache", "mount_path": "/cache"}]}
    kubernetes = runner_config({"kubernetes": {"volumes": volumes}}, "unprivileged")["kubernetes"]

    assert [(each["name"], each["mount_path"]) for each in kubernetes["volumes"]["empty_dir"]] == [
        ("podrunner-home", "/my_custom_dir"),
        ("podrunner-storage", "/podrunner"),
        ("cache", "/cache"),
    ]


def test_a_users_volume_at_the_same_path_replaces_the_modes(runner_config: Any) -> None:
    volumes = {"empty_dir": [{"name": "podrunner-storage", "mount_path": "/podrunner", "medium": "Memory"}]}
    kubernetes = runner_config({"kubernetes": {"volumes": volumes}}, "unprivileged")["kubernetes"]

    assert [(each["name"], each.get("medium")) for each in kubernetes["volumes"]["empty_dir"]] == [
        ("podrunner-home", None),
        ("podrunner-storage", "Memory"),
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"environment": []},
        {"environment": None},
        {"pre_build_script": ""},
        {"pre_build_script": None},
        {"kubernetes": {"pod_spec": []}},
        {"kubernetes": {"pod_spec": None}},
        {"kubernetes": {"volumes": None}},
        {"kubernetes": {"volumes": {"empty_dir": []}}},
        {"kubernetes": {"volumes": {"empty_dir": None}}},
    ],
    ids=str,
)
def test_an_empty_value_takes_nothing_of_the_mode_away(runner_config: Any, config: dict[str, Any]) -> None:
    assert runner_config(config, "userNamespace") == runner_config({}, "userNamespace")


@pytest.mark.parametrize("flags", [{"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": False}, None], ids=str)
def test_a_flag_without_which_the_pod_would_lose_its_user_namespace_stays_on(runner_config: Any, flags: Any) -> None:
    with pytest.raises(RenderError, match=r"(?s)would ignore the patch podrunner-user-namespace.*Remove the flag"):
        runner_config({"feature_flags": flags}, "userNamespace")


def test_one_runner_can_have_another_mode_than_the_release(render: Any) -> None:
    runners = {"plain": {"podman": {"mode": "none"}}, "podman": None}
    config = render({"runners": runners}, namespace="default").config_toml
    tables = {runner["name"]: runner for runner in config["runners"]}

    assert tables["plain"]["kubernetes"] == {"namespace": "default"}
    assert tables["podman"]["kubernetes"]["image"] == "quay.io/podman/stable:v5.8.7"


def test_home_and_images_lie_on_volumes_of_their_own(runner_config: Any) -> None:
    runner = runner_config({}, "unprivileged")

    assert runner["builds_dir"] == "/my_custom_dir"
    assert "HOME=/my_custom_dir" in runner["environment"]
    assert "CONTAINERS_STORAGE_CONF=/podrunner/config/storage.conf" in runner["environment"]
    assert 'rootless_storage_path = "/podrunner/storage"' in runner["pre_build_script"]


def test_the_runtime_folder_is_made_for_its_user_alone(runner_config: Any) -> None:
    runner = runner_config({}, "unprivileged")

    assert "XDG_RUNTIME_DIR=/podrunner/run" in runner["environment"]
    assert "mkdir -p -m 0700 /podrunner/run\n" in runner["pre_build_script"]


def test_storage_size_and_medium_reach_the_volume(render: Any) -> None:
    rendering = render({"podman": {"storage": {"driver": "vfs", "size": "4Gi", "medium": "Memory"}}})
    (runner,) = rendering.config_toml["runners"]

    assert runner["kubernetes"]["volumes"]["empty_dir"][1] == {
        "name": "podrunner-storage",
        "mount_path": "/podrunner",
        "medium": "Memory",
        "size_limit": "4Gi",
    }
    assert 'driver = "vfs"' in runner["pre_build_script"]


def test_mirrors_reach_podman_in_the_job(render: Any) -> None:
    mirrors = {"docker.io": [{"location": "mirror.example.com:5000", "insecure": True}]}
    (runner,) = render({"podman": {"registries": {"mirrors": mirrors}}}).config_toml["runners"]
    written = runner["pre_build_script"].split("registries.conf <<'EOF'\n")[1].split("EOF")[0]

    assert "CONTAINERS_REGISTRIES_CONF=/podrunner/config/registries.conf" in runner["environment"]
    assert tomllib.loads(written) == {
        "unqualified-search-registries": ["docker.io"],
        "registry": [
            {
                "prefix": "docker.io",
                "location": "docker.io",
                "mirror": [{"location": "mirror.example.com:5000", "insecure": True}],
            }
        ],
    }


def test_mirrors_of_a_whole_domain_have_no_location_of_their_own(render: Any) -> None:
    mirrors = {"*.example.com": [{"location": "mirror.example.org"}], "example.net": []}
    (runner,) = render({"podman": {"registries": {"mirrors": mirrors}}}).config_toml["runners"]
    written = runner["pre_build_script"].split("registries.conf <<'EOF'\n")[1].split("EOF")[0]

    assert tomllib.loads(written)["registry"] == [
        {"prefix": "*.example.com", "mirror": [{"location": "mirror.example.org", "insecure": False}]},
        {"prefix": "example.net", "location": "example.net"},
    ]


@pytest.mark.parametrize(
    "registry", ["*", "*.example.com/team", "*.example.com:5000", "a.*.example.com", "*example.com"]
)
def test_a_registry_with_a_star_where_podman_knows_none_is_refused(render: Any, registry: str) -> None:
    with pytest.raises(ValuesError, match=r"or \*\.example\.com for all hosts of a domain"):
        render({"podman": {"registries": {"mirrors": {registry: [{"location": "mirror.example.org"}]}}}})


def test_without_mirrors_the_images_own_registries_stay(runner_config: Any) -> None:
    runner = runner_config({}, "unprivileged")

    assert not [entry for entry in runner["environment"] if entry.startswith("CONTAINERS_REGISTRIES_CONF")]


def test_jobs_may_run_in_another_namespace(render: Any) -> None:
    (runner,) = render({"jobs": {"namespace": "jobs"}}).config_toml["runners"]

    assert runner["kubernetes"]["namespace"] == "jobs"


def test_the_helper_image_is_the_runners_own_unless_one_is_given(render: Any) -> None:
    (own,) = render().config_toml["runners"]
    (given,) = render({"helperImage": {"registry": "r.example.com", "repository": "helper"}}).config_toml["runners"]

    assert "helper_image" not in own["kubernetes"]
    assert given["kubernetes"]["helper_image"] == "r.example.com/helper:x86_64-v19.5.3"


@pytest.mark.broad
def test_no_case_of_the_matrix_has_a_secret_where_everybody_reads_it() -> None:
    """Neither its scripts, which look for secrets, nor the marks of files that the manager puts in."""
    maps = [(case, one) for case, rendering in rendered().items() for one in rendering.objects("ConfigMap")]

    files = [(case, name, text) for case, one in maps for name, text in (one.get("data") or {}).items()]
    told = {
        (case, name)
        for case, name, text in files
        if (secrets_of_config(text) if name == "config.toml" else holds_secret(text))
    }

    assert len(maps) > 90
    assert told == set()
