"""docs/gitops.md: the values of its examples are rendered, the same each time, and the objects that it speaks of are there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from documentation import ROOT, Page

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer
from podrunner.manifests.rendering import Rendering

FILES = {block.path: yaml.safe_load(block.text) for block in Page("docs/gitops.md").blocks if block.path}
ARGO = FILES["argocd/podrunner.yaml"]["spec"]
FLUX = FILES["flux/podrunner.yaml"]["spec"]
RANDOM = re.compile(
    r"\b(rand(Alpha|Numeric|AlphaNum|Ascii|Bytes|Int)|genPrivateKey|gen(Self)?SignedCert|genCA|uuidv4|now)\b"
)


def render(values: dict[str, Any]) -> Rendering:
    """The release `ci` as both tools install it."""
    layers = (Values(values, "the page"),)
    return renderer("library", Chart.open()).render_anew(Case("the page", layers, release="ci", namespace="ci"))


@pytest.mark.parametrize("values", [ARGO["source"]["helm"]["valuesObject"], FLUX["values"]], ids=["argocd", "flux"])
def test_values_of_an_example_are_right_and_render_the_same_each_time(values: dict[str, Any]) -> None:
    assert render(values).text == render(values).text


def test_the_fields_that_are_ignored_are_those_of_what_is_scaled() -> None:
    (argo,) = ARGO["ignoreDifferences"]
    (flux,) = FLUX["driftDetection"]["ignore"]
    for ignored, values in ((argo, ARGO["source"]["helm"]["valuesObject"]), (flux["target"], FLUX["values"])):
        rendering = render(values)
        scaled = rendering.object("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]

        assert (scaled["kind"], scaled["name"]) == (ignored["kind"], ignored["name"])
        assert "replicas" not in rendering.object(scaled["kind"])["spec"]


def test_flux_waits_longer_than_a_manager_drains() -> None:
    minutes = int(FLUX["timeout"].removesuffix("m"))

    assert minutes * 60 > FLUX["values"]["manager"]["terminationGracePeriodSeconds"]


def test_what_a_draining_manager_needs_is_kept() -> None:
    kept = [
        document.data["kind"]
        for document in render(ARGO["source"]["helm"]["valuesObject"]).documents
        if document.data["metadata"].get("annotations", {}).get("helm.sh/resource-policy") == "keep"
    ]

    assert sorted(set(kept)) == ["Namespace", "Role", "RoleBinding", "ServiceAccount"]


def test_the_chart_draws_nothing_and_looks_up_what_the_page_says() -> None:
    texts = {file.name: file.read_text() for file in (ROOT / "chart/templates").rglob("*") if file.is_file()}

    assert [
        name for name, text in texts.items() if RANDOM.search(re.sub(r"\{\{-? ?/\*.*?\*/", "", text, flags=re.S))
    ] == []
    assert sorted(name for name, text in texts.items() if re.search(r"\blookup \"", text)) == [
        "NOTES.txt",
        "_object.tpl",
    ]
