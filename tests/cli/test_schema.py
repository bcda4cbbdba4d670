"""`podrunner schema`: what it prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from podrunner.cli.main import main


def schema_of(name: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["schema", name, *options]) == 0
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("name", "title"), [("values", "Values of the chart podrunner 0.1.0"), ("matrix", "A matrix file of podrunner")]
)
def test_a_schema_is_printed_and_is_one(name: str, title: str, capsys: pytest.CaptureFixture[str]) -> None:
    schema = schema_of(name, capsys)

    jsonschema_rs.meta.validate(schema)
    assert schema["title"] == title


def test_another_chart_has_other_presets_and_values(capsys: pytest.CaptureFixture[str], small_chart: Path) -> None:
    matrix = schema_of("matrix", capsys, "--chart", str(small_chart))

    assert matrix["$defs"]["settings"]["properties"]["preset"]["enum"] == ["loud", "quiet"]
    assert "mode" in matrix["$defs"]["values"]["properties"]


def test_a_file_that_has_no_schema_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "pipeline"]) == 2
    assert "invalid choice: 'pipeline'" in capsys.readouterr().err
