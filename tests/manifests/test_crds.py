"""Custom kinds by their CRDs."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.errors import UsageError
from podrunner.helm.renderer import renderer
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.schemas.crds import load_crds
from tests.renders import render_values

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kites.example.com}
spec:
  group: example.com
  names: {kind: Kite, plural: kites}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                length: {type: integer, nullable: true}
                line: {x-kubernetes-int-or-string: true}
"""


def kite(**spec: object) -> dict[str, object]:
    return {"apiVersion": "example.com/v1", "kind": "Kite", "metadata": {"name": "k"}, "spec": spec}


def test_a_custom_object_is_checked_with_the_crd_of_a_folder(tmp_path: Path, small_chart: Path) -> None:
    (tmp_path / "kite.yaml").write_text(CRD)
    small = renderer("library", Chart.open(small_chart))
    good, bad = (
        render_values(small, {"objects": [kite(length=None, line="5m")]}),
        render_values(small, {"objects": [kite(lenght=1)]}),
    )
    crds = load_crds([tmp_path])

    (finding,) = check_manifests(bad, "1.34", crds)

    assert check_manifests(good, "1.34", crds) == []
    assert (finding.rule.code, finding.object) == ("crd-schema", "Kite/k")
    assert finding.message.startswith("spec.lenght: unknown key. Did you mean `length`?")


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load_crds([tmp_path / "crds"])


FIELDS = """
                length: {type: integer}
                template:
                  type: object
                  x-kubernetes-embedded-resource: true
                  properties: {spec: {type: object}}
"""
ALTERNATIVES = """
              anyOf:
                - {properties: {length: {minimum: 1}}, required: [length]}
                - {properties: {line: {enum: [5m]}}, not: {properties: {length: {minimum: 5}}, required: [length]}}
"""


def test_conditions_of_a_crd_allow_the_fields_beside_them(tmp_path: Path, small_chart: Path) -> None:
    (tmp_path / "kite.yaml").write_text(
        CRD.replace("length: {type: integer, nullable: true}", FIELDS.strip()).rstrip() + ALTERNATIVES
    )
    crds = load_crds([tmp_path])
    small = renderer("library", Chart.open(small_chart))
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {}}

    good = render_values(small, {"objects": [kite(length=1, line="5m", template=pod)]})
    (finding,) = check_manifests(
        render_values(small, {"objects": [kite(length=1, template={**pod, "x": 1})]}), "1.34", crds
    )

    assert check_manifests(good, "1.34", crds) == []
    assert finding.message.startswith("spec.template.x: unknown key.")
