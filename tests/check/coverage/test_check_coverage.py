"""Coverage as findings of `podrunner check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podrunner.cli.main import main

MATRIX = "cases:\n  plain: {}\n  rain: {values: {rain: true}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a chart with a gap, and a matrix."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chart" / "templates").mkdir(parents=True)
    (tmp_path / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: weather\nversion: 1.0.0\n")
    (tmp_path / "chart" / "values.yaml").write_text("rain: false\nname: day\nforgotten: x\n")
    (tmp_path / "chart" / "templates" / "day.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n"
        "{{- if .Values.rain }}\ndata: {take: umbrella}\n{{- end }}\n"
        "{{- if .Values.wind }}\nimmutable: true\n{{- end }}\n"
    )
    (tmp_path / "matrix.yaml").write_text(MATRIX)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    exit_code = main(["check", "--chart", str(Path.cwd() / "chart"), "--matrix", "matrix.yaml", "--coverage", *options])
    out, err = capsys.readouterr()
    assert err == ""
    return exit_code, out.splitlines()


def test_gaps_are_named_by_file_and_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, lines = check(capsys)

    assert exit_code == 0
    assert lines == [
        "coverage: note: 75.0 % of the branches are exercised, 1 of 3 values. [coverage]",
        "chart/templates/day.yaml:7: warning: no case takes the branch `if .Values.wind`. [coverage-branch] "
        "in case coverage",
        "chart/templates/day.yaml:7: warning: wind: used here, but neither values.yaml nor the schema has it: "
        "nobody can know of it. [coverage-undeclared] in case coverage",
        "chart/values.yaml:2:1: warning: name: no case sets it. [coverage-value] in case coverage",
        "chart/values.yaml:3:1: warning: forgotten: changes nothing in any case, and no template names it. Is it needed? "
        "[coverage-value-without-effect] in case coverage",
        "3 cases, all passed: 4 warnings, 1 note",
    ]


def test_subcharts_are_named_as_not_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sea = project / "chart" / "charts" / "sea"
    (sea / "templates").mkdir(parents=True)
    (sea / "Chart.yaml").write_text("apiVersion: v2\nname: sea\nversion: 1.0.0\n")
    (sea / "templates" / "tide.yaml").write_text('{{- if .Values.high }}\n{{- fail "flood" }}\n{{- end }}\n')

    _, with_subchart = check(capsys)
    shutil.rmtree(sea)
    _, without = check(capsys)

    assert [line for line in with_subchart if "Not counted are those of subcharts: sea." in line]
    assert [line for line in with_subchart if "tide.yaml" in line] == []
    assert [line for line in without if "ubchart" in line] == []


def test_less_than_was_asked_for_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, lines = check(capsys, "--coverage-fail-under", "90")

    assert exit_code == 1
    assert lines[-2] == (
        "coverage: error: 75.0 % of the branches are exercised, 1 of 3 values. At least 90 % of the branches were "
        "asked for (--coverage-fail-under). [coverage]"
    )


def test_an_exception_with_a_reason_fills_a_gap(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "coverage-exceptions.yaml").write_text(
        'branches:\n  "templates/day.yaml: if .Values.wind": there is never any wind\n'
    )

    exit_code, lines = check(capsys, "--coverage-fail-under", "100")

    assert exit_code == 0
    assert "coverage: note: 100.0 % of the branches are exercised, 1 of 3 values. [coverage]" in lines


def test_an_exception_that_nothing_needs_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "coverage-exceptions.yaml").write_text(
        'branches:\n  "templates/day.yaml: if .Values.rain": it is dry here\nvalues:\n  nmae: it is a name\n'
    )

    exit_code, lines = check(capsys)

    assert exit_code == 1
    assert [line for line in lines if "error" in line][:2] == [
        "coverage-exceptions.yaml:2: error: `templates/day.yaml: if .Values.rain` is exercised. Take it out of the "
        "exceptions. [coverage-exception] in case coverage",
        "coverage-exceptions.yaml:4: error: `nmae` is not in this chart. Did you mean `name`? Take it out of the "
        "exceptions. [coverage-exception] in case coverage",
    ]


def test_an_exception_needs_a_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "coverage-exceptions.yaml").write_text("values:\n  forgotten: yes\n")

    exit_code, lines = check(capsys)

    assert exit_code == 1
    assert lines[0] == (
        "coverage-exceptions.yaml:2:3: error: values: `forgotten` needs a reason, in a sentence. [coverage-exception] "
        "in case coverage"
    )


def test_a_file_of_exceptions_that_is_a_list_is_told_its_own_keys(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "coverage-exceptions.yaml").write_text("- forgotten\n")

    exit_code, lines = check(capsys)

    assert exit_code == 1
    assert lines[0] == (
        "coverage-exceptions.yaml:1:1: error: a file of exceptions must be a map, with `branches:` or `values:`, "
        "this is a list. [matrix-yaml] in case coverage"
    )


def test_a_value_whose_branch_no_case_takes_names_the_place_that_uses_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "chart" / "values.yaml").write_text("rain: false\nname: day\nstorm: {wind: {}}\n")
    template = project / "chart" / "templates" / "day.yaml"
    template.write_text(f"{template.read_text()}{{{{- if .Values.storm.wind.speed }}}}\n# storm\n{{{{- end }}}}\n")

    _, lines = check(capsys)

    assert (
        "chart/values.yaml:3:9: warning: storm.wind: changes nothing in any case. templates/day.yaml:10 uses it: "
        "add a case that gets there. [coverage-value-without-effect] in case coverage"
    ) in lines


@pytest.mark.process
def test_a_value_whose_effect_only_the_last_of_many_cases_shows_has_an_effect(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = project / "chart" / "templates" / "day.yaml"
    template.write_text(
        f"{template.read_text()}{{{{- if .Values.wind }}}}\n# {{{{ .Values.forgotten }}}}\n{{{{- end }}}}\n"
    )
    names = "".join(f"  day-{number}: {{values: {{name: day-{number}}}}}\n" for number in range(60))
    (project / "matrix.yaml").write_text(f"cases:\n{names}  storm: {{values: {{wind: true, forgotten: leaves}}}}\n")

    _, lines = check(capsys)

    assert [line for line in lines if "forgotten" in line] == []


def test_a_value_that_values_yaml_shows_in_a_comment_is_declared(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = project / "chart" / "values.yaml"
    values.write_text(f"{values.read_text()}## The strongest that was measured.\n# wind: 12\n")

    _, lines = check(capsys)

    assert [line for line in lines if "coverage-undeclared" in line] == []


def test_values_that_a_dependency_hands_up_are_declared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = project / "chart"
    (chart / "charts" / "sea").mkdir(parents=True)
    (chart / "charts" / "sea" / "Chart.yaml").write_text("apiVersion: v2\nname: sea\nversion: 1.0.0\n")
    (chart / "charts" / "sea" / "values.yaml").write_text("exports: {tides: {high: 1}}\ndepth: {north: 2}\n")
    imports = "import-values: [tides, {child: depth, parent: measured.depth}]"
    (chart / "Chart.yaml").write_text(
        f"{(chart / 'Chart.yaml').read_text()}dependencies: [{{name: sea, version: 1.0.0, repository: '', {imports}}}]\n"
    )
    template = chart / "templates" / "day.yaml"
    used = ("high", "low", "measured.depth.north", "measured.depth.south", "measured.width")
    template.write_text(template.read_text() + "".join(f"# {{{{ .Values.{one} }}}}\n" for one in used))

    _, lines = check(capsys)

    names = [line.partition("warning: ")[2].partition(":")[0] for line in lines if "coverage-undeclared" in line]
    # The fixture itself has `wind`.
    assert names == ["wind", "low", "measured.depth.south", "measured.width"]


def test_a_value_whose_other_values_the_schema_refuses_is_not_said_to_change_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "chart" / "values.schema.json").write_text(
        '{"properties": {"name": {"pattern": "^d.y$"}, "forgotten": {"pattern": "^x$"}}}'
    )

    _, lines = check(capsys)

    assert [line.partition(": warning: ")[2] for line in lines if "coverage-value" in line] == [
        "name: no case sets it. [coverage-value] in case coverage",
        "forgotten: no other value was tried: none is known that the schema takes. Add a case that sets it. "
        "[coverage-value] in case coverage",
    ]
