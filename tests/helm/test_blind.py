"""Renderings that do not depend on the version of Kubernetes are made once, and are those that Helm would make for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.formats.placed import Values
from podrunner.helm import library
from podrunner.helm.blind import SeesVersionError, blind
from podrunner.helm.library import HelmLibrary

VERSIONS = ("1.25", "1.28", "1.31", "1.34", "1.37")

Make = Callable[[str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a chart of one template."""

    def made(template: str) -> Path:
        chart = tmp_path / "chart"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 1.0.0\n")
        (chart / "templates/one.yaml").write_text(template)
        return chart

    return made


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Kubernetes versions that Helm is asked for."""
    asked: list[str] = []

    def counted(loaded: object, values: object, options: dict[str, str], *more: str) -> str:
        asked.append(options["kube_version"])
        return real(loaded, values, options, *more)

    real = library.ask_render
    monkeypatch.setattr(library, "ask_render", counted)
    return asked


def cases(data: dict[str, object]) -> list[Case]:
    layers = (Values(data, "the test"),)
    return [Case("the test", layers, kube_version=version) for version in VERSIONS]


def anew(chart: Path, case: Case) -> str:
    """By a library that was asked for nothing before."""
    return HelmLibrary(Chart.open(chart)).raw(case)


def test_versions_that_no_template_asks_for_cost_two_renders(make: Make, renders: list[str]) -> None:
    helm = HelmLibrary(Chart.open(make("kind: {{ .Values.kind }}\n")))

    answers = [helm.raw(case) for case in cases({"kind": "Secret"})]

    assert [*dict.fromkeys(answers)] == ['{"one/templates/one.yaml":"kind: Secret\\n"}']
    assert renders == ["1.25.0", "1.28.0"]


def test_one_version_costs_one_render_however_often_it_is_asked_for(make: Make, renders: list[str]) -> None:
    helm = HelmLibrary(Chart.open(make("kind: {{ .Values.kind }}\n")))
    case = cases({"kind": "Secret"})[0]

    assert helm.raw(case) == helm.raw(case)
    assert renders == ["1.25.0"]


def test_after_that_the_next_case_costs_one(make: Make, renders: list[str]) -> None:
    helm = HelmLibrary(Chart.open(make("kind: {{ .Values.kind }}\n")))
    for case in [*cases({"kind": "Secret"}), *cases({"kind": "Pod"})]:
        helm.raw(case)

    assert renders == ["1.25.0", "1.28.0", "1.25.0"]


def test_a_comparison_counts_where_it_is_reached(make: Make, renders: list[str]) -> None:
    chart = make(
        '{{ if and .Values.asks (semverCompare "<1.31-0" .Capabilities.KubeVersion.Version) }}old{{ else }}new{{ end }}: 1\n'
    )
    helm = HelmLibrary(Chart.open(chart))
    asking, silent = cases({"asks": True}), cases({"asks": False})

    assert ["old" in helm.raw(case) for case in asking] == [True, True, False, False, False]
    assert ["old" in helm.raw(case) for case in silent] == [False] * 5
    # Of the first five one was tried in vain.
    assert renders == ["1.25.0", "1.28.0", *(f"{version}.0" for version in VERSIONS[1:]), "1.25.0", "1.28.0"]


@pytest.mark.parametrize(
    "template",
    [
        "kind: {{ .Capabilities.KubeVersion }}",
        "kind: {{ .Capabilities.KubeVersion.Minor }}",
        '{{ $root := . }}{{ with 1 }}kind: {{ semverCompare ">=1.31-0" $root.Capabilities.KubeVersion.Version }}{{ end }}',
        '{{ define "new" }}{{ semverCompare `>=1.31-0` (index . 0).Capabilities.KubeVersion.GitVersion }}{{ end }}'
        'kind: {{ include "new" (list .) }}',
        '{{ $wanted := ">=1.31-0" }}kind: {{ semverCompare $wanted $.Capabilities.KubeVersion.Version | quote }}',
        "kind: {{ tpl .Values.text . }}",
        "kind: {{ toJson . | quote }}",
        'kind: {{ (index . "Capabilities").KubeVersion.Minor | quote }}',
        "{{ with .Capabilities }}kind: {{ .KubeVersion.Version }}{{ end }}",
        '{{ $seen := printf "}}" }}{{ range $key, $value := .Capabilities.KubeVersion }}{{ $value }}: 1\n{{ end }}',
        '{{ if semverCompare "<1.31-0" .Capabilities.KubeVersion.Version }}{{ fail "too old" }}{{ end }}kind: new',
        '{{ with .Capabilities.KubeVersion }}{{ if eq .Minor "34" }}kind: old{{ end }}{{ end }}\nname: a',
        'kind: {{ eq "34" (tpl (printf "{{ %s }}" .Values.expression) .) | quote }}',
        'kind: {{ contains (printf "v1.3%d" 1) (. | toJson) | quote }}',
        'kind: {{ contains (printf "v1.3%d" 1) (toYaml $) | quote }}',
        '{{ $root := . }}kind: {{ contains (printf "v1.3%d" 1) (toYaml $root) | quote }}',
        '{{ define "seen" }}{{ contains (printf "v1.3%d" 1) (toJson .) }}{{ end }}kind: {{ include "seen" . | quote }}',
        'kind: {{ range $key, $value := . }}{{ if eq $key "Capabilities" }}{{ $value.KubeVersion.Minor }}{{ end }}{{ end }}',
        'kind: {{ contains (printf "v1.3%d" 1) (printf "%s" .Capabilities.KubeVersion) | quote }}',
        '{{ $x := "{{/*" }}kind: {{ if eq .Capabilities.KubeVersion.Minor "34" }}new{{ else }}old{{ end }}{{ $y := "*/}}" }}',
        'kind: {{ if gt (len `semverCompare ">=1.20-0" .Capabilities.KubeVersion.Version`) 20 }}'
        "a{{ .Capabilities.KubeVersion.Minor }}{{ end }}",
        'kind: {{ contains (printf "v1.3%d" 1) (omit . "Files" | toJson) | quote }}',
        'kind: {{ range $key, $value := . }}{{ contains (printf "v1.3%d" 1) (toJson $value) }}{{ end }}',
        "kind: {{ tpl .Values.unseen . | quote }}",
        '{{ if lt (int .Capabilities.KubeVersion.Minor) 31 }}{{ fail (printf "%s" .Capabilities.KubeVersion) }}{{ end }}',
    ],
)
def test_what_depends_on_the_version_is_rendered_for_each(make: Make, template: str) -> None:
    chart = make(template)
    data: dict[str, object] = {
        "text": "{{ .Capabilities.KubeVersion.Version }}",
        "expression": ".Capabilities.KubeVersion.Minor",
        "unseen": '{{ contains (printf "v1.3%d" 1) (index (splitList "KubeVer" (toJson .)) 1) }}',
    }
    helm = HelmLibrary(Chart.open(chart))

    def answer(ask: Callable[[Case], str], case: Case) -> str:
        try:
            return ask(case)
        except library.RenderError as error:
            return error.message

    answers = [answer(helm.raw, case) for case in cases(data)]

    assert answers == [answer(lambda case: anew(chart, case), case) for case in cases(data)]
    assert len(set(answers)) > 1


def test_a_file_that_tpl_may_read_is_looked_at_as_a_template_is(make: Make) -> None:
    chart = make('kind: {{ tpl (.Files.Get "files/kind") . }}')
    (chart / "files").mkdir()
    (chart / "files/kind").write_text("{{ toJson . }}")

    with pytest.raises(SeesVersionError):
        blind(chart)


def test_a_packed_dependency_keeps_a_chart_from_being_shared(make: Make) -> None:
    chart = make("kind: Secret")
    (chart / "charts").mkdir()
    (chart / "charts/other-1.0.0.tgz").write_bytes(b"")

    with pytest.raises(SeesVersionError):
        blind(chart)


def test_each_minimum_of_a_mode_is_the_version_that_the_chart_compares_with(checkout: Path) -> None:
    modes = yaml.safe_load((checkout / "chart/files/modes.yaml").read_text())
    checks = (checkout / "chart/templates/config/_checks.tpl").read_text()

    assert {mode["kubernetes"] for mode in modes.values() if mode.get("kubernetes")} == {"1.33"}
    assert 'semverCompare "<1.33-0" $root.Capabilities' in checks


@pytest.mark.broad
@pytest.mark.parametrize("preset", ["unprivileged", "user-namespace", "openshift", "privileged"])
def test_the_charts_own_renderings_are_those_of_each_version(checkout: Path, preset: str, renders: list[str]) -> None:
    data = yaml.safe_load((checkout / f"chart/presets/{preset}.yaml").read_text())
    data["gitlab"] = {"url": "https://gitlab.example.com"}
    helm = HelmLibrary(Chart.open())
    taken = [one for one in cases(data) if preset != "user-namespace" or one.kube_version >= "1.33"]

    answers = [helm.raw(case) for case in taken]
    asked = len(renders)

    assert answers == [anew(checkout / "chart", case) for case in taken]
    # Modes with a minimum ask each time.
    assert asked == (3 if preset == "user-namespace" else 2)
