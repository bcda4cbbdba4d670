"""The runners' settings are computed once a render: which template asks first makes no difference."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.helm.renderer import renderer
from tests.matrix_cases import CASES, render_case

# A template that prints .Values: alone before anything is computed, among the others after all of it.
VIEW = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: view}\ndata: {values: {{ .Values | toJson | quote }}}\n"
VALUES = {
    "gitlab": {"url": "https://gitlab.example.com"},
    "podman": {"mode": "openshift"},
    "runners": {
        "a": {"token": {"insecureInline": "glrt-example"}, "config": {"environment": ["A=1"]}},
        "b": {"podman": {"mode": "unprivileged"}, "config": {"kubernetes": {"namespace": "builds"}}},
    },
}
RUNNERS = "templates/config/_runners.tpl"
COMPUTED = '{{- if not (hasKey $root "podrunnerRunners") -}}'


@pytest.fixture(scope="module")
def chart(podrunner_chart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with the view in it: Helm renders the names that come last first."""
    copy = tmp_path_factory.mktemp("viewed") / "podrunner"
    shutil.copytree(podrunner_chart, copy)
    (copy / "templates/000-view.yaml").write_text(VIEW)
    return copy


def changed(chart: Path, folder: Path, old: str, new: str) -> Path:
    """A copy of the chart that computes the runners' settings in another way."""
    copy = folder / "podrunner"
    shutil.copytree(chart, copy)
    text = (copy / RUNNERS).read_text()
    assert text.count(old) == 1
    (copy / RUNNERS).write_text(text.replace(old, new))
    return copy


def rendered(chart: Path, values: dict[str, Any] = VALUES) -> dict[str, str]:
    """Template → the text of its documents, and the notes."""
    rendering = renderer("library", Chart.open(chart)).render(Case("the test").with_values(values, "the test"))
    texts = {"templates/NOTES.txt": rendering.notes}
    for document in rendering.documents:
        texts[document.template] = texts.get(document.template, "") + document.text
    return texts


def alone(chart: Path, template: str, folder: Path) -> str:
    """What a template gives in a chart that has no other."""
    copy = folder / template.replace("/", "-")
    shutil.copytree(chart, copy)
    for other in copy.glob("templates/**/*.*"):
        if other.suffix != ".tpl" and other != copy / template:
            other.unlink()
    return rendered(copy)[template]


@pytest.mark.broad
def test_a_template_gives_the_same_alone_and_among_the_others(chart: Path, tmp_path: Path) -> None:
    together = rendered(chart)

    assert {template: alone(chart, template, tmp_path) for template in together} == together
    assert len(together) > 10


@pytest.mark.broad
def test_whichever_template_is_the_first_all_give_the_same(chart: Path, tmp_path: Path) -> None:
    together = rendered(chart)
    copy = changed(chart, tmp_path, COMPUTED, COMPUTED + '{{- $_ := set $root "asked" $root.Template.Name -}}')
    view = "templates/000-view.yaml"
    (copy / view).write_text(VIEW + "first: {{ .asked }}\n")
    # Side by side, where Helm takes them from Z to A.
    names = {}
    for path in sorted(copy.glob("templates/*/*.yaml")):
        names[path.relative_to(copy).as_posix()] = path.rename(copy / f"templates/M-{path.parent.name}-{path.name}")

    first = copy / "templates/Z.yaml"
    askers = []
    for template, path in names.items():
        path.rename(first)
        texts = rendered(copy)
        first.rename(path)
        texts[template] = texts.pop("templates/Z.yaml", "")
        texts |= {name: texts.pop(f"templates/{other.name}", "") for name, other in names.items() if name != template}
        texts[view], _, asker = texts[view].partition("first: podrunner/")
        askers.append(asker.strip())

        assert {name: text for name, text in texts.items() if text} == together

    # NOTES.txt asks, too, and is the first of all but Z.yaml.
    assert set(askers) == {"templates/Z.yaml", "templates/NOTES.txt"}
    assert askers.count("templates/Z.yaml") > 10


@pytest.mark.broad
def test_computed_by_every_template_for_itself_they_are_the_same(podrunner_chart: Path, tmp_path: Path) -> None:
    for_itself = renderer("library", Chart.open(changed(podrunner_chart, tmp_path, COMPUTED, "{{- if true -}}")))
    cases = CASES[::7]

    for case in cases:
        kept = render_case(case)
        again = for_itself.render(case)
        assert (again.text, again.notes) == (kept.text, kept.notes), case.name
    assert len(cases) > 10
