"""The page that describes the matrix file: what it shows is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.errors import MatrixError
from podrunner.findings.finding import errors
from podrunner.helm.renderer import renderer

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def blocks(checkout: Path) -> list[tuple[str, str]]:
    """Return (language, text) of every code block of the page."""
    return BLOCK.findall((checkout / "docs" / "matrix.md").read_text())


def test_the_example_makes_the_cases_that_the_page_counts_and_all_pass(
    blocks: list[tuple[str, str]], checkout: Path, tmp_path: Path
) -> None:
    chart = Chart.open(checkout / "chart")
    file = tmp_path / "matrix.yaml"
    file.write_text(blocks[0][1])

    cases = make_cases(load_matrix(file, chart), strategy="full")
    checker = Checker(renderer("library", chart))
    failed = [str(finding) for case in cases for finding in errors(checker.check(case).findings)]

    assert len(cases) == 16 + 1
    assert "preset=privileged,kube=1.25,storage=memory,release=ci" in [case.name for case in cases]
    assert failed == []


def test_the_three_ways_to_write_an_axis_are_read(
    blocks: list[tuple[str, str]], checkout: Path, tmp_path: Path
) -> None:
    file = tmp_path / "matrix.yaml"
    file.write_text(blocks[1][1])

    matrix = load_matrix(file, Chart.open(checkout / "chart"))

    assert {name: list(axis) for name, axis in matrix.axes.items()} == {
        "preset": ["privileged", "unprivileged"],
        "kube": ["1.25", "1.34"],
        "storage": ["disk", "memory"],
    }


def test_the_mistake_that_the_page_shows_reads_like_that(
    blocks: list[tuple[str, str]], checkout: Path, tmp_path: Path
) -> None:
    file = tmp_path / "matrix.yaml"
    file.write_text(blocks[0][1].replace("memory: {values:", "memory: {vlaues:"))

    with pytest.raises(MatrixError) as error:
        load_matrix(file, Chart.open(checkout / "chart"))

    assert str(error.value).replace(str(file), "tests/matrix.yaml") == blocks[3][1].strip()


def test_the_objects_that_the_page_puts_into_a_cluster_are_those_of_the_case(
    blocks: list[tuple[str, str]], checkout: Path, tmp_path: Path
) -> None:
    file = tmp_path / "matrix.yaml"
    file.write_text(blocks[2][1])
    (tmp_path / "objects.yaml").write_text("{apiVersion: v1, kind: Node, metadata: {name: one}}")

    cases = make_cases(load_matrix(file, Chart.open(checkout / "chart")))

    found = {case.name: [json.loads(one)["kind"] for one in case.lookup] for case in cases}
    assert found == {"install": [], "upgrade": ["Secret", "Node"]}
