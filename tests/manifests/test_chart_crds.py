"""CRDs that charts bring along, in `crds/`, in their dependencies, or rendered."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
import yaml

from podrunner.chart.chart import Chart
from podrunner.findings.errors import UsageError
from podrunner.helm.renderer import renderer
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.schemas.crds import Crds
from tests.renders import render_values

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: KINDs.example.com}
spec:
  group: example.com
  names: {kind: KIND}
  versions: [{name: v1, schema: {openAPIV3Schema: SCHEMA}}]
"""


def crd(kind: str, schema: str = "{type: object}") -> str:
    return CRD.replace("KIND", kind).replace("SCHEMA", schema)


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_the_crds_of_a_chart_and_of_every_dependency_are_known(tmp_path: Path) -> None:
    chart = tmp_path / "parent"
    write(chart / "crds" / "kite.yaml", crd("Kite"))
    write(chart / "charts" / "unpacked" / "crds" / "kites" / "line.yml", crd("Line"))
    write(tmp_path / "packed" / "crds" / "wind.yaml", crd("Wind"))
    write(tmp_path / "packed" / "charts" / "below" / "crds" / "sun.yaml", crd("Sun"))
    write(tmp_path / "packed" / "templates" / "crds" / "not-one.yaml", "{{ this is no YAML }}")
    with tarfile.open(chart / "charts" / "packed-1.0.0.tgz", "w:gz") as archive:
        archive.add(tmp_path / "packed", "packed")

    assert sorted(kind for _, kind in Chart(chart).crds.schemas) == ["Kite", "Line", "Sun", "Wind"]


def test_a_folder_that_is_given_wins_over_the_chart(tmp_path: Path) -> None:
    write(tmp_path / "chart" / "crds" / "kite.yaml", crd("Kite"))
    given = write(tmp_path / "given" / "kite.yaml", crd("Kite", "{type: object, required: [spec]}"))

    crds = Chart(tmp_path / "chart").crds_with([given.parent])

    assert crds.schemas["example.com/v1", "Kite"]["required"] == ["spec"]


def test_an_archive_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    write(tmp_path / "charts" / "sub-1.0.0.tgz", "not an archive")

    with pytest.raises(UsageError, match=r"sub-1\.0\.0\.tgz: cannot be unpacked: .* `helm dependency build`\."):
        _ = Chart(tmp_path).crds


def test_a_crd_whose_schema_cannot_be_read_is_a_note(small_chart: Path) -> None:
    small = renderer("library", Chart.open(small_chart))
    kite = {"apiVersion": "example.com/v1", "kind": "Kite", "metadata": {"name": "k"}}
    rendering = render_values(small, {"objects": [kite]})
    broken = Crds({("example.com/v1", "Kite"): {"type": "object", "pattern": "(", "minimum": "x"}})

    (finding,) = check_manifests(rendering, "1.34", broken)

    assert (finding.rule.code, finding.severity.value) == ("crd-unreadable", "note")
    assert finding.message.startswith("Kite: not checked, the schema in its CRD cannot be read: ")


def test_the_empty_status_that_generators_write_into_a_crd_is_not_read(small_chart: Path) -> None:
    small = renderer("library", Chart.open(small_chart))
    kite = yaml.safe_load(crd("Kite")) | {"status": {"acceptedNames": {"kind": "", "plural": ""}, "conditions": []}}
    kite |= {"metadata": {"name": "kites.example.com"}}
    kite["spec"] |= {"scope": "Namespaced", "names": {"kind": "", "plural": "kites"}}
    kite["spec"]["versions"][0] |= {"served": True, "storage": True}

    found = check_manifests(render_values(small, {"objects": [kite]}), "1.34")

    assert [one.path for one in found] == ["spec.names.kind"]


def test_a_crd_from_a_list_of_objects_is_known(tmp_path: Path) -> None:
    items = "".join(f"  - {line}" if not at else f"    {line}" for at, line in enumerate(crd("Kite").splitlines(True)))
    write(tmp_path / "crds" / "all.yaml", f"apiVersion: v1\nkind: List\nitems:\n{items}")

    assert ("example.com/v1", "Kite") in Chart(tmp_path).crds.schemas
