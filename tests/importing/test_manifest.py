"""Configurations within manifests: a ConfigMap, Flux, Argo CD. Lines are those of the manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

FLUX = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: gitlab}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: runner}
spec:
  values:
    gitlabUrl: https://gitlab.example.com
    # As many as the quota allows.
    concurrent: 40
    unregisterRunners: true
    runners:
      tags: builds
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  sources:
    - repoURL: https://git.example.com/values.git
    - chart: gitlab-runner
      helm:
        values: |
          gitlabUrl: https://gitlab.example.com
          concurrent: 40
          runners:
            tags: builds
"""
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
data:
  config.toml: |
    concurrent = 40

    [[runners]]
      name = "builds"
      url = "https://gitlab.example.com"
      executor = "kubernetes"
      tags = ["builds"]
      [runners.kubernetes]
        namespace = "builds"
"""


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        (FLUX, "runners.tags", 15),
        (ARGO, "runners.tags", 12),
        (ARGO.replace("values: |", "valuesObject:"), "runners.tags", 12),
        (CONFIG_MAP, "runners[0].tags", 11),
    ],
    ids=["flux", "argo", "argo-object", "config-map"],
)
def test_what_is_in_a_manifest_is_imported_with_the_lines_of_the_manifest(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, path: str, line: int
) -> None:
    run = imports(written(text, "manifest.yaml"))

    assert run.exit_code == 0
    assert run.values["gitlab"]["url"] == "https://gitlab.example.com"
    assert run.values["config"]["concurrent"] == 40
    assert {change["path"]: change["line"] for change in run.report["changes"] if change["kind"] == "removed"} == {
        path: line
    }


def test_comments_in_a_manifest_stay_with_their_keys(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = imports(written(FLUX, "manifest.yaml")).text

    assert "  # As many as the quota allows.\n  concurrent: 40\n" in text


def test_the_config_map_of_gitlabs_chart_is_half_of_it(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "kind: ConfigMap\ndata:\n  config.toml: concurrent = 10\n  config.template.toml: '[[runners]]'\n"

    assert main(["import", str(written(text, "v.yaml"))]) == 2
    assert "Give its values (helm get values RELEASE --output yaml)" in capsys.readouterr().err


def test_values_from_elsewhere_are_named(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = FLUX.replace("spec:\n", "spec:\n  valuesFrom:\n    - {kind: ConfigMap, name: sentry}\n")

    run = imports(written(text, "manifest.yaml"))

    assert [(one["path"], one["line"]) for one in run.report["changes"] if "elsewhere" in one["message"]] == [
        ("valuesFrom", 9)
    ]


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("ConfigMap", "data.config.toml"),
        ("HelmRelease", "spec.values"),
        ("Application", "spec.source.helm.valuesObject"),
    ],
)
def test_a_manifest_without_a_configuration_says_where_it_would_be(
    kind: str, place: str, written: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(written(f"kind: {kind}\nspec: {{}}\n", "v.yaml"))]) == 2
    assert (
        f"nothing to import where it would be ({kind}: {place}). Give a config.toml, or a values file."
        in capsys.readouterr().err
    )
