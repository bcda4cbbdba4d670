"""Namespace and release are those that the file names, and --namespace wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
runners:
  secret: tok
  config: |
    [[runners]]
      [runners.kubernetes]
        image = "{{ .Release.Name }}:1"
"""


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


FLUX = f"kind: HelmRelease\nmetadata: {{name: own, namespace: flux}}\nspec:\n  values:\n{indented(VALUES, 4)}"
ARGO = (
    "kind: Application\nmetadata: {name: own, namespace: argocd}\nspec:\n  destination: {namespace: runners}\n"
    f"  source:\n    chart: gitlab-runner\n    helm:\n      valuesObject:\n{indented(VALUES, 8)}"
)
ARGO_SOURCES = (
    "kind: Application\nmetadata: {name: own}\nspec:\n  destination: {namespace: runners}\n  sources:\n"
    "    - repoURL: https://git.example.com/v.git\n    - chart: gitlab-runner\n      helm:\n        releaseName: rel\n"
    f"        values: |\n{indented(VALUES, 10)}"
)
K3S = (
    "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: own, namespace: kube-system}\nspec:\n"
    f"  chart: gitlab-runner\n  targetNamespace: runners\n  valuesContent: |\n{indented(VALUES, 4)}"
)
HELMFILE = (
    "repositories: [{name: gitlab, url: https://charts.gitlab.io}]\nreleases:\n"
    "  - name: db\n    chart: bitnami/postgresql\n    namespace: db\n"
    f"  - name: own\n    namespace: runners\n    chart: gitlab/gitlab-runner\n    values:\n      -\n{indented(VALUES, 8)}"
)


@pytest.mark.parametrize(
    ("text", "namespace", "release"),
    [
        (FLUX, "flux", "own"),
        (FLUX.replace("spec:\n", "spec:\n  targetNamespace: runners\n"), "runners", "runners-own"),
        (FLUX.replace("spec:\n", "spec:\n  targetNamespace: runners\n  releaseName: rel\n"), "runners", "rel"),
        (ARGO, "runners", "own"),
        (ARGO.replace("helm:\n", "helm:\n      releaseName: rel\n"), "runners", "rel"),
        (ARGO_SOURCES, "runners", "rel"),
        (K3S, "runners", "own"),
        (K3S.replace("  targetNamespace: runners\n", ""), "kube-system", "own"),
        (HELMFILE, "runners", "own"),
        (VALUES, "ci", "ci"),
        (f"USER-SUPPLIED VALUES:\n{VALUES}", "ci", "ci"),
        (f"COMPUTED VALUES:\n{VALUES}", "ci", "ci"),
    ],
    ids=[
        *("flux", "flux-target", "flux-named", "argo", "argo-named", "argo-sources", "k3s", "k3s-plain", "helmfile"),
        *("values", "get-values", "get-values-all"),
    ],
)
def test_namespace_and_release_are_those_that_the_file_names(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, namespace: str, release: str
) -> None:
    run = imports(written(text, "v.yaml"))

    assert run.exit_code == 0
    assert run.values["runners"]["default"]["config"]["kubernetes"] == {"image": f"{release}:1", "namespace": namespace}
    assert "no equivalent" not in {change["kind"] for change in run.report["changes"]}


@pytest.mark.parametrize("text", [FLUX, ARGO, K3S, HELMFILE], ids=["flux", "argo", "k3s", "helmfile"])
def test_the_namespace_of_the_command_line_wins(
    imports: Callable[..., Any], written: Callable[..., Path], text: str
) -> None:
    run = imports(written(text, "v.yaml"), "--namespace", "here")

    assert run.values["runners"]["default"]["config"]["kubernetes"]["namespace"] == "here"


def test_the_commands_are_for_the_namespace_that_the_file_names(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(written(ARGO, "v.yaml"))])

    assert "-f VALUES --namespace runners\n" in capsys.readouterr().err


def test_other_values_files_of_a_helmfile_are_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = HELMFILE.replace("      -\n", "      - more.yaml\n      -\n")

    run = imports(written(text, "helmfile.yaml"))

    assert "brings values from elsewhere" in run.messages("no equivalent")["values"]


OPERATOR = """\
apiVersion: apps.gitlab.com/v1beta2
kind: Runner
metadata: {name: dev, namespace: runners}
spec:
  gitlabUrl: https://gitlab.example.com
  token: runner-token-secret
  buildImage: alpine:3.20
  concurrent: 5
  tags: openshift
  config: custom-config-toml
"""


def test_a_runner_of_the_operator_is_imported(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(OPERATOR, "v.yaml"))

    assert run.exit_code == 0
    assert run.values["gitlab"] == {"url": "https://gitlab.example.com"}
    assert run.values["config"] == {"concurrent": 5}
    assert run.values["runners"]["default"] == {
        "token": {"existingSecret": {"name": "runner-token-secret", "key": "runner-token"}},
        "config": {"kubernetes": {"namespace": "runners", "image": "alpine:3.20"}},
    }


def test_keys_of_the_operator_without_a_place_are_named_with_their_line(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    run = imports(written(OPERATOR, "v.yaml"))

    assert {one["path"]: one["line"] for one in run.report["changes"] if one["kind"] == "no equivalent"} == {
        "tags": 9,
        "config": 10,
    }
