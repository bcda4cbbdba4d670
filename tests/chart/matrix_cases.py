"""The cases of tests/matrix.yaml that render, for tests that hold in all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.helm.renderer import renderer
from podrunner.manifests.rendering import Rendering

ROOT = Path(__file__).parents[2]
CHART = ROOT / "chart"
CASES = [case for case in make_cases(load_matrix(ROOT / "tests/matrix.yaml", CHART)) if not case.expect_fail]


def render_case(case: Case, release: str = "", namespace: str = "", values: dict[str, Any] | None = None) -> Rendering:
    """A case as it is, or with another release, namespace or other values."""
    return renderer("library", CHART).render(
        case.values if values is None else values,
        case=case.name,
        release=release or case.release,
        namespace=namespace or case.namespace,
        kube_version=case.kube_version,
        api_versions=case.api_versions,
    )
