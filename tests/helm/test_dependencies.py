"""Charts with dependencies: built or not, unpacked or archives, on or off, under another name."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.findings.errors import RenderError, UsageError
from podrunner.helm.renderer import renderer
from tests.renders import render_values

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-{{ .Chart.Name }}}
data:
  colour: {{ .Values.colour | default "none" | quote }}
  everywhere: {{ .Values.global.everywhere | quote }}
"""
LIBRARY = '{{- define "tools.name" -}}{{ printf "%s-tool" .Release.Name }}{{- end }}'
PARENT = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ include "tools.name" . }}}
data:
  file: {{ .Files.Get "files/greeting.txt" | trim | quote }}
  template: {{ tpl .Values.template . | quote }}
  found: {{ lookup "v1" "Namespace" "" "default" | toJson | quote }}
  monitoring: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
"""
VALUES = """\
global: {everywhere: "yes"}
template: '{{ .Release.Namespace }}'
sub: {colour: red}
again: {colour: blue}
"""


def write_chart(folder: Path, name: str, more: str = "", **templates: str) -> Path:
    chart = folder / name
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{more}")
    for template, text in templates.items():
        (chart / "templates" / f"{template}.yaml").write_text(text)
    return chart


def packed(chart: Path, into: Path) -> None:
    into.mkdir(exist_ok=True)
    with tarfile.open(into / f"{chart.name}-1.0.0.tgz", "w:gz") as archive:
        archive.add(chart, chart.name)


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A chart with a library, a dependency under two names, and one that is off."""
    entries = [
        *("name: sub, condition: sub.enabled", "name: sub, alias: again", "name: idle, condition: idle.enabled"),
        "name: tools",
    ]
    dependencies = "".join(f"  - {{{entry}, version: 1.0.0, repository: 'file://x'}}\n" for entry in entries)
    chart = write_chart(tmp_path, "parent", f"dependencies:\n{dependencies}", configmap=PARENT)
    (chart / "values.yaml").write_text(f"{VALUES}idle: {{enabled: false}}\n")
    (chart / "files").mkdir()
    (chart / "files" / "greeting.txt").write_text("good morning\n")
    packed(write_chart(tmp_path / "made", "sub", configmap=CONFIG_MAP), chart / "charts")
    packed(write_chart(tmp_path / "made", "idle", configmap=CONFIG_MAP), chart / "charts")
    library = write_chart(chart / "charts", "tools", "type: library\n")
    (library / "templates" / "_name.tpl").write_text(LIBRARY)
    return chart


def test_dependencies_are_rendered_by_their_names_and_conditions(parent: Path) -> None:
    rendering = render_values(renderer("library", Chart.open(parent)), {}, release="ci", namespace="builds")

    assert [document.name for document in rendering.documents] == [
        "ConfigMap/ci-again",
        "ConfigMap/ci-sub",
        "ConfigMap/ci-tool",
    ]
    assert rendering.object("ConfigMap", "ci-again")["data"] == {"colour": "blue", "everywhere": "yes"}
    assert rendering.object("ConfigMap", "ci-tool")["data"] == {
        "file": "good morning",
        "template": "builds",
        "found": "{}",
        "monitoring": "false",
    }


def test_a_dependency_is_switched_on_by_its_condition(parent: Path) -> None:
    rendering = render_values(
        renderer("library", Chart.open(parent)), {"idle": {"enabled": True}, "sub": {"enabled": False}}, release="ci"
    )

    assert [document.name for document in rendering.documents] == [
        "ConfigMap/ci-again",
        "ConfigMap/ci-idle",
        "ConfigMap/ci-tool",
    ]


@pytest.mark.parametrize("kind", ["library", "command"])
def test_a_dependency_that_was_not_fetched_is_named_with_the_command_that_does(parent: Path, kind: str) -> None:
    (parent / "charts" / "idle-1.0.0.tgz").unlink()

    with pytest.raises(UsageError) as error:
        renderer(kind, Chart.open(parent))  # type: ignore[arg-type]

    assert str(error.value) == (
        f"{parent}: Chart.yaml names dependencies that are not in {parent}/charts: idle. "
        f"Fetch them with `helm dependency build {parent}`."
    )


def test_a_dependency_whose_name_begins_like_another_one_is_not_taken_for_it(tmp_path: Path) -> None:
    chart = write_chart(tmp_path, "parent", "dependencies:\n  - {name: redis, version: 1.0.0}\n")
    packed(write_chart(tmp_path / "made", "redis-ha"), chart / "charts")

    assert main(["check", "--chart", str(chart)]) == 2


def test_a_schema_that_has_no_place_for_a_dependency_is_refused_as_helm_refuses_it(parent: Path) -> None:
    (parent / "values.schema.json").write_text('{"additionalProperties": false, "properties": {"template": {}}}')

    with pytest.raises(RenderError, match=r"chart\(s\): parent: - at '': additional properties .* not allowed"):
        render_values(renderer("library", Chart.open(parent)), {})


def test_a_value_that_a_dependency_brings_is_not_missing(parent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = '{"properties": {"tools": {"required": ["depth"], "properties": {"size": {"type": "integer"}}}}}'
    (parent / "values.schema.json").write_text(schema)
    (parent / "charts" / "tools" / "values.yaml").write_text("depth: 1\n")

    codes = [main(["check", "--chart", str(parent), "--set", f"tools.size={size}"]) for size in ("1", "wide")]

    assert codes == [0, 1]
    assert 'tools.size: must be a whole number, is the text "wide". [values-type]' in capsys.readouterr().out
