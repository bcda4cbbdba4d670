"""Values that nobody gives: `helm upgrade --reuse-values` knows no default of a newer chart, and a null takes one away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.rendering import Rendering
from tests.renders import render_values

CHART = Path(__file__).parents[2] / "chart"
URL = {"gitlab": {"url": "https://gitlab.example.com"}}
DEFAULTS: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SECTIONS = [key for key in DEFAULTS if key != "gitlab"]
NEEDED = {
    ".".join((*one["at"], key))
    for one in json.loads((CHART / "files/defaults.json").read_text())
    for key in one["keys"]
}
FIRST = '{{- include "podrunner.values" . -}}'


@pytest.fixture(scope="module")
def chart() -> Renderer:
    """A renderer of the chart, which asks no schema."""
    return renderer("library", Chart.open(CHART))


@pytest.fixture(scope="module")
def usual(chart: Renderer) -> Rendering:
    """What the chart makes of nothing but the address of GitLab."""
    return render_values(chart, URL)


def emptied(values: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Null for every key that is not something else without a value."""
    return {
        key: emptied(value, f"{path}{key}.") if isinstance(value, dict) and value else None
        for key, value in values.items()
        if f"{path}{key}" in NEEDED and path + key != "gitlab.url"
    }


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_not_there_means_its_default(chart: Renderer, usual: Rendering, section: str) -> None:
    found = render_values(chart, {**URL, section: None})

    assert (found.text, found.notes) == (usual.text, usual.notes)


def test_so_does_every_key_below_that_is_needed(chart: Renderer, usual: Rendering) -> None:
    none = emptied(DEFAULTS)

    found = render_values(chart, {**none, **URL})

    assert none["podman"]["storage"]["home"] == {"size": None, "medium": None, "storageClass": None}
    assert found.text == usual.text


@pytest.mark.parametrize("values", [URL, {**URL, **dict.fromkeys(SECTIONS)}], ids=["absent", "null"])
def test_helm_is_told_by_no_schema_that_something_is_missing(values: dict[str, Any]) -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())

    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(values)] == []


def test_a_key_that_null_takes_away_stays_away(chart: Renderer) -> None:
    alerts = {"saturated": None, "queueTooLong": {"severity": None}}
    values = {
        "manager": {"replicas": None, "podSecurityContext": {"runAsUser": None}, "resources": {"requests": None}},
        "metrics": {"prometheusRule": {"enabled": True, "alerts": alerts}},
    }

    found = render_values(chart, {**URL, **values})

    deployment = found.object("Deployment")["spec"]
    pod = deployment["template"]["spec"]
    assert "replicas" not in deployment
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsGroup": 65534,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod["containers"][0].get("resources", {}).get("requests") is None
    rules = found.object("PrometheusRule")["spec"]["groups"][0]["rules"]
    assert "PodrunnerSaturated" not in [one["alert"] for one in rules]
    assert [one["labels"]["severity"] for one in rules if one["alert"].endswith("QueueTooLong")] == ["warning"]


def test_a_key_of_podman_that_a_runner_empties_is_that_of_all_runners(chart: Renderer) -> None:
    values = {"podman": {"mode": "privileged"}, "runners": {"a": {"podman": {"mode": None, "build": None}}}}

    found = render_values(chart, {**URL, **values})

    assert found.config_toml["runners"][0]["kubernetes"]["build_container_security_context"]["privileged"] is True


def test_podrunner_sees_the_same_values_as_the_templates() -> None:
    opened = Chart.open(CHART)

    effective = opened.effective((Values({"metrics": None, "podman": {"storage": {"home": None}}}, "the test"),))

    # A default that is null would not be there at all.
    assert effective == DEFAULTS


@pytest.mark.parametrize(
    "template", [file for file in sorted((CHART / "templates").rglob("*")) if file.suffix in {".yaml", ".txt"}], ids=str
)
def test_every_template_begins_with_the_defaults(template: Path) -> None:
    lines = template.read_text().partition("*/ -}}\n")
    first = (lines[2] if lines[0].startswith("{{- /*") else "".join(lines)).splitlines()[0]

    assert first == FIRST
