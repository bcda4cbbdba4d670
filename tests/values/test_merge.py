"""Values over values, as Helm lays them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import helm_python
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podrunner.formats.placed import load_values
from podrunner.values.merge import coalesce, merge

DEFAULTS = """\
a: {b: 1, c: [1, 2], z: null, d: {e: null, f: {g: null}}}
l: [null, {q: null}]
z: null
"""


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> helm_python.Chart:
    folder = tmp_path_factory.mktemp("defaults")
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: defaults\nversion: 0.0.1\n")
    (folder / "values.yaml").write_text(DEFAULTS)
    return helm_python.Chart.load(folder)


def test_maps_are_merged_and_all_else_is_replaced() -> None:
    below = {"a": {"x": 1, "y": 2}, "list": [1, 2], "kept": True}
    above = {"a": {"y": 3}, "list": [3]}

    assert merge(below, above) == {"a": {"x": 1, "y": 3}, "list": [3], "kept": True}


def test_a_null_in_a_later_file_stays_for_helm_to_act_on() -> None:
    assert merge({"a": {"x": 1}}, {"a": None}) == {"a": None}


def test_merging_changes_none_of_the_layers() -> None:
    below = {"a": {"x": 1}}

    merge(below, {"a": {"y": 2}})

    assert below == {"a": {"x": 1}}


def test_a_null_removes_the_default() -> None:
    assert coalesce({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"x": None}, "b": None}) == {"a": {"y": 2}}


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "l", "q", "z"])
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x"]) | st.lists(st.integers(0, 3))
TREES = st.dictionaries(NAMES, st.recursive(LEAVES, lambda below: st.dictionaries(NAMES, below, max_size=3)))


@pytest.mark.broad
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(values=TREES)
def test_coalescing_gives_what_helm_gives(chart: helm_python.Chart, values: dict[str, Any]) -> None:
    assert coalesce(chart.values, values) == chart.merge_values(values)


def test_coalescing_gives_what_helm_gives_for_our_own_presets(checkout: Path) -> None:
    chart = helm_python.Chart.load(checkout / "chart")
    for preset in sorted((checkout / "chart" / "presets").glob("*.yaml")):
        values = load_values(preset).data

        assert coalesce(chart.values, values) == chart.merge_values(values)
