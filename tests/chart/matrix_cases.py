"""The cases of tests/matrix.yaml that render, for tests that hold in all of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.helm.renderer import renderer
from podrunner.manifests.rendering import Renderer, Rendering

ROOT = Path(__file__).parents[2]
CHART = ROOT / "chart"
CASES = [case for case in make_cases(load_matrix(ROOT / "tests/matrix.yaml", CHART)) if not case.expect_fail]


@cache
def helm() -> Renderer:
    """Load the chart once in each process: to load it takes as long as to render it."""
    return renderer("library", CHART)


@cache
def rendered() -> dict[str, Rendering]:
    """Name of a case → what it renders, for tests that look at all of them: each case is rendered once in a process."""
    return {case.name: render_case(case) for case in CASES}


def render_case(case: Case, release: str = "", namespace: str = "", values: dict[str, Any] | None = None) -> Rendering:
    """A case as it is, or with another release, namespace or other values."""
    return helm().render(
        case.values if values is None else values,
        case=case.name,
        release=release or case.release,
        namespace=namespace or case.namespace,
        kube_version=case.kube_version,
        api_versions=case.api_versions,
    )
