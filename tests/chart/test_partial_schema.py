"""The schema of values files for editors: it takes every part of what the chart takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrunner.chart.chart import Chart
from podrunner.chart.partial_schema import partial_schema
from podrunner.formats.placed import load_values
from podrunner.values.merge import merge

CHART = Chart.open(Path(__file__).parents[2] / "chart")
VALIDATOR = jsonschema_rs.validator_for(partial_schema(CHART), validate_formats=False)
FILES = [*(CHART.path / "presets").glob("*.yaml"), *Path(__file__).parents[1].joinpath("values").glob("*.yaml")]


def mistakes(values: dict[str, Any]) -> list[str]:
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in VALIDATOR.iter_errors(values)]


def drop(draw: st.DrawFn, values: dict[str, Any]) -> dict[str, Any]:
    """The values without some of their keys, at every depth; lists stay as they are."""
    kept = {key: value for key, value in values.items() if draw(st.booleans())}
    return {key: drop(draw, value) if isinstance(value, dict) else value for key, value in kept.items()}


@st.composite
def parts(draw: st.DrawFn) -> dict[str, Any]:
    values = load_values(draw(st.sampled_from(sorted(FILES)))).data
    return drop(draw, merge(CHART.defaults.data, values))


@given(parts())
def test_each_part_of_right_values_is_right(values: dict[str, Any]) -> None:
    assert mistakes(values) == []


def test_what_is_left_out_is_no_mistake_and_what_is_misspelt_is_one() -> None:
    assert mistakes({}) == []
    assert mistakes({"podman": {"storage": {"size": "20Gi"}}}) == []
    assert len(mistakes({"podman": {"storage": {"siez": "20Gi"}}})) == 1


@pytest.mark.parametrize(
    ("values", "is_right"),
    [
        # Takes the default away, as in Helm.
        ({"manager": {"replicas": None}}, True),
        ({"manager": {"resources": {"requests": None}}}, True),
        # Means the default, where nothing could be without it.
        ({"gitlab": None}, True),
        ({"podman": {"mode": None}}, True),
    ],
)
def test_null_is_right_where_it_takes_a_default_away(values: dict[str, Any], is_right: bool) -> None:
    assert (mistakes(values) == []) is is_right


def test_items_of_a_list_are_whole_for_lists_are_replaced() -> None:
    assert mistakes({"manager": {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}]}}) == []
    assert len(mistakes({"manager": {"hostAliases": [{"ip": "10.0.0.1"}]}})) == 1


def test_a_chart_without_a_schema_takes_any_map(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 1.0.0\n")

    assert partial_schema(Chart.open(tmp_path)) == {"type": "object"}
