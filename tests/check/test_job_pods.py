"""What is wrong with the pods of jobs, at the values and patches that make them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
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
        "patch of pod_spec: remove /nothing is not possible in this pod: there is no /nothing. [job-pod-none]"
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
        "patch of pod_spec: remove /nothing is not possible in this pod: there is no /nothing. [job-pod-none]"
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


JOINS = "Set patch_type: strategic, which joins lists by the names of their items"


@pytest.mark.parametrize(
    ("patch", "severity", "at", "lost", "remedy"),
    [
        (
            "'volumes: [{name: a, emptyDir: {}}]', patch_type: merge",
            "error",
            ".volumes",
            "the volumes podrunner-home, podrunner-storage, scripts, logs",
            f"{JOINS}.",
        ),
        (
            "'containers: [{name: a, image: a:1}]', patch_type: merge",
            "error",
            ".containers",
            "the containers build, helper",
            f"{JOINS}.",
        ),
        (
            "'initContainers: [{name: a, image: a:1}]', patch_type: merge",
            "warning",
            ".initContainers",
            "the initContainers init-permissions",
            f"{JOINS}.",
        ),
        (
            "'[{op: replace, path: /volumes, value: [{name: a, emptyDir: {}}]}]', patch_type: json",
            "error",
            "[0]",
            "the volumes podrunner-home, podrunner-storage, scripts, logs",
            f"{JOINS}, and write `{{volumes: [{{name: a, emptyDir: {{}}}}]}}`.",
        ),
        (
            "'[{op: add, path: /containers/0/volumeMounts, value: [{name: logs, mountPath: /a}]}]', patch_type: json",
            "error",
            "[0]",
            "the volumeMounts /scripts-1-1, /logs-1-1, /my_custom_dir, /podrunner of build",
            f"{JOINS}, and write `{{containers: [{{name: build, volumeMounts: [{{name: logs, mountPath: /a}}]}}]}}`.",
        ),
        (
            "'[{op: add, path: /containers/0/env, value: [{name: A, value: a}]}]', patch_type: json",
            "warning",
            "[0]",
            "the env CI_RUNNER_SHORT_TOKEN, HOME, GIT_CONFIG_GLOBAL, XDG_CONFIG_HOME, XDG_DATA_HOME, BUILDAH_ISOLATION, "
            "XDG_RUNTIME_DIR, and 6 more of build",
            f"{JOINS}, and write `{{containers: [{{name: build, env: [{{name: A, value: a}}]}}]}}`.",
        ),
        (
            "'[{op: remove, path: /volumes}]', patch_type: json",
            "error",
            "[0]",
            "the volumes podrunner-home, podrunner-storage, scripts, logs",
            "Remove single items, which nothing needs.",
        ),
        (
            "'volumes: [{$patch: replace}, {name: a, emptyDir: {}}]'",
            "error",
            ".volumes",
            "the volumes podrunner-home, podrunner-storage, scripts, logs",
            "Leave out `$patch`, so that lists are joined.",
        ),
    ],
)
def test_a_patch_that_replaces_a_list_is_one_finding_with_what_to_write(
    found: Callable[[str], list[Finding]], patch: str, severity: str, at: str, lost: str, remedy: str
) -> None:
    kind = patch.partition("patch_type: ")[2] or "strategic"

    assert [str(one) for one in found(patches(patch)) if one.severity is not Severity.NOTE] == [
        f"values.yaml:6:22: {severity}: jobs.config.kubernetes.pod_spec[0].patch{at}: patch_type {kind} replaces lists here: "
        f"jobs of runner default lose {lost}. {remedy} [job-pod-patch]"
    ]


def test_what_else_is_wrong_with_a_patch_that_replaces_a_list_is_told_beside_it(
    codes: Callable[[str, str], list[str]],
) -> None:
    patch = "'containers: [{name: build, securityContext: {privileged: true}}]', patch_type: merge"

    assert codes(patches(patch), "jobs of runner") == ["job-pod-patch", "job-pod-promise"]


@pytest.mark.parametrize(
    "patch",
    [
        "'priorityClassName: low', patch_type: merge",
        "'[{op: add, path: /volumes/-, value: {name: a, emptyDir: {}}}]', patch_type: json",
        "'[{op: remove, path: /containers/0/volumeMounts/3}]', patch_type: json",
        "'containers: [{name: build, volumeMounts: [{mountPath: /podrunner, $patch: delete}]}]'",
    ],
)
def test_a_patch_that_adds_or_takes_single_items_away_replaces_none(
    codes: Callable[[str, str], list[str]], patch: str
) -> None:
    assert codes(patches(patch), "replaces lists") == []


def test_a_container_of_a_patch_without_an_image_is_told_there(found: Callable[[str], list[Finding]]) -> None:
    assert [str(one) for one in found(patches("'initContainers: [{name: x}]'")) if one.severity is Severity.ERROR] == [
        "values.yaml:6:22: error: jobs.config.kubernetes.pod_spec[0].patch.initContainers[0].image: missing. (jobs of "
        "runner default, initContainers[0].image) [job-pod-field]"
    ]


def test_variables_that_are_none_are_told_each_at_its_item(found: Callable[[str], list[Finding]]) -> None:
    text = '      poll_timeout: 60\n    environment: ["A=b", "NONE", "=x"]\n'

    assert [str(one) for one in found(text) if one.severity is Severity.ERROR] == [
        'values.yaml:6:26: error: jobs.config.environment[1]: must be "KEY=value", else the runner ignores it, is "NONE". '
        "(line 9 of config.toml) [config-format]",
        'values.yaml:6:34: error: jobs.config.environment[2]: must be "KEY=value": a variable without a name is in no pod, '
        'is "=x". (line 9 of config.toml) [config-format]',
    ]
