"""Items that stand twice in a list: Helm 4 fails on them, by server-side apply, and Helm 3 does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.helm.command import Finished, HelmCommand
from podrunner.helm.renderer import Renderer, renderer

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: "a:1", env: [{name: A}, {name: A}]}]}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: demo\nversion: 1.0.0\n")
    (tmp_path / "templates" / "it.yaml").write_text(POD)
    return Chart(tmp_path)


def _severities(checker: Checker) -> list[str]:
    found = checker.check(Case("a")).findings
    return [one.severity.value for one in found if str(one.rule) == "list-duplicate"]


def _command(chart: Chart, version: str) -> Renderer:
    """The helm command of a version, which renders the one template."""
    said = {"version": version, "template": f"---\n# Source: demo/templates/it.yaml\n{POD}"}
    return Renderer(chart, "command", HelmCommand(chart, lambda asked, _: Finished(0, said[asked[1]], "")))


def test_the_library_which_is_helm_4_makes_them_an_error(chart: Chart) -> None:
    assert _severities(Checker(renderer("library", chart))) == ["error"]


@pytest.mark.parametrize(("version", "severity"), [("v4.2.3", "error"), ("v3.21.0", "warning")])
def test_the_command_makes_them_what_they_are_for_its_version(chart: Chart, version: str, severity: str) -> None:
    assert _severities(Checker(_command(chart, version))) == [severity]
