"""ApplicationSets, Fleet, Kustomize, Secrets, several sources, and settings beside the values."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
concurrent: 4
runners:
  secret: tok
  config: |
    [[runners]]
      [runners.kubernetes]
        image = "{{ .Release.Name }}:1"
"""
TOML = """\
concurrent = 4
[[runners]]
  name = "default"
  url = "https://gitlab.example.com"
  executor = "kubernetes"
  [runners.kubernetes]
    namespace = "runners"
    image = "rel:1"
"""


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


FLEET = (
    "defaultNamespace: runners\nhelm:\n  releaseName: rel\n  chart: gitlab-runner\n  version: 0.86.0\n"
    f"  repo: https://charts.gitlab.io\n  values:\n{indented(VALUES, 4)}"
)
KUSTOMIZE = (
    "kind: Kustomization\nnamespace: runners\nhelmCharts:\n  - name: other\n    valuesInline: {a: b}\n"
    f"  - name: gitlab-runner\n    releaseName: rel\n    valuesInline:\n{indented(VALUES, 6)}"
)
SET = (
    "kind: ApplicationSet\nmetadata: {name: set}\nspec:\n  generators:\n    - list:\n        elements:\n"
    "          - {cluster: rel, where: runners, size: 4}\n"
    "  template:\n    metadata: {name: '{{cluster}}'}\n    spec:\n      destination: {namespace: '{{where}}'}\n"
    f"      source:\n        chart: gitlab-runner\n        helm:\n          values: |\n{indented(VALUES, 12)}"
)
ENCODED = base64.b64encode(TOML.encode()).decode()
SOURCES = (
    "kind: Application\nmetadata: {name: rel}\nspec:\n  destination: {namespace: runners}\n  sources:\n"
    "    - chart: other\n      helm: {values: 'a: b'}\n"
    f"    - chart: gitlab-runner\n      helm:\n        valuesObject:\n{indented(VALUES, 10)}"
)
TWO_FLUX = (
    "kind: HelmRelease\nmetadata: {name: db, namespace: db}\nspec:\n  chart: {spec: {chart: postgresql}}\n"
    "  values: {a: b}\n---\nkind: HelmRelease\nmetadata: {name: rel, namespace: runners}\nspec:\n"
    f"  chart: {{spec: {{chart: gitlab-runner}}}}\n  values:\n{indented(VALUES, 4)}"
)


@pytest.mark.parametrize(
    "text",
    [
        FLEET,
        FLEET.replace("defaultNamespace", "namespace"),
        KUSTOMIZE,
        KUSTOMIZE.replace("kind: Kustomization\n", ""),
        SET,
        SET.replace("concurrent: 4", "concurrent: {{ size }}"),
        SET.replace("{{cluster}}", "{{ .cluster }}")
        .replace("{{where}}", "{{.where}}")
        .replace("spec:\n", "spec:\n  goTemplate: true\n", 1),
        f"kind: Secret\nmetadata: {{name: a}}\ndata:\n  config.toml: {ENCODED}\n",
        f"kind: Secret\nstringData:\n  config.toml: |\n{indented(TOML, 4)}",
        f"kind: ConfigMap\ndata:\n  runner.toml: |\n{indented(TOML, 4)}",
        SOURCES,
        TWO_FLUX,
    ],
    ids=[
        *("fleet", "fleet-namespace", "kustomize", "kustomize-no-kind", "set", "set-values", "set-go"),
        *("secret", "secret-text", "config-map", "sources", "two-releases"),
    ],
)
def test_the_release_of_gitlabs_chart_is_read_wherever_it_is(
    imports: Callable[..., Any], written: Callable[..., Path], text: str
) -> None:
    run = imports(written(text, "v.yaml"))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["gitlab"]["url"] == "https://gitlab.example.com"
    assert run.values["config"]["concurrent"] == 4
    assert run.values["runners"]["default"]["config"]["kubernetes"] == {"image": "rel:1", "namespace": "runners"}
    assert "no equivalent" not in {change["kind"] for change in run.report["changes"]}


