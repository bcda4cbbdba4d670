"""What the smoke lays over values, and which runners come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart import find_chart
from podrunner.helm import renderer
from podrunner.smoke.runners import Runner, overlay, pod_security, read_runners
from podrunner.smoke.verdict import INSIDE_SCRIPT
from podrunner.values import merge, read_values

if TYPE_CHECKING:
    from podrunner.helm import Rendering
    from podrunner.values import Values

CHART = find_chart()
URL = "http://stand-in.ns.svc:8080"


def layered(text: str, **options: Any) -> list[Values]:
    given = read_values(text, "values.yaml")
    mirrors = options.pop("mirrors", {})
    ours = overlay(CHART, [given], URL, mirrors, builtin=options.pop("builtin", False))
    from podrunner.values import Values

    return [given, Values(ours, "the smoke")]


def render(layers: list[Values]) -> Rendering:
    return renderer("library", CHART).render(
        merge(*(layer.data for layer in layers)), release="podrunner-x", namespace="ns"
    )


def test_without_values_one_runner_is_pointed_at_the_stand_in() -> None:
    layers = layered("", mirrors={"docker.io": "registry.ns.svc:5000"})
    rendering = render(layers)

    assert read_runners(CHART, layers, rendering) == [
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

    runners = read_runners(CHART, layers, render(layers))

    assert runners == [
        Runner("alpha", "unprivileged", "jobs", "podrunner-x-alpha", "token", in_release=False),
        Runner("zeta", "privileged", "ns", "own", "runner-token", in_release=False),
    ]


def test_a_token_in_the_values_makes_the_secret_the_releases_own() -> None:
    layers = layered("runners: {default: {token: {insecureInline: glrt-0123456789abcdefghij}}}")

    [runner] = read_runners(CHART, layers, render(layers))

    assert (runner.secret, runner.in_release) == ("podrunner-x-default", True)


def test_a_url_in_the_runners_own_configuration_is_replaced_too() -> None:
    layers = layered("""
        podman: {mode: none}
        runners: {default: {config: {url: "https://gitlab.com/", executor: kubernetes, name: investigation}}}
    """)

    rendering = render(layers)

    assert rendering.config_toml["runners"][0]["url"] == URL
    assert [runner.name for runner in read_runners(CHART, layers, rendering)] == ["investigation"]


@pytest.mark.parametrize(("mode", "level"), [("unprivileged", "baseline"), ("privileged", "privileged"), ("none", "")])
def test_the_namespace_enforces_what_the_mode_needs(mode: str, level: str) -> None:
    assert pod_security(CHART, mode) == level
