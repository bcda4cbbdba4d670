"""The runners' settings are computed once a render: which template asks first makes no difference."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podrunner.helm.library import LibraryRenderer

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


@pytest.fixture(scope="module")
def chart(podrunner_chart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart with the view in it: Helm renders the names that come last first."""
    copy = tmp_path_factory.mktemp("viewed") / "podrunner"
    shutil.copytree(podrunner_chart, copy)
    (copy / "templates/000-view.yaml").write_text(VIEW)
    return copy


def rendered(chart: Path) -> dict[str, str]:
    """Template → the text of its documents, and the notes."""
    rendering = LibraryRenderer(chart).render(VALUES)
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


def test_a_template_gives_the_same_alone_and_among_the_others(chart: Path, tmp_path: Path) -> None:
    together = rendered(chart)

    assert {template: alone(chart, template, tmp_path) for template in together} == together
    assert len(together) > 10