@pytest.mark.parametrize(
    ("text", "concurrent"),
    [
        (
            SOURCES.replace(
                "helm:\n        values", "helm:\n        parameters: [{name: concurrent, value: '33'}]\n        values"
            ),
            33,
        ),
        (FLEET, 4),
        (
            "kind: HelmChart\nmetadata: {name: rel, namespace: runners}\nspec:\n  chart: gitlab-runner\n"
            f"  set: {{concurrent: '12'}}\n  valuesContent: |\n{indented(VALUES, 4)}",
            12,
        ),
        (
            "releases:\n  - name: rel\n    namespace: runners\n    chart: gitlab/gitlab-runner\n    set:\n"
            f"      - {{name: concurrent, value: 9}}\n    values:\n      -\n{indented(VALUES, 8)}      - {{concurrent: 5}}\n",
            9,
        ),
        (
            "releases:\n  - name: rel\n    namespace: runners\n    chart: gitlab/gitlab-runner\n    values:\n"
            f"      -\n{indented(VALUES, 8)}      - {{concurrent: 5}}\n",
            5,
        ),
    ],
    ids=["argo", "fleet", "k3s", "helmfile-set", "helmfile-values"],
)
def test_settings_lie_over_the_values(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, concurrent: int
) -> None:
    run = imports(written(text, "v.yaml"))

    assert run.exit_code == 0
    assert run.values["config"]["concurrent"] == concurrent
    assert run.values["runners"]["default"]["config"]["kubernetes"] == {"image": "rel:1", "namespace": "runners"}


def test_a_parameter_may_be_a_text_with_commas(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = SOURCES.replace(
        "helm:\n        values",
        "helm:\n        parameters: [{name: podAnnotations.list, value: 'a,b', forceString: true}]\n        values",
    )

    assert imports(written(text, "v.yaml")).values["manager"]["podAnnotations"] == {"list": "a,b"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SET.replace("size: 4}\n", "size: 4}\n          - {cluster: b, where: c, size: 5}\n").replace(
                "concurrent: 4", "concurrent: {{size}}"
            ),
            "v.yaml:19: error: `{{size}}` is not known here: the set's elements differ in it.",
        ),
        (
            SET.replace(
                "list:\n        elements:\n          - {cluster: rel, where: runners, size: 4}", "clusters: {}"
            ).replace("gitlab.example.com", "{{server}}"),
            "v.yaml:14: error: `{{server}}` is not known here: a generator fills it in, in a cluster.",
        ),
    ],
    ids=["several", "clusters"],
)
def test_what_a_generator_fills_in_is_an_error_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert main(["import", str(written(text, "v.yaml"))]) == 1
    assert said in capsys.readouterr().err


def test_elements_that_differ_in_nothing_that_is_read_are_imported(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = SET.replace("size: 4}\n", "size: 4}\n          - {cluster: rel, where: runners, size: 5}\n")

    assert imports(written(text, "v.yaml")).exit_code == 0


@pytest.mark.parametrize("kind", ["valuesFile: values.yaml", "additionalValuesFiles: [a.yaml]"])
def test_values_in_other_files_are_asked_for(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text = f"helmCharts:\n  - name: gitlab-runner\n    {kind}\n"

    assert main(["import", str(written(text, "kustomization.yaml"))]) == 2
    assert f"Its values come from elsewhere ({kind.partition(':')[0]})" in capsys.readouterr().err


def test_a_second_release_is_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    other = TWO_FLUX.partition("---\n")[0].replace("postgresql", "gitlab-runner")

    run = imports(written(f"{TWO_FLUX.partition('---')[2].lstrip()}---\n{other}", "v.yaml"))

    assert run.messages("no equivalent") == {"release 2": "is not read: import db from a file of its own."}


def test_a_secret_that_is_not_base64_is_named_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(written("kind: Secret\ndata:\n  config.toml: 'a'\n", "v.yaml"))]) == 2
    assert "v.yaml:3: config.toml: is not base64 of a text" in capsys.readouterr().err
