"""Files that nobody would write: whatever is wrong, it is a finding, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.errors import PodrunnerError
from podrunner.formats.placed import load_layer
from podrunner.helm.renderer import renderer
from podrunner.report import junit, text

HERE = Path(__file__).parents[1]
VALUES = [file.read_text() for file in sorted([*HERE.glob("values/*.yaml"), *HERE.glob("fixtures/values/*.yaml")])]
MATRICES = [file.read_text() for file in sorted([HERE / "matrix.yaml", *HERE.glob("fixtures/matrix/*.yaml")])]
PIECES = ["null", "5", "-1.5", "yes", '"x"', "[]", "{}", "0644", ".inf", "2001-01-01", "*a", "&a", "!!int", "- x", "? "]
PIECES += [
    "|",
    "%",
    "@",
    "`",
    "\t",
    "\x07",
    "é",
    "'",
    "{",
    "]",
    ":",
    ",",
    "#",
    "\n",
    "---\n",
    "{{ x }}",
    "$TOKEN",
    "'''",
]

EDIT = st.tuples(st.sampled_from(["value", "insert", "delete", "copy"]), st.integers(0, 9999), st.sampled_from(PIECES))
QUICK = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def mutate(source: str, edits: list[tuple[str, int, str]]) -> str:
    for how, where, piece in edits:
        lines, at = source.split("\n"), where % (len(source) + 1)
        line = where % len(lines)
        if how == "value":
            lines[line] = f"{lines[line].partition(':')[0]}: {piece}"
            source = "\n".join(lines)
        elif how == "copy":
            source = "\n".join([*lines[:line], lines[line], *lines[line:]])
        else:
            source = source[:at] + (piece if how == "insert" else "") + source[at + (how == "delete") :]
    return source


@pytest.fixture(scope="module")
def checker(checkout: Path) -> Checker:
    """Load our chart once."""
    return Checker(renderer("library", Chart.open(checkout / "chart")), "19.5.3")


@QUICK
@given(source=st.sampled_from(VALUES), edits=st.lists(EDIT, min_size=1, max_size=4))
def test_any_values_file_gives_a_report(
    checker: Checker, tmp_path: Path, source: str, edits: list[tuple[str, int, str]]
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(mutate(source, edits))

    result = checker.check(Case("mutated", (load_layer(file),)))

    assert text.write([result]).endswith("\n")
    assert junit.write([result]).endswith("</testsuites>\n")


@QUICK
@given(source=st.sampled_from(MATRICES), edits=st.lists(EDIT, min_size=1, max_size=4))
def test_any_matrix_file_makes_cases_or_says_what_is_wrong(
    checker: Checker, tmp_path: Path, source: str, edits: list[tuple[str, int, str]]
) -> None:
    file = tmp_path / "matrix.yaml"
    file.write_text(mutate(source, edits))

    try:
        said = [case.name for case in make_cases(load_matrix(file, checker.chart), strategy="each")]
    except PodrunnerError as error:
        said = [str(error)]

    assert "" not in said
