"""Files of findings as a repository has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.check.result import Result
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import RENDER
from podrunner.formats.placed import Values
from podrunner.report.place import placed

FINDING = Finding(RENDER, "no.", line=6, column=7)
CASE = Case("t", layers=(Values({}, "tests/../team.yaml", is_file=True),))


def place(file: str, case: Case = CASE) -> tuple[str, int, int]:
    found = placed(replace(FINDING, file=file), Result(case))
    return found.file, found.line, found.column


@pytest.mark.parametrize("name", ["values/team.yaml", "tests/../values/team.yaml", "{here}/values/team.yaml"])
def test_a_file_is_named_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)

    assert place(name.format(here=tmp_path)) == ("values/team.yaml", 6, 7)


def test_a_link_is_named_and_not_the_file_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.yaml").touch()
    (tmp_path / "a.yaml").symlink_to("b.yaml")

    assert place("a.yaml") == ("a.yaml", 6, 7)


def test_a_finding_in_config_toml_is_at_the_values_file_of_its_case() -> None:
    assert place("config.toml") == ("team.yaml", 0, 0)


def test_a_finding_without_a_file_is_at_its_case_in_the_matrix_file() -> None:
    assert place("", Case("t", file="./matrix.yaml", line=3)) == ("matrix.yaml", 3, 0)


def test_a_finding_of_a_case_without_files_has_none() -> None:
    assert place("config.toml", Case("t")) == ("", 0, 0)
