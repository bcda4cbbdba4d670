"""Defects that were reproduced in GitLab's own chart, gitlab-runner 0.86.0, and are absent here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError, ValuesError
from podrunner.values.merge import coalesce, merge
from tests.matrix_cases import CHART, helm, rendered
from tests.renders import render_values

# All that a release can have at once.
EVERYTHING: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "values/everything.yaml").read_text())
# Dashes and quotes that editors put in for "-" and '"'.
TYPOGRAPHY = re.compile("[\u2010-\u2015\u2018-\u201f]")


@pytest.mark.broad
@pytest.mark.parametrize("base", [{}, EVERYTHING], ids=["minimal", "everything"])
def test_a_null_in_the_values_ends_in_no_error_of_the_template_engine(base: dict[str, Any]) -> None:
    """There: runners.config=null, the documented way to use configPath, fails with "wrong type for value"."""
    chart = helm().chart
    schema, defaults = chart.schema, chart.defaults.data
    assert schema

    errors = []
    for path in paths(defaults):
        values = merge({"gitlab": {"url": "https://gitlab.example.com"}}, base, without(path))
        if schema.is_valid(coalesce(defaults, values)):
            try:
                render_values(helm(), values)
            except RenderError as error:
                # The engine begins with the expression; a refusal of ours is a sentence.
                errors += [(path, error.message)] if error.message.startswith("`") else []
    assert errors == []


def paths(values: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of values, with those of the maps below it."""
    for key, value in values.items():
        yield (*path, key)
        yield from paths(value, (*path, key)) if isinstance(value, dict) else ()


def without(path: tuple[str, ...]) -> dict[str, Any]:
    """Values that set a key to null."""
    *parents, name = path
    values: dict[str, Any] = {name: None}
    for key in reversed(parents):
        values = {key: values}
    return values


@pytest.mark.broad
@pytest.mark.broad
def test_no_script_or_command_has_a_dash_that_is_none() -> None:
    """There: `curl` with an em dash before "silent" in three scripts, which takes the option for an address."""
    wrong = [
        (document.name, found[0])
        for rendering in rendered().values()
        for document in rendering.documents
        for found in TYPOGRAPHY.finditer(document.text)
    ]

    assert wrong == []


def test_monitors_look_for_the_manager_in_the_namespace_that_it_is_in(render: Any) -> None:
    """There: namespaceSelector is the release's namespace also where the manager has been put into another."""
    rendering = render(EVERYTHING, release="ci", namespace="runners", preset="unprivileged")
    monitors = rendering.objects("PodMonitor") + rendering.objects("ServiceMonitor")

    (manager,) = [*rendering.objects("Deployment"), *rendering.objects("StatefulSet")]
    assert monitors
    assert {name for each in monitors for name in each["spec"]["namespaceSelector"]["matchNames"]} == {
        manager["metadata"]["namespace"]
    }


def test_an_ingress_has_a_namespace_and_labels_and_names_no_class_unless_told(render: Any) -> None:
    """There: neither of both, and `ingressClassName:` with nothing behind it."""
    ingress = render(EVERYTHING, release="ci", namespace="runners", preset="unprivileged").object("Ingress")

    assert ingress["metadata"]["namespace"] == "runners"
    assert ingress["metadata"]["labels"]["app.kubernetes.io/instance"] == "ci"
    assert ingress["spec"].get("ingressClassName", "left out") is not None


@pytest.mark.broad
def test_no_pod_has_a_volume_that_nothing_mounts() -> None:
    """There: the volume runner-secrets."""
    idle = []
    for case, rendering in rendered().items():
        for document in rendering.documents:
            spec = document.data.get("spec") or {}
            pod = spec.get("template", {}).get("spec", {}) if "template" in spec else spec
            mounted = {
                mount["name"]
                for kind in ("initContainers", "containers")
                for container in pod.get(kind) or []
                for mount in container.get("volumeMounts") or []
            }
            idle += [(case, volume["name"]) for volume in pod.get("volumes") or [] if volume["name"] not in mounted]

    assert idle == []


def test_no_selector_of_a_monitor_is_bound_to_a_version_of_the_chart(render: Any) -> None:
    """There: until 0.89, a monitor selects the label of the chart's version."""
    rendering = render(EVERYTHING, preset="unprivileged")
    monitors = rendering.objects("PodMonitor") + rendering.objects("ServiceMonitor")

    assert monitors
    assert {label for each in monitors for label in each["spec"]["selector"]["matchLabels"]} <= {
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/component",
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"concurrentt": 5}, "concurrentt: unknown key"),
        ({"runners": {"a": {"config": "[[runners"}}}, r"runners\.a\.config: must be a map"),
        ({"runners": {"a": {"config": {"kuberentes": {}}}}}, "kuberentes: unknown key. Did you mean `kubernetes`"),
        ({"gitlab": {"url": ""}}, "gitlab.url is empty"),
    ],
    ids=["unknown value", "toml that is none", "unknown key of config.toml", "no address of GitLab"],
)
def test_what_no_runner_could_use_is_refused(render: Any, values: dict[str, Any], sentence: str) -> None:
    """There: text that is no TOML, unknown values and a blank address of GitLab render without a word."""
    with pytest.raises((RenderError, ValuesError), match=sentence):
        render(values)


@pytest.mark.broad
def test_a_new_version_of_the_chart_does_not_restart_the_manager() -> None:
    """There: the pod has the label chart: gitlab-runner-<version>, so each version makes new pods."""
    version = re.search(r"^version: (.+)$", (CHART / "Chart.yaml").read_text(), re.MULTILINE)
    documents = [document for rendering in rendered().values() for document in rendering.documents]
    managers = [document.data for document in documents if document.data["kind"] in ("Deployment", "StatefulSet")]

    assert version
    assert managers
    assert [each for each in managers if f"podrunner-{version[1]}" in json.dumps(each["spec"])] == []


def test_labels_are_those_that_kubernetes_recommends(render: Any) -> None:
    """There: app, chart, release and heritage."""
    labels = {label for each in render().objects() for label in each["metadata"]["labels"]}

    assert not labels & {"app", "chart", "release", "heritage"}
    assert "app.kubernetes.io/name" in labels


def test_the_chart_says_which_helm_kubernetes_and_images_it_is_for() -> None:
    """There: apiVersion v1, which is Helm 2's, no kubeVersion and no annotations."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert (chart["apiVersion"], chart["kubeVersion"]) == ("v2", ">=1.25.0-0")
    assert "artifacthub.io/images" in chart["annotations"]
