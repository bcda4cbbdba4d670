"""Lists of objects are checked item by item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer
from podrunner.manifests.checks.lists import flatten_lists
from tests.renders import render_values

WRONG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "dta": {}}


@pytest.mark.parametrize(
    "wrapped",
    [
        {"apiVersion": "v1", "kind": "List", "items": [WRONG]},
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "x"}, "dta": {}}]},
        {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "List", "items": [WRONG]}]},
    ],
)
def test_a_mistake_in_an_item_is_found(small_chart: Path, wrapped: dict[str, Any]) -> None:
    checker = Checker(renderer("library", Chart.open(small_chart)))

    findings = checker.check(Case("list", (Values({"objects": [wrapped]}),))).findings

    assert [finding.path for finding in findings if finding.object == "ConfigMap/x"] == ["dta"]


def test_a_custom_kind_that_ends_with_list_is_an_object(small_chart: Path) -> None:
    allowed = {"apiVersion": "example.com/v1", "kind": "AllowList", "metadata": {"name": "x"}, "spec": {}, "items": []}
    rendering = render_values(renderer("library", Chart.open(small_chart)), {"objects": [allowed]})

    assert flatten_lists(rendering) == rendering
