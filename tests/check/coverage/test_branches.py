"""Branches of a template: found, probed, reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.coverage.actions import find_actions
from podrunner.check.coverage.branches import find_branches, with_probes
from podrunner.check.coverage.exercise import exercise
from podrunner.formats.placed import Values

TEXT = """\
{{- /* if it rains }} */ -}}
{{- if .Values.rain -}}
umbrella
{{- else if eq .Values.sky "}}" }}
hat
{{- end }}
{{ range .Values.days }}{{ . }}{{ end }}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """Make a chart of one template and one helper that is given text only."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: weather\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text('rain: false\nsky: blue\nunused: ""\n')
    (tmp_path / "templates" / "_sky.tpl").write_text(
        '{{- define "sky" -}}\n{{- if eq . "blue" -}}fine{{- end -}}\n{{- end -}}\n'
    )
    (tmp_path / "templates" / "day.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: day}\ndata:\n"
        '  sky: "{{ include "sky" .Values.sky }}"\n'
        "  {{- if .Values.rain }}\n  take: umbrella\n  {{- end }}\n"
        "  {{- if .Values.wind }}\n  fly: kite\n  {{- end }}\n"
    )
    return tmp_path


def case(**values: object) -> Case:
    return Case("case", (Values(values),))


def test_braces_in_strings_and_comments_end_no_action() -> None:
    assert [action.text for action in find_actions(TEXT)][:3] == [
        "if .Values.rain",
        'else if eq .Values.sky "}}"',
        "end",
    ]


def test_every_way_through_a_template_is_a_branch() -> None:
    assert [(branch.line, branch.text) for branch in find_branches("t", TEXT)] == [
        (2, "if .Values.rain"),
        (4, 'else if eq .Values.sky "}}"'),
        (4, 'not: else if eq .Values.sky "}}"'),
        (7, "range .Values.days"),
    ]


def test_a_probe_that_is_not_written_trims_as_the_end_does() -> None:
    branches = find_branches("t", TEXT)

    probed = with_probes(TEXT, branches, [2])

    assert '\nhat\n{{- else }}{{ fail "podrunner-branch-2." }}{{- end }}\n' in probed


def test_branches_that_no_case_takes_are_named_also_in_helpers_that_know_no_values(chart: Path) -> None:
    missed = exercise(Chart.open(chart), [case()]).missed

    assert [branch.name for branch in missed] == [
        'templates/_sky.tpl: not: if eq . "blue"',
        "templates/day.yaml: if .Values.rain",
        "templates/day.yaml: if .Values.wind",
    ]


def test_cases_that_take_every_branch_leave_none(chart: Path) -> None:
    cases = [case(rain=True, wind=True), case(sky="grey")]

    exercised = exercise(Chart.open(chart), cases)

    assert (len(exercised.branches), exercised.missed) == (7, ())


def test_a_helper_that_is_given_a_copy_of_everything_is_seen_too(chart: Path) -> None:
    (chart / "templates" / "_copy.tpl").write_text(
        '{{- define "copy" -}}\n{{- if .Values.rain }}wet{{ else }}dry{{ end -}}\n{{- end -}}\n'
    )
    (chart / "templates" / "copied.yaml").write_text('copy: {{ include "copy" (deepCopy .) }}\n')

    missed = exercise(Chart.open(chart), [case(rain=True)]).missed

    assert [branch.name for branch in missed if "_copy" in branch.template] == [
        "templates/_copy.tpl: not: if .Values.rain"
    ]


def test_what_a_case_reaches_before_helm_refuses_it_counts(chart: Path) -> None:
    (chart / "templates" / "refused.yaml").write_text(
        '{{- if .Values.wind }}{{ if .Values.rain }}{{ fail "storm" }}{{ end }}{{ end }}\n'
    )

    missed = exercise(Chart.open(chart), [case(rain=True, wind=True)]).missed

    assert [branch.text for branch in missed if branch.template == "templates/refused.yaml"] == [
        "not: if .Values.rain",
        "not: if .Values.wind",
    ]
