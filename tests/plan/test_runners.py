"""What the smoke lays over values, and which runners come out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values, read_values
from podrunner.helm.renderer import renderer
from podrunner.modes.promise import INSIDE_SCRIPT
from podrunner.modes.runners import Runner, pod_security, read_runners
from podrunner.smoke.overlay import overlay

if TYPE_CHECKING:
    from podrunner.manifests.rendering import Rendering

CHART = Chart.open()
URL = "http://stand-in.ns.svc:8080"


def layered(text: str, **options: Any) -> tuple[Values, ...]:
    given = read_values(text, "values.yaml")
    mirrors, registry = options.pop("mirrors", {}), options.pop("registry", "")
    ours = overlay(CHART.effective([given]), URL, mirrors, registry, builtin=options.pop("builtin", False))
    return given, Values(ours, "the smoke")


def render(layers: tuple[Values, ...]) -> Rendering:
    return renderer("library", CHART).render(Case("the test", layers, release="podrunner-x", namespace="ns"))


def test_without_values_one_runner_is_pointed_at_the_stand_in() -> None:
    layers = layered("", mirrors={"docker.io": "registry.ns.svc:5000"})
    rendering = render(layers)

    assert read_runners(CHART.effective(layers), rendering) == [
        Runner("default", "unprivileged", "ns", "podrunner-x-default", "token", in_release=False)
    ]
    [runner] = rendering.config_toml["runners"]
    assert runner["url"] == URL
    assert runner["kubernetes"]["pull_policy"] == ["if-not-present"]
    assert "registry.ns.svc:5000" in runner["pre_build_script"]
    assert "post_build_script" not in runner
    assert rendering.config_toml["check_interval"] == 1


def test_the_builtin_pipeline_prints_its_state_after_the_users_own_script() -> None:
    layers = layered("runners: {default: {config: {post_build_script: echo mine}}}", builtin=True)

    [runner] = render(layers).config_toml["runners"]

    assert runner["post_build_script"] == f"echo mine\n{INSIDE_SCRIPT}"


def test_each_runner_keeps_its_mode_secret_and_namespace() -> None:
    layers = layered("""
        podman: {mode: privileged}
        runners:
          zeta:
            token: {existingSecret: {name: own, key: runner-token}}
          alpha:
            podman: {mode: unprivileged}
            config: {kubernetes: {namespace: jobs}}
    """)

    runners = read_runners(CHART.effective(layers), render(layers))

    assert runners == [
        Runner("alpha", "unprivileged", "jobs", "podrunner-x-alpha", "token", in_release=False),
        Runner("zeta", "privileged", "ns", "own", "runner-token", in_release=False),
    ]


def test_a_token_in_the_values_makes_the_secret_the_releases_own() -> None:
    layers = layered("runners: {default: {token: {insecureInline: glrt-0123456789abcdefghij}}}")

    [runner] = read_runners(CHART.effective(layers), render(layers))

    assert (runner.secret, runner.in_release) == ("podrunner-x-default", True)


def test_a_url_in_the_runners_own_configuration_is_replaced_too() -> None:
    layers = layered("""
        podman: {mode: none}
        runners: {default: {config: {url: "https://gitlab.com/", executor: kubernetes, name: investigation}}}
    """)

    rendering = render(layers)

    assert rendering.config_toml["runners"][0]["url"] == URL
    assert [runner.name for runner in read_runners(CHART.effective(layers), rendering)] == ["investigation"]


def insecure(layers: tuple[Values, ...]) -> list[list[str]]:
    """By runner: the registries that podman reaches by plain HTTP."""
    scripts = [runner["pre_build_script"] for runner in render(layers).config_toml["runners"]]
    return [re.findall(r'location = "(.*)"\ninsecure = true', script) for script in scripts]


def test_podman_reaches_the_smokes_registry_by_plain_http_and_no_other() -> None:
    assert insecure(layered("", registry="stand-in.ns.svc:8080")) == [["stand-in.ns.svc:8080"]]
    assert insecure(layered("")) == [[]]


def test_registries_that_the_values_call_insecure_stay_so_for_each_runner() -> None:
    layers = layered(
        """
        podman: {registries: {insecure: ["a.example.com:5000"]}}
        runners:
          one: {}
          two: {podman: {registries: {insecure: [b.example.com]}}}
        """,
        registry="stand-in.ns.svc:8080",
    )

    assert insecure(layers) == [
        ["a.example.com:5000", "stand-in.ns.svc:8080"],
        ["b.example.com", "stand-in.ns.svc:8080"],
    ]


LEVELS = {
    "podman: {mode: unprivileged}": "baseline",
    "podman: {mode: unprivileged, seccomp: {type: Unconfined}}": "privileged",
    "podman: {mode: unprivileged, seccomp: {type: Localhost, localhostProfile: podman.json}}": "baseline",
    "podman: {mode: userNamespace}": "baseline",
    "podman: {mode: userNamespace, run: true}": "privileged",
    "podman: {mode: privileged}": "privileged",
    "podman: {mode: none}": "",
}


@pytest.mark.parametrize("values", LEVELS)
def test_the_namespace_enforces_what_the_job_pods_need(values: str) -> None:
    layers = layered(values)

    [runner] = read_runners(CHART.effective(layers), render(layers))

    assert pod_security(CHART.modes, runner, "1.34.4") == LEVELS[values]


def test_an_empty_namespace_is_the_one_called_default() -> None:
    layers = layered('{podman: {mode: none}, runners: {a: {config: {kubernetes: {namespace: ""}}}}}')
    other = layered("{podman: {mode: none}, runners: {a: {config: {kubernetes: {namespace: jobs}}}}}")

    assert [runner.job_namespace for runner in read_runners(CHART.effective(layers), render(layers))] == ["default"]
    assert [runner.job_namespace for runner in read_runners(CHART.effective(other), render(other))] == ["jobs"]


@pytest.mark.parametrize("way", ["stableIdentity", "reloadTokens"])
def test_the_secret_of_a_token_is_found_however_the_manager_gets_it(way: str) -> None:
    layers = layered(f"manager: {{{way}: true}}")

    (runner,) = read_runners(CHART.effective(layers), render(layers))

    assert (runner.secret, runner.key) == ("podrunner-x-default", "token")


def test_the_smoke_leaves_nothing_behind() -> None:
    assert "helm.sh/resource-policy" not in render(layered("")).text
