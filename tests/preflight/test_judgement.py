"""What is judged without a probe: platform, chart, Pod Security labels, and what nodes say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.preflight.candidate import Candidate
from podrunner.preflight.facts import Facts, Node
from podrunner.preflight.judgement import decide, judge_cluster, judge_level, judge_node, judge_resource
from podrunner.preflight.verdict import Answer

MODES = Chart.open().modes
OPENSHIFT = Candidate("openshift", "openshift")
PRIVILEGED = Candidate("privileged", "privileged")
UNPRIVILEGED = Candidate("unprivileged", "unprivileged")
UNCONFINED = Candidate("unprivileged", "unprivileged", "", ("podman.seccomp.type=Unconfined",))
USER_NAMESPACE = Candidate("user-namespace", "userNamespace")
FUSE = Candidate("unprivileged", "unprivileged", "fuse", (), "github.com/fuse")
GOOD: dict[str, Any] = {"kernel": "6.8.0", "runtime": "containerd://2.1.4", "user_namespaces": True}


def code_on(candidate: Candidate, **facts: Any) -> str:
    """Give the code of what a node lacks for a candidate; empty for nothing."""
    reason = judge_node(candidate, Node("a", **{**GOOD, **facts}), MODES[candidate.mode])
    return reason.code if reason else ""


def test_openshift_is_for_openshift() -> None:
    here, there = Facts("1.34.4", "ci"), Facts("1.34.4", "ci", openshift=True)

    reason = judge_cluster(OPENSHIFT, here, "")

    assert reason
    assert reason.text == "this is not OpenShift: the API security.openshift.io is not there"
    assert judge_cluster(OPENSHIFT, there, "") is None
    assert judge_cluster(UNPRIVILEGED, here, "") is None


def test_what_the_chart_says_of_the_version_is_the_reason() -> None:
    reason = judge_cluster(
        USER_NAMESPACE, Facts("1.31.0", "ci"), "podman.mode is userNamespace, which needs Kubernetes 1.33"
    )

    assert reason
    assert (reason.code, reason.text) == (
        "chart",
        "the chart does not render: podman.mode is userNamespace, which needs Kubernetes 1.33",
    )


@pytest.mark.parametrize(
    ("enforced", "level", "refused"),
    [
        ("restricted", "baseline", True),
        ("restricted", "privileged", True),
        ("baseline", "privileged", True),
        ("baseline", "baseline", False),
        ("privileged", "privileged", False),
        ("", "privileged", False),
        (None, "privileged", False),
        ("baselin", "privileged", False),
        ("restricted", "", False),
    ],
)
def test_a_label_refuses_what_needs_more(enforced: str | None, level: str, refused: bool) -> None:
    assert bool(judge_level(level, Facts("1.34.4", "ci", enforced))) == refused


def test_pod_security_names_both_levels_and_the_command_that_changes_it() -> None:
    reason = judge_level("baseline", Facts("1.34.4", "ci", "restricted"))

    assert reason
    assert reason.text == "Pod Security refuses the pod, the namespace enforces restricted and it needs baseline"
    assert reason.fix == (
        "kubectl label namespace ci pod-security.kubernetes.io/enforce=baseline --overwrite, "
        "or another namespace for jobs (--namespace)."
    )


@pytest.mark.parametrize(
    ("candidate", "facts", "expected"),
    [
        (UNPRIVILEGED, {}, ""),
        (UNPRIVILEGED, {"kernel": "5.10.0-28-amd64"}, "kernel"),
        (UNPRIVILEGED, {"kernel": "5.11.0"}, ""),
        (UNPRIVILEGED, {"kernel": ""}, ""),
        (USER_NAMESPACE, {"kernel": "6.1.0-18-amd64"}, "kernel"),
        (USER_NAMESPACE, {"kernel": "6.3.0"}, ""),
        (USER_NAMESPACE, {"runtime": "containerd://1.7.13"}, "runtime"),
        (USER_NAMESPACE, {"runtime": "containerd://2.0.0"}, ""),
        (USER_NAMESPACE, {"runtime": "cri-o://1.24.6"}, "runtime"),
        (USER_NAMESPACE, {"runtime": "cri-o://1.25.0"}, ""),
        (UNPRIVILEGED, {"runtime": "containerd://1.7.13"}, ""),
        (USER_NAMESPACE, {"user_namespaces": False}, "userns-runtime"),
        (USER_NAMESPACE, {"user_namespaces": None}, ""),
        (UNPRIVILEGED, {"user_namespaces": False}, ""),
        (UNPRIVILEGED, {"seccomp_default": True}, "seccomp"),
        (USER_NAMESPACE, {"seccomp_default": True}, "seccomp"),
        (UNPRIVILEGED, {"seccomp_default": False}, ""),
        (UNPRIVILEGED, {"seccomp_default": None}, ""),
        (UNCONFINED, {"seccomp_default": True}, ""),
        (PRIVILEGED, {"seccomp_default": True}, ""),
    ],
)
def test_a_node_that_lacks_something_is_named_by_what_it_lacks(
    candidate: Candidate, facts: dict[str, Any], expected: str
) -> None:
    assert code_on(candidate, **facts) == expected


def test_a_resource_that_the_node_does_not_offer_needs_no_probe() -> None:
    reason = judge_resource(FUSE, Node("a"))

    assert reason
    assert reason.text == "the node offers no github.com/fuse"
    assert judge_resource(FUSE, Node("a", resources=frozenset(["github.com/fuse"]))) is None


def test_nothing_against_it_is_likely_but_no_yes() -> None:
    verdict = decide(UNPRIVILEGED, Node("a", **GOOD), MODES["unprivileged"], "not tried (--no-probe)")

    assert (verdict.answer, verdict.reason and verdict.reason.text) == (Answer.LIKELY, "not tried (--no-probe)")


def test_something_against_it_is_a_no() -> None:
    verdict = decide(UNPRIVILEGED, Node("a", **{**GOOD, "kernel": "4.19.0"}), MODES["unprivileged"], "not tried")

    assert (verdict.answer, verdict.reason and verdict.reason.text) == (Answer.NO, "Linux 4.19.0 is older than 5.11")
