"""What is kept in memory: a file that changes on disk is read anew by whoever opens its chart again."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.cases.lookup import read_objects
from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer
from tests.sources import sources

CACHES = {"cache", "lru_cache"}


def test_no_cache_goes_by_a_path_or_a_chart() -> None:
    wrong = [
        f"{name}: {function.name}({argument.arg})"
        for name, tree in sources()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and any(is_cache(one) for one in function.decorator_list)
        for argument in [*function.args.args, *function.args.kwonlyargs]
        if argument.annotation and {"Path", "FilePath", "Chart"} & set(ast.unparse(argument.annotation).split(" | "))
    ]

    assert wrong == []


def is_cache(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(name, ast.Name) and name.id in CACHES


# Every field of a case but those that no template sees → another value of it.
CHANGED: dict[str, Any] = {
    "layers": (Values({"size": 2}),),
    "release": "other",
    "namespace": "other",
    "kube_version": "1.30.0",
    "api_versions": ("example.com/v1",),
    "revision": 2,
    "chart_version": "2.0.0",
    "app_version": "2",
    "lookup": read_objects([{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}]),
    "include_crds": True,
}
SCHEMA_SKIPPED = "skip_schema_validation"
UNSEEN = {"name", "expect_fail", "is_of_matrix", "file", "line"}
TEMPLATE = """\
kind: It
release: {{ .Release | toJson }}
chart: {{ .Chart.Version }} {{ .Chart.AppVersion }}
size: {{ .Values.size }}
kubernetes: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "example.com/v1" }}
found: {{ lookup "v1" "Node" "" "one" | toJson }}
"""


def test_a_case_that_differs_from_the_last_in_anything_is_rendered_anew(tmp_path: Path) -> None:
    for name in ("crds", "templates", "charts"):
        (tmp_path / name).mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("size: 1\n")
    (tmp_path / "templates" / "a.yaml").write_text(TEMPLATE)
    (tmp_path / "crds" / "a.yaml").write_text("kind: CustomResourceDefinition\n")
    (tmp_path / "values.schema.json").write_text('{"properties": {"size": {"type": "integer"}}}')
    helm, case = renderer("library", Chart.open(tmp_path)), Case("it")
    before = helm.raw(case)

    answers = [(helm.raw(case), helm.raw(replace(case, **{name: value})))[1] for name, value in CHANGED.items()]
    wrong = replace(case, layers=(Values({"size": "big"}),), skip_schema_validation=True)
    skipped = helm.raw(wrong)

    assert {field.name for field in fields(Case)} == CHANGED.keys() | UNSEEN | {SCHEMA_SKIPPED}
    assert len({before, *answers, skipped}) == len(CHANGED) + 2
    with pytest.raises(RenderError, match="schema"):
        helm.raw(replace(wrong, skip_schema_validation=False))
