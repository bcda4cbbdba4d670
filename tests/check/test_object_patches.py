"""What is wrong with a patched object of the manager is told at what the patch writes, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.formats.placed import load_values
from podrunner.helm.renderer import renderer

if TYPE_CHECKING:
    from pathlib import Path

CHECKER = Checker(renderer("library", Chart.open()))
BEGIN = """\
gitlab: {url: https://gitlab.example.com}
metrics: {service: {enabled: true}}
manager:
  patches:
"""


def errors(folder: Path, patches: str) -> list[tuple[str, int, int, str]]:
    """(path, line, column, code) of what is worse than a note, with the patches of a values file."""
    (folder / "values.yaml").write_text(BEGIN + patches)
    case = Case("the test", (load_values(folder / "values.yaml"),), kube_version="1.34")
    found = CHECKER.check(case).findings
    return [(one.path, one.line, one.column, one.rule.code) for one in found if one.severity.value != "note"]


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        (
            "    workload: {spec: {template: {spec: {\n      sharProcessNamespace: true}}}}\n",
            ("manager.patches.workload.spec.template.spec.sharProcessNamespace", 6, 7, "kubernetes-schema"),
        ),
        (
            "    workload: {spec: {template: {spec: {containers: [{name: manager,\n      tty: never}]}}}}\n",
            ("manager.patches.workload.spec.template.spec.containers[0].tty", 6, 7, "kubernetes-schema"),
        ),
        (
            "    workload: {spec: {template: {spec: {volumes: [{name: a, emptyDir: {}}, {name: tmp, emptyDir: {\n"
            "      sizeLimt: 1Gi}}]}}}}\n",
            ("manager.patches.workload.spec.template.spec.volumes[1].emptyDir.sizeLimt", 6, 7, "kubernetes-schema"),
        ),
        (
            "    metricsService: {spec: {ports: [{port: 9252,\n      nodePrt: 30000}]}}\n",
            ("manager.patches.metricsService.spec.ports[0].nodePrt", 6, 7, "kubernetes-schema"),
        ),
        (
            "    networkPolicy: {spec: {ingress: [{from: [{podSelector: {},\n      podSelectr: {}}]}]}}\n",
            ("manager.patches.networkPolicy.spec.ingress[0].from[0].podSelectr", 6, 7, "kubernetes-schema"),
        ),
    ],
    ids=["of the pod", "of a container", "of a volume", "of a port", "of a list that is replaced"],
)
def test_a_mistake_is_told_at_its_place_in_the_patch(
    tmp_path: Path, patches: str, expected: tuple[str, int, int, str]
) -> None:
    assert errors(tmp_path, patches) == [expected]


def test_a_patch_that_is_fine_is_not_spoken_of(tmp_path: Path) -> None:
    assert errors(tmp_path, "    workload: {spec: {template: {spec: {shareProcessNamespace: true}}}}\n") == []


def test_a_patch_that_is_refused_is_told_at_the_patch(tmp_path: Path) -> None:
    patches = "    workload:\n      spec: {replicas: 1}\n"

    assert errors(tmp_path, patches) == [("manager.patches.workload", 5, 5, "render")]
