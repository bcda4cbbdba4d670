"""The schema of matrix files for editors: it takes what the reader takes, and refuses what the reader refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from podrunner.cases.matrix import load_matrix
from podrunner.cases.matrix_schema import matrix_schema
from podrunner.chart.chart import Chart
from podrunner.findings.errors import MatrixError
from podrunner.formats.placed import load_values

CHART = Chart.open(Path(__file__).parents[1] / "fixtures" / "charts" / "small")
VALIDATOR = jsonschema_rs.validator_for(matrix_schema(CHART))
VALUES = "values.yaml"

WRONG: st.SearchStrategy[Any] = st.sampled_from([None, [], {}, [None], {"labels": {}}, "", "x", 5, True])
WORD = st.sampled_from(["a", "b"])
VERSION = st.sampled_from(["1.30", "v1.31.2"])
OF_VALUES = st.sampled_from([None, VALUES, {"mode": "loud"}, {}, [VALUES, {"mode": "loud"}, None], []])
OBJECT = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}}
SETTING: dict[str, st.SearchStrategy[Any]] = {
    "apiVersions": st.sampled_from(["a/v1", ["a/v1", "b/v1"], []]),
    "kubeVersion": VERSION,
    "namespace": WORD,
    "preset": st.sampled_from(["loud", "quiet"]),
    "release": WORD,
    "appVersion": WORD,
    "chartVersion": st.sampled_from(["1.2.3", "v2", "1.0.0-rc.1+x"]),
    "includeCrds": st.booleans(),
    "skipSchemaValidation": st.booleans(),
    "lookup": st.sampled_from([None, VALUES, OBJECT, [OBJECT, VALUES, None], {"kind": "List", "items": [OBJECT]}, []]),
    "values": OF_VALUES,
}


def rarely_wrong(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 15).flatmap(lambda number: WRONG if number == 0 else right)


def maps(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    wrong = {"relase": st.just("a")}
    right = st.fixed_dictionaries({}, optional={name: rarely_wrong(one) for name, one in known.items()})
    return st.integers(0, 15).flatmap(
        lambda number: st.fixed_dictionaries(wrong, optional=known) if number == 0 else right
    )


SETTINGS = maps(SETTING)
EXPECT = st.sampled_from([{"fail": "a"}, {"fail": ""}, {"fial": "a"}, {}])
CASE = maps({**SETTING, "expect": EXPECT})
ENTRIES = {name: st.lists(one, max_size=2, unique_by=str) for name, one in SETTING.items()} | {
    "values": st.sampled_from([[VALUES], [VALUES, "more.yaml"], [{"mode": "loud"}]]),
    "apiVersions": st.sampled_from([["a/v1"], [["a/v1", "b/v1"], "b/v1"]]),
    "lookup": st.sampled_from([[VALUES], [VALUES, "more.yaml"], [OBJECT]]),
}
AXIS = st.dictionaries(WORD, SETTINGS, max_size=2) | st.sampled_from(list(ENTRIES)).flatmap(
    lambda name: ENTRIES[name].map(lambda entries: {name: entries})
)
AXES = st.fixed_dictionaries(
    {}, optional={name: rarely_wrong(ENTRIES[name] | AXIS) for name in SETTING} | {"other": rarely_wrong(AXIS)}
)
MATRIX = st.fixed_dictionaries(
    {"cases": rarely_wrong(st.dictionaries(WORD, rarely_wrong(CASE), max_size=2))},
    optional={
        "strategy": rarely_wrong(st.sampled_from(["full", "pairwise", "each"])),
        "base": rarely_wrong(SETTINGS),
        "axes": rarely_wrong(AXES),
    },
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    for name in (VALUES, "more.yaml", "a", "b", "x", "5", "true"):
        # Values, and an object for `lookup`.
        (folder / name).write_text(json.dumps({"mode": "loud", **OBJECT}))
    return folder


@example({"cases": {"a": {"values": [None]}}})
@example({"axes": {"preset": {"preset": ["loud"]}}, "cases": {}})
@given(MATRIX)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reader_and_schema_agree(folder: Path, matrix: dict[str, Any]) -> None:
    file = folder / "matrix.yaml"
    file.write_text(json.dumps(matrix))

    try:
        load_matrix(file, CHART)
        refused: list[str] = []
    except MatrixError as error:
        refused = [str(one) for one in error.findings]
    errors = [f"{list(error.instance_path)}: {error.message}" for error in VALIDATOR.iter_errors(matrix)]

    assert bool(refused) == bool(errors), (refused, errors)


def test_the_matrix_of_this_repository_is_right() -> None:
    root = Path(__file__).parents[2]
    chart = Chart.open(root / "chart")
    matrix = load_values(root / "tests/matrix.yaml").data
    wrong = jsonschema_rs.validator_for(matrix_schema(chart)).iter_errors(matrix)

    # Values that are to be refused, in cases that expect it.
    assert {error.instance_path[0] for error in wrong} <= {"cases"}
