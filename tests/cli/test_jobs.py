"""`--jobs`: several processes find what one finds."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from podrunner.cli.main import main
from tests.report.page import Page


@dataclass(frozen=True)
class Run:
    """What a check of the whole matrix gave."""

    exit_code: int
    json: str
    html: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> dict[str, Run]:
    """Check the matrix by one process and by two, once for all tests."""
    folder = tmp_path_factory.mktemp("reports")

    def run(jobs: str) -> Run:
        json, html = folder / f"{jobs}.json", folder / f"{jobs}.html"
        reports = ["--format", f"json={json}", "--format", f"html={html}"]
        exit_code = main(["check", "--matrix", "tests/matrix.yaml", "--jobs", jobs, *reports])
        return Run(exit_code, json.read_text(), html)

    with contextlib.chdir(checkout):
        return {jobs: run(jobs) for jobs in ("1", "2")}


@pytest.mark.process
def test_two_processes_find_what_one_finds(runs: dict[str, Run]) -> None:
    assert [run.exit_code for run in runs.values()] == [0, 0]
    assert runs["1"].json == runs["2"].json


@pytest.mark.process
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_matrix_makes_a_page_of_reasonable_size_with_everything_in_it(runs: dict[str, Run], jobs: str) -> None:
    page = Page(runs[jobs].html.read_text())

    assert runs[jobs].exit_code == 0
    assert runs[jobs].html.stat().st_size < 30_000 * len(page.all("details", class_="case"))
    assert 'executor = "kubernetes"' in page.text
    assert len(page.all("table", class_="grid")) == 1
