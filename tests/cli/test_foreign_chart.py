"""Charts of somebody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podrunner.cli.main import main

TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: runner}
data:
  config.toml: |
    concurrent = 10
    CONFIG
"""


@pytest.mark.parametrize(("line", "exit_code"), [("check_interval = 3", 0), ("check_intervall = 3", 1)])
def test_a_runner_that_registers_at_start_needs_no_runners_in_its_file(
    line: str, exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "templates" / "configmap.yaml").write_text(TEMPLATE.replace("CONFIG", line))

    assert main(["check", "--chart", str(tmp_path)]) == exit_code
    assert ("unknown key" in capsys.readouterr().out) == bool(exit_code)


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x, image: 'IMAGE'}]}\n"


@pytest.mark.parametrize(
    ("image", "exit_code"),
    [("gitlab-org/gitlab-runner:v19.4.0", 1), ("gitlab-org/gitlab-runner:v19.4.1", 0), ("other:v19.4.0", 0)],
)
def test_a_release_of_gitlab_runner_that_must_not_be_used_is_found_by_its_image(
    image: str, exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\nappVersion: 0.94.3\n")
    (tmp_path / "templates" / "pod.yaml").write_text(POD.replace("IMAGE", image))

    assert main(["check", "--chart", str(tmp_path)]) == exit_code
    assert ("[runner-advisory]" in capsys.readouterr().out) == bool(exit_code)


OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: proxy}\ndata:\n  config.toml: |\n    [providers]\n      {{ if .Values }}a: b{{ end }}\n"


@pytest.mark.parametrize("values", ["{}", "a: b"])
def test_a_config_toml_of_another_program_is_not_judged(
    values: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text(values)
    (tmp_path / "templates" / "configmap.yaml").write_text(OTHER)

    assert main(["check", "--chart", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 case, all passed\n"


def test_what_the_schema_of_a_dependency_refuses_has_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "charts" / "sub").mkdir(parents=True)
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "charts" / "sub" / "Chart.yaml").write_text("apiVersion: v2\nname: sub\nversion: 1.0.0\n")
    schema = '{"properties": {"port": {"type": "integer"}}}'
    (tmp_path / "charts" / "sub" / "values.schema.json").write_text(schema)
    (tmp_path / "team.yaml").write_text("sub:\n  port: high\n")
    monkeypatch.chdir(tmp_path)

    assert main(["check", "--chart", ".", "team.yaml"]) == 1
    assert capsys.readouterr().out.startswith(
        "team.yaml:2:3: error: values don't meet the specifications of the schema"
    )


# What is wrong with a chart → (file and its text, the line that says so).
BROKEN = {
    "values that are not YAML": (
        ("values.yaml", "a: 1\nb: [\n"),
        "values.yaml:3:1: error: not YAML: while parsing a flow node, did not find expected node content. "
        "Is a bracket not closed? [values-yaml]",
    ),
    "values with a key twice": (
        ("values.yaml", "a: 1\na: 2\n"),
        "values.yaml:2:1: error: duplicate key `a`, given already in line 1. "
        "Helm uses the last one and ignores the first silently. Keep one. [values-duplicate-key]",
    ),
    "a template that is not closed": (
        ("templates/x.yaml", "a: 1\n{{ if .Values.x }}\n"),
        "templates/x.yaml:3: error: unexpected EOF [render]",
    ),
    "a function that Helm does not have": (
        ("templates/x.yaml", "a: {{ toYml .Values }}\n"),
        'templates/x.yaml:1: error: function "toYml" not defined [render]',
    ),
    "a value below one that is not set": (
        ("templates/x.yaml", "a: {{ .Values.a.b.c }}\n"),
        "templates/x.yaml:1:13: error: `.Values.a.b.c`: there is no `b`, for what is before it is not set "
        "(nil pointer). Set that, or ask for it with `if` [render]",
    ),
    "text that is not an object": (
        ("templates/x.yaml", "hello\n"),
        "templates/x.yaml: error: templates/x.yaml: rendered to YAML that is not an object but a single value of 5 characters. [render]",
    ),
    "an object without a name": (
        ("templates/x.yaml", "apiVersion: v1\nkind: ConfigMap\n"),
        "templates/x.yaml:2: error: ConfigMap/: metadata.name: missing. Every object needs a name. [name-form]",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_chart_has_its_place(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (file, text), line = BROKEN[name]
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / file).write_text(text)
    monkeypatch.chdir(tmp_path)

    exit_code = main(["check", "--chart", str(tmp_path)])

    said = capsys.readouterr()
    assert exit_code == 1
    assert (said.out + said.err).replace(f"{tmp_path}/", "").splitlines()[0] == line


def test_reports_for_code_review_have_the_line_of_the_template_also_of_a_subchart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: two
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
"""
    for chart in (tmp_path, tmp_path / "charts/below"):
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: below\nversion: 1.0.0\n")
        (chart / "templates/web.yaml").write_text(deployment.replace("{name: web}", f"{{name: {chart.name}}}"))
    monkeypatch.chdir(tmp_path)

    main(["check", "--chart", ".", "--format", "sarif=s.json", "--format", "codequality=q.json"])

    results = json.loads(Path("s.json").read_text())["runs"][0]["results"]
    places = [one["locations"][0]["physicalLocation"] for one in results if one["ruleId"] == "kubernetes-schema"]
    assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places] == [
        ("charts/below/templates/web.yaml", 5),
        ("templates/web.yaml", 5),
    ]
    issues = [one for one in json.loads(Path("q.json").read_text()) if one["check_name"] == "kubernetes-schema"]
    assert [one["location"]["lines"]["begin"] for one in issues] == [5, 5]


def test_release_namespace_and_api_versions_reach_the_templates(
    small_chart: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "templates" / "x.yaml").write_text(
        '{{ fail (printf "%s in %s: %t" .Release.Name .Release.Namespace (.Capabilities.APIVersions.Has "a/v1")) }}\n'
    )

    main(["check", "--chart", str(tmp_path), "--release", "ci", "--namespace", "builds", "--api-versions", "a/v1"])

    assert "ci in builds: true [render]" in capsys.readouterr().out


def test_a_config_toml_that_is_not_toml_has_no_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: foreign\nversion: 1.0.0\n")
    (tmp_path / "templates" / "configmap.yaml").write_text(TEMPLATE.replace("CONFIG", "[[runners"))

    assert main(["images", "--chart", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
