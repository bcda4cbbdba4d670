"""What a case sets beside its values counts when it is checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from podrunner.cases.case import Case
from podrunner.cases.lookup import read_objects
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.cli.main import main
from podrunner.helm.renderer import renderer
from tests.matrix_cases import CASES, helm

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.example.com}
spec:
  group: example.com
  scope: Namespace
  names: {kind: Lamp, plural: lamps}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: db}
data: {{ (lookup "v1" "Secret" .Release.Namespace "db").data | default dict | toJson }}
"""
OLD = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"password": "not base64!"}}


def write(folder: Path) -> Path:
    for name in ("crds", "templates"):
        (folder / name).mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (folder / "values.schema.json").write_text('{"properties": {"size": {"type": "integer"}}}')
    (folder / "crds" / "lamp.yaml").write_text(CRD)
    (folder / "templates" / "secret.yaml").write_text(SECRET)
    return folder


def found(chart: Path, case: Case) -> list[tuple[str, int, str]]:
    checked = Checker(renderer("library", Chart.open(chart))).check(case)
    return [(Path(one.file).name, one.line, one.rule.code) for one in checked.findings if one.severity.name == "ERROR"]


def test_crds_are_checked_where_a_case_includes_them(tmp_path: Path) -> None:
    chart = write(tmp_path / "shop")

    assert found(chart, Case("it")) == []
    assert found(chart, Case("it", include_crds=True)) == [("lamp.yaml", 6, "kubernetes-schema")]


def test_what_lookup_finds_is_checked_in_what_is_made_of_it(tmp_path: Path) -> None:
    case = Case("it", lookup=read_objects([OLD]))

    assert [code for _, _, code in found(write(tmp_path / "shop"), case)] == ["kubernetes-schema"]


def test_values_are_not_held_against_a_schema_that_is_skipped(tmp_path: Path) -> None:
    chart, case = write(tmp_path / "shop"), Case("it").with_values({"size": "big"}, "the test")

    assert [code for _, _, code in found(chart, case)] == ["values-type"]
    assert found(chart, replace(case, skip_schema_validation=True)) == []


def test_the_app_version_of_a_case_is_the_release_of_gitlab_runner() -> None:
    case = replace(CASES[0], app_version="18.11.0")

    assert Checker(helm()).check(case).job_pods.endswith("with the keys of 18.11.0")


def test_options_of_the_command_line_set_the_same(tmp_path: Path) -> None:
    chart = write(tmp_path / "shop")
    (tmp_path / "values.yaml").write_text("size: big\n")
    (tmp_path / "objects.yaml").write_text('{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {a: "Yg=="}}')
    options = ["--chart", str(chart), "--skip-schema-validation", "--lookup", str(tmp_path / "objects.yaml")]
    output = tmp_path / "out.yaml"
    options += ["--chart-version", "2.0.0", "--app-version", "3", "--include-crds", "--show-only", "templates/*.yaml"]

    exit_code = main(["render", str(tmp_path / "values.yaml"), *options, "--format", f"text={output}"])

    assert exit_code == 0
    expected = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {"a":"Yg=="}\n'
    assert output.read_text() == f"---\n# Source: shop/templates/secret.yaml\n{expected}"
