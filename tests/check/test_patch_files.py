"""Patches of job pods in files: the manager has to hold them, and a check does not see them."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

VALUES = """\
gitlab: {url: https://gitlab.example.com}
jobs: {config: {kubernetes: {pod_spec: [{name: own, patch_path: /patches/own.yaml}]}}}
"""
MOUNTED = """\
manager:
  extraVolumes: [{name: patches, configMap: {name: patches}}]
  extraVolumeMounts: [{name: patches, mountPath: PATH}]
"""
AT = "values.yaml:2:53"
KEY = "jobs.config.kubernetes.pod_spec[0].patch_path"
UNREAD = (
    f"{AT}: note: {KEY}: /patches/own.yaml is read by the manager alone, so this check judged the pod without that "
    "patch. Write it as `patch`, and it is judged. [job-pod-unread]"
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", Chart.open()))


def said(checker: Checker, text: str) -> list[str]:
    found = checker.check(Case("a", (read_values(VALUES + text, "values.yaml"),))).findings
    return [str(one) for one in found if "patch_path" in one.path]


@pytest.mark.parametrize("text", ["", MOUNTED.replace("PATH", "/patch")])
def test_a_file_that_no_mount_holds_costs_every_job(checker: Checker, text: str) -> None:
    mounts = (
        "/etc/gitlab-runner, /etc/machine-id, /patch, /tmp" if text else "/etc/gitlab-runner, /etc/machine-id, /tmp"
    )

    assert said(checker, text) == [
        f"{AT}: error: {KEY}: no mount of the manager holds /patches/own.yaml, and without the file no job can start. "
        "Mount it by manager.extraVolumes and manager.extraVolumeMounts, or write it as `patch`. "
        f"Mounts: {mounts}. [job-pod-none]"
    ]


@pytest.mark.parametrize("path", ["/patches", "/patches/own.yaml"])
def test_of_a_file_that_is_mounted_it_is_said_that_nobody_saw_it(checker: Checker, path: str) -> None:
    assert said(checker, MOUNTED.replace("PATH", path)) == [UNREAD]


def test_an_image_of_ones_own_may_have_the_file(checker: Checker) -> None:
    assert said(checker, "image: {repository: registry.example.com/own-runner, tag: v19.5.3}\n") == [UNREAD]
