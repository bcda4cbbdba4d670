"""Exactly the objects that differ, in every case; order and formatting alone are no difference."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError, ValuesError
from podrunner.helm.renderer import renderer
from tests.short_matrix import shortened

from .conftest import Repository

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: demo}
data:
  config.toml: |
    concurrent = 4
    [[runners]]
      name = "a"
      [runners.kubernetes]
        image = "x"
        [[runners.kubernetes.pod_spec]]
          name = "p"
          patch = '{"a": 1, "b": [1, 2]}'
    [[runners]]
      name = "b"
"""
SAME = """\
# A comment, other quotes, another order.
kind: "ConfigMap"
data:
    config.toml: |
        # Of no consequence.
        concurrent=4
        [[runners]]
        name = 'b'

        [[runners]]
        kubernetes = { image = "x", pod_spec = [{patch = "b: [1, 2]\\na: 1", name = "p"}] }
        name = "a"
metadata:
    name: demo
apiVersion: v1
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: demo}
rules:
  - {apiGroups: [""], resources: [pods, secrets], verbs: [get, list]}
  - {apiGroups: [apps], resources: [deployments], verbs: [get]}
"""
SAME_ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: demo}
rules:
  - {apiGroups: [apps], resources: [deployments], verbs: [get]}
  - {apiGroups: [""], resources: [secrets, pods], verbs: [list, get]}
"""


def test_order_and_formatting_alone_show_nothing(repository: Repository) -> None:
    repository.write(config=CONFIG, role=ROLE)
    repository.commit("before")
    repository.write(config=SAME, role="{}")
    # Objects in other files, too.
    repository.write(role="", again=SAME_ROLE)
    repository.commit("after")

    assert repository.diff("before", "after") == (0, ["before → after: no difference in 1 case"])


def test_a_key_of_config_toml_is_named_by_its_path(repository: Repository) -> None:
    repository.write(it=CONFIG)
    repository.commit("before")
    repository.write(it=CONFIG.replace('image = "x"', 'image = "y"').replace('"a": 1', '"a": 2'))

    exit_code, lines = repository.diff("before")

    assert exit_code == 1
    assert lines == [
        "Changes otherwise",
        '    ConfigMap/demo: data.config.toml.runners[a].kubernetes.image: "x" → "y"',
        "    ConfigMap/demo: data.config.toml.runners[a].kubernetes.pod_spec[p].patch.a: 1 → 2",
        "",
        "before → the chart here: 1 object differs in the one case",
    ]


@pytest.fixture(params=["sample", pytest.param("every", marks=pytest.mark.full(reason="600 renders take ten seconds"))])
def matrix(request: pytest.FixtureRequest, checkout: Path, tmp_path: Path) -> Path:
    """Our matrix, or a sample in which each entry of each axis is at least once."""
    file = checkout / "tests/matrix.yaml"
    if request.param == "every":
        return file
    sample = tmp_path / "matrix.yaml"
    sample.write_text(shortened(file.read_text().replace(": values/", f": {file.parent}/values/")))
    return sample


def test_exactly_the_objects_that_helm_renders_otherwise_are_named_in_every_case(
    repository: Repository, checkout: Path, matrix: Path
) -> None:
    shutil.rmtree(repository.chart)
    shutil.copytree(checkout / "chart", repository.chart)
    repository.commit("before")
    change(repository.chart / "templates/manager/_volumes.tpl", "mountPath: /tmp", "mountPath: /var/tmp")
    change(repository.chart / "values.yaml", "memory: 64Mi", "memory: 65Mi")
    change(repository.chart / "presets/privileged.yaml", "podman:", "config: {concurrent: 77}\npodman:")
    repository.commit("after")

    _, lines = repository.diff("before", "after", "--matrix", str(matrix), "--format", "json")

    said: dict[str, set[str]] = {}
    for change_ in json.loads("\n".join(lines))["changes"]:
        for at in change_["cases"] if change_["field"] else []:
            said.setdefault(at["case"], set()).add(at["object"])
    repository.git("checkout", "--quiet", "before")
    before = rendered(repository.chart, matrix)
    repository.git("checkout", "--quiet", "after")
    assert said == truth(before, rendered(repository.chart, matrix))
    assert len(said) > 4


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    file.write_text(text.replace(before, after))


def rendered(chart: Path, matrix: Path) -> dict[str, dict[str, Any]]:
    """Make case → object → what plain YAML reads of Helm's output, for the cases that Helm renders."""
    opened = Chart.open(chart)
    helm = renderer("library", opened)
    texts = {}
    for case in make_cases(load_matrix(matrix, opened)):
        with contextlib.suppress(RenderError, ValuesError):
            texts[case.name] = helm.render(case).text
    # In C, as fast as the renders are.
    load = functools.partial(yaml.load_all, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {case: {name(one): one for one in load(text) if one} for case, text in texts.items()}


def name(item: dict[str, Any]) -> str:
    namespace = item["metadata"].get("namespace")
    return f"{item['kind']}/{item['metadata']['name']}" + (f" in {namespace}" if namespace else "")


def truth(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    found = {
        case: {one for one in before[case].keys() | after[case].keys() if before[case].get(one) != after[case].get(one)}
        for case in before
    }
    return {case: objects for case, objects in found.items() if objects}
