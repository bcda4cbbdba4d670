"""What is wrong with the pods of jobs, at the values and patches that make them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """\
gitlab: {url: https://gitlab.example.com}
jobs:
  config:
    kubernetes:
"""
LEVEL = "jobs of runner default need the Pod Security level privileged, mode unprivileged promises baseline"
TOKEN = "jobs of runner default can talk to the API of Kubernetes, by a patch"
KEY = "though automount_service_account_token is false. Set that key for jobs that are to have a token."


@pytest.fixture(scope="module")
def said() -> Callable[[str], list[str]]:
    checker = Checker(renderer("library", Chart.open()))

    def said(text: str) -> list[str]:
        found = checker.check(Case("a", (read_values(HEAD + text, "values.yaml"),))).findings
        return [str(one) for one in found if one.rule.code.startswith("job-pod-")]

    return said


def patches(*some: str) -> str:
    """Values with these patches, each a line of its own: the first in line 6."""
    return "      pod_spec:\n" + "".join(
        f"        - {{name: p{index}, patch: {one}}}\n" for index, one in enumerate(some)
    )


def test_a_patch_that_gives_jobs_a_token_is_an_error_at_its_line(said: Callable[[str], list[str]]) -> None:
    assert said(patches("'priorityClassName: low'", "'automountServiceAccountToken: true'")) == [
        "values.yaml:7:22: error: jobs.config.kubernetes.pod_spec[1].patch: "
        f"{TOKEN}: automountServiceAccountToken is true, {KEY} [job-pod-promise]"
    ]


def test_a_projected_token_is_one_too_unless_it_is_for_another_audience(said: Callable[[str], list[str]]) -> None:
    volume = "'volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]'"

    assert said(patches(volume)) == [
        "values.yaml:6:22: error: jobs.config.kubernetes.pod_spec[0].patch: "
        f"{TOKEN}: the volume t has a token of the account, {KEY} [job-pod-promise]"
    ]
    assert said(patches(volume.replace("path: t", "path: t, audience: vault"))) == []


def test_jobs_whose_key_gives_them_a_token_are_not_told(said: Callable[[str], list[str]]) -> None:
    key = "      automount_service_account_token: true\n"

    assert said(key + patches("'automountServiceAccountToken: true'")) == []


def test_a_patch_that_gives_jobs_another_account_is_a_warning(said: Callable[[str], list[str]]) -> None:
    assert said(patches("'serviceAccountName: admin'")) == [
        "values.yaml:6:22: warning: jobs.config.kubernetes.pod_spec[0].patch: jobs of runner default have the account "
        "admin by a patch, not podrunner-jobs: what that may do, jobs may. Set service_account instead. "
        "[job-pod-promise]"
    ]


def test_of_several_patches_the_one_is_named_that_breaks_the_promise(said: Callable[[str], list[str]]) -> None:
    privileged = "'containers: [{name: build, securityContext: {privileged: true}}]'"

    assert said(patches("'priorityClassName: low'", privileged, privileged)) == [
        "values.yaml:7:22: warning: jobs.config.kubernetes.pod_spec[1].patch: "
        f"{LEVEL}: containers[0].securityContext.privileged: true. [job-pod-security]",
        "values.yaml:7:22: error: jobs.config.kubernetes.pod_spec[1].patch: jobs of runner default are not what mode "
        "unprivileged promises: privileged: build; privileged is true, promised is false. [job-pod-promise]",
    ]


def test_a_volume_that_needs_another_level_is_at_its_line(said: Callable[[str], list[str]]) -> None:
    volume = "      volumes:\n        host_path:\n          - {name: h, mount_path: /h, host_path: /h}\n"

    assert said(volume) == [
        "values.yaml:7:13: warning: jobs.config.kubernetes.volumes.host_path[0]: "
        f"{LEVEL}: volumes[0].hostPath. [job-pod-security]"
    ]


def test_a_patch_that_cannot_be_laid_is_at_its_line(said: Callable[[str], list[str]]) -> None:
    patch = "'[{op: remove, path: /nothing}]', patch_type: json"

    assert said(patches("'priorityClassName: low'", patch)) == [
        "values.yaml:7:22: error: jobs.config.kubernetes.pod_spec[1].patch: no job of runner default gets a pod: a "
        "patch of pod_spec: remove /nothing is not possible in this pod. [job-pod-none]"
    ]
