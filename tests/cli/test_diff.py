"""`podrunner diff` from end to end, on this chart."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cli.main import main

PRESETS = ["chart/presets/unprivileged.yaml", "chart/presets/privileged.yaml"]


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    """Work in the checkout."""
    monkeypatch.chdir(checkout)


def test_what_another_preset_changes_begins_with_pod_security(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["diff", *PRESETS])

    lines = capsys.readouterr().out.splitlines()
    level = "Pod Security level baseline → privileged: containers[build].securityContext.privileged: true"
    assert exit_code == 1
    assert lines[:3] == [
        "Widens permissions, Pod Security or reach",
        f"    Pod/podrunner-default-build in podrunner: {level}",
        f"    jobs of runner default: {level}",
    ]
    assert lines[-1].endswith(": 2 objects differ in the one case: widens permissions, Pod Security or reach (2)")


def test_a_pipeline_that_only_shows_differences_asks_for_exit_code_0(tmp_path: Path) -> None:
    comment = tmp_path / "deep/comment.md"

    exit_code = main(["diff", *PRESETS, "--exit-zero", "--format", f"markdown={comment}"])

    assert exit_code == 0
    assert comment.read_text().startswith(
        "<!-- podrunner diff -->\n**podrunner diff** `chart/presets/unprivileged.yaml`"
    )


@pytest.mark.broad
def test_the_chart_does_not_differ_from_itself_in_any_case_of_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["diff", "chart", "chart", "--matrix", "tests/matrix.yaml"])

    assert exit_code == 0
    assert capsys.readouterr().out.startswith("chart → chart: no difference in ")


def test_cases_are_chosen_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "chart", "chart", "--matrix", "tests/matrix.yaml", "--case", "reference-configuration"])

    assert capsys.readouterr().out == "chart → chart: no difference in 1 case\n"


def test_a_matrix_that_is_wrong_is_told_by_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["diff", "chart", "chart", "--matrix", "tests/fixtures/matrix/unknown-strategy.yaml"])

    assert exit_code == 1
    assert capsys.readouterr().err.startswith(
        "tests/fixtures/matrix/unknown-strategy.yaml:1:11: error: unknown strategy"
    )


def test_values_files_are_rendered_for_the_release_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", *PRESETS, "--release", "ci", "--namespace", "runners"])

    assert "    Pod/ci-podrunner-default-build in runners: Pod Security level" in capsys.readouterr().out
