"""The cases of tests/matrix.yaml that render, for tests that hold in all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.rendering import Rendering

ROOT = Path(__file__).parents[1]
CHART = ROOT / "chart"
OPENED = Chart.open(CHART)
CASES = [case for case in make_cases(load_matrix(ROOT / "tests/matrix.yaml", OPENED)) if not case.expect_fail]


@cache
def helm() -> Renderer:
    """Load the chart once in each process: to load it takes as long as to render it."""
    return renderer("library", OPENED)


def rendered() -> dict[str, Rendering]:
    """Name of a case → what it renders, for tests that look at all of them: each case is rendered once in a process."""
    return {case.name: render_case(case) for case in CASES}


def render_case(case: Case, release: str = "", namespace: str = "", values: dict[str, Any] | None = None) -> Rendering:
    """A case as it is, or with another release, namespace or other values."""
    case = replace(case, release=release or case.release, namespace=namespace or case.namespace)
    if values is not None:
        return helm().render(replace(case, layers=()).with_values(values, "the test"))
    return _render_once(case)


@cache
def _render_once(case: Case) -> Rendering:
    """Several tests look at the same rendering."""
    return helm().render(case)
