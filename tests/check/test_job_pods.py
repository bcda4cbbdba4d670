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

    from podrunner.findings.finding import Finding

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
def found() -> Callable[[str], list[Finding]]:
    checker = Checker(renderer("library", Chart.open()))

    def found(text: str) -> list[Finding]:
        return [*checker.check(Case("a", (read_values(HEAD + text, "values.yaml"),))).findings]

    return found


@pytest.fixture
def said(found: Callable[[str], list[Finding]]) -> Callable[[str], list[str]]:
    return lambda text: [str(one) for one in found(text) if one.rule.code.startswith("job-pod-")]


@pytest.fixture
def codes(found: Callable[[str], list[Finding]]) -> Callable[[str, str], list[str]]:
    """Codes of the findings that speak of something."""
    return lambda text, of: [one.rule.code for one in found(text) if of in one.message]


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


THREE = "runners: {a: {}, b: {}, c: {podman: {mode: unprivilegedRoot}}}\n"


def test_a_patch_of_all_runners_is_told_once_with_their_names_and_modes(said: Callable[[str], list[str]]) -> None:
    assert said(patches("'hostNetwork: true'") + THREE) == [
        "values.yaml:6:22: warning: jobs.config.kubernetes.pod_spec[0].patch: jobs of runners a, b, c need the Pod "
        "Security level privileged, modes unprivileged, unprivilegedRoot promise baseline: hostNetwork: true. "
        "[job-pod-security]"
    ]


def test_runners_that_are_promised_something_else_have_a_sentence_of_their_own(
    said: Callable[[str], list[str]],
) -> None:
    patch = "'containers: [{name: build, securityContext: {runAsUser: 5}}]'"

    assert said(f"{patches(patch)}{THREE}") == [
        "values.yaml:6:22: error: jobs.config.kubernetes.pod_spec[0].patch: jobs of runners a, b are not what mode "
        "unprivileged promises: runAsUser is 5, promised is 1000. jobs of runner c are not what mode unprivilegedRoot "
        "promises: runAsUser is 5, promised is 0. [job-pod-promise]"
    ]


def test_a_patch_that_no_runner_can_lay_is_told_once(said: Callable[[str], list[str]]) -> None:
    patch = "'[{op: remove, path: /nothing}]', patch_type: json"

    assert said(f"{patches(patch)}{THREE}") == [
        "values.yaml:6:22: error: jobs.config.kubernetes.pod_spec[0].patch: no job of runners a, b, c gets a pod: a "
        "patch of pod_spec: remove /nothing is not possible in this pod. [job-pod-none]"
    ]


def test_a_field_that_the_jobs_of_all_runners_have_is_told_once_with_their_names(
    said: Callable[[str], list[str]],
) -> None:
    assert said(f"      namespace: Bad_Name\n{THREE}") == [
        "values.yaml:5:7: error: jobs.config.kubernetes.namespace: must be at most 63 lower-case letters, digits and "
        "dashes, the first and last no dash, is `Bad_Name`. (jobs of runners a, b, c: metadata.namespace) [job-pod-field]"
    ]


@pytest.mark.parametrize(
    ("podman", "value", "why"),
    [
        (
            "{seccomp: {type: Unconfined}}",
            "seccomp.type",
            "containers[0].securityContext.seccompProfile.type: Unconfined",
        ),
        ("{mode: userNamespace, run: true}", "run", "containers[0].securityContext.procMount: Unmasked"),
        (
            "{storage: {additionalImageStores: {a: {hostPath: /images}}}}",
            "storage.additionalImageStores",
            "volumes[0].hostPath",
        ),
    ],
)
def test_a_value_of_podman_that_needs_another_level_is_told_once_and_there(
    said: Callable[[str], list[str]], podman: str, value: str, why: str
) -> None:
    (message,) = said(f"      poll_timeout: 60\npodman: {podman}\nrunners: {{a: {{}}, b: {{}}}}\n")

    assert message.startswith("values.yaml:6:")
    assert f"podman.{value}: jobs of runners a, b need the Pod Security level privileged, mode" in message
    assert message.endswith(f" promises baseline: {why}. [job-pod-security]")


def test_the_pod_of_helm_test_says_nothing_again_of_the_account_of_jobs(codes: Callable[[str, str], list[str]]) -> None:
    assert codes(patches("'serviceAccountName: admin'"), "admin") == ["job-pod-promise"]


@pytest.mark.parametrize("policy", ["sometimes", "[sometimes]"])
def test_a_pull_policy_that_is_none_is_one_finding(codes: Callable[[str, str], list[str]], policy: str) -> None:
    assert codes(f"      pull_policy: {policy}\n", "sometimes") == ["config-enum"]
