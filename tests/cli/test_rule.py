"""`podrunner rule`: what a code means."""

from __future__ import annotations

import json

import pytest

from podrunner.cli.main import main
from podrunner.findings.rules.register import RULES


def rule(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command, and return what it printed."""
    assert main(["rule", *arguments]) == 0
    return capsys.readouterr().out


def test_a_code_says_what_is_wrong_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert rule(capsys, "matrix-setting", "coverage", "matrix-setting") == (
        "matrix-setting (error)\n"
        "  Wrong  A case has an unknown setting.\n"
        "  To do  Write one of the settings in the message.\n"
        "  More   docs/matrix.md#settings\n"
        "\n"
        "coverage (note or error)\n"
        "  Wrong  This is the share of branches and values that cases exercise. It is an error below what "
        "`--coverage-fail-under` asks for.\n"
        "  To do  Add cases.\n"
    )


def test_without_a_code_every_one_is_listed_by_subject(capsys: pytest.CaptureFixture[str]) -> None:
    lines = rule(capsys).splitlines()

    assert lines[:2] == ["Values", "  values-yaml                    A values file is not YAML, or not a map."]
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(RULES)


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(rule(capsys, "matrix-setting", "--format", "json")) == [
        {
            "code": "matrix-setting",
            "severities": ["error"],
            "wrong": "A case has an unknown setting.",
            "remedy": "Write one of the settings in the message.",
            "more": "docs/matrix.md#settings",
        }
    ]
    assert [entry["code"] for entry in json.loads(rule(capsys, "--format", "json"))] == list(RULES)


def test_a_code_that_there_is_not_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "valuestype"]) == 2
    assert capsys.readouterr().err == (
        "podrunner: valuestype is not the code of a finding. Did you mean `values-type`?\n"
    )
