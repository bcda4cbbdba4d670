"""docs/compare.md: what it calls solved, a test holds; what no test holds, it calls not solved."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/compare.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| there", "| ---"))
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_row_names_tests_that_are_there_or_says_why_not(row: list[str]) -> None:
    named = TEST.findall(row[-1])

    assert named or row[-1].startswith("Not solved: ")
    assert [f"{file}::{name}" for file, name in named if name not in names_in(ROOT / file)] == []


def test_each_defect_that_a_test_is_named_after_is_in_the_table() -> None:
    file = "tests/chart/test_defects_of_the_official_chart.py"
    named = {name for row in ROWS for where, name in TEST.findall(row[-1]) if where == file}

    assert named == names_in(ROOT / file)


def names_in(file: Path) -> set[str]:
    """The tests of a file, by name."""
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
