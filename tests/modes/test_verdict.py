"""Is the build container what its mode promises?"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.modes.promise import INSIDE_SCRIPT, Promise, check_inside, check_pods
from podrunner.modes.runners import read_promise
from podrunner.smoke.expected import read_expected
from podrunner.smoke.log import check_lines

UNPRIVILEGED = Promise(1000, privileged=False, no_new_privileges=False, capabilities=frozenset(["SETGID", "SETUID"]))
PRIVILEGED = Promise(1000, privileged=True, no_new_privileges=False, capabilities=frozenset(["ALL"]))
USER_NAMESPACE = dataclasses.replace(UNPRIVILEGED, host_users=False)
ANY_UID = dataclasses.replace(UNPRIVILEGED, uid=None, host_users=None)


def pod(build: dict[str, Any], helper: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "build", "securityContext": build}, {"name": "helper", "securityContext": helper or {}}]
    init = [{"name": "init-permissions"}]
    return {"metadata": {"name": "runner"}, "spec": {"containers": containers, "initContainers": init, **spec}}


def good(**changes: Any) -> dict[str, Any]:
    capabilities = {"drop": ["ALL"], "add": ["SETUID", "SETGID"]}
    return {"runAsUser": 1000, "allowPrivilegeEscalation": True, "capabilities": capabilities} | changes


def problems(found: dict[str, Any], promise: Promise = UNPRIVILEGED) -> list[str]:
    return [check.problem for check in check_pods([found], promise) if check.problem]


def test_the_modes_of_the_chart_promise_what_the_smoke_expects() -> None:
    modes = Chart.open().modes

    assert read_promise(modes, "unprivileged") == UNPRIVILEGED
    assert read_promise(modes, "privileged") == PRIVILEGED
    assert read_promise(modes, "userNamespace") == USER_NAMESPACE
    assert read_promise(modes, "openshift") == ANY_UID
    assert read_promise(modes, "none") is None


def test_a_pod_as_promised_has_no_problem() -> None:
    checks = check_pods([pod(good())], UNPRIVILEGED)

    assert [(check.text, check.problem) for check in checks] == [
        ("3 containers (init-permissions, build, helper): none is privileged", ""),
        ("build container: runAsUser 1000, privileged false, capabilities SETGID, SETUID", ""),
    ]


def test_the_uid_may_come_from_the_pod() -> None:
    context = {key: value for key, value in good().items() if key != "runAsUser"}

    assert problems(pod(context, securityContext={"runAsUser": 1000})) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"runAsUser": 0}, "runAsUser is 0, promised is 1000"),
        ({"allowPrivilegeEscalation": False}, "allowPrivilegeEscalation is false, promised is true"),
        (
            {"capabilities": {"add": ["SETUID", "SETGID"]}},
            "capabilities: drop nothing, add SETGID, SETUID; promised is drop ALL, add SETGID, SETUID",
        ),
        (
            {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN", "SETUID", "SETGID"]}},
            "capabilities: drop ALL, add SETGID, SETUID, SYS_ADMIN; promised is drop ALL, add SETGID, SETUID",
        ),
    ],
)
def test_what_differs_from_the_promise_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problems(pod(good(**changes))) == [problem]


def test_a_pod_with_the_nodes_users_breaks_the_promise_of_a_user_namespace() -> None:
    assert problems(pod(good(), hostUsers=False), USER_NAMESPACE) == []
    assert problems(pod(good()), USER_NAMESPACE) == ["hostUsers is true, promised is false"]


def test_a_platform_may_decide_on_user_namespaces() -> None:
    either = dataclasses.replace(UNPRIVILEGED, host_users=None)

    assert problems(pod(good(), hostUsers=False), either) == []
    assert problems(pod(good()), either) == []


def test_any_privileged_container_breaks_the_promise_of_unprivileged() -> None:
    assert problems(pod(good(), helper={"privileged": True})) == ["privileged: helper"]


def test_under_privileged_only_the_build_container_is() -> None:
    context = {"runAsUser": 1000, "privileged": True}

    assert problems(pod(context), PRIVILEGED) == []
    assert problems(pod(context, helper={"privileged": True}), PRIVILEGED) == ["privileged: helper"]
    assert problems(pod({"runAsUser": 1000}), PRIVILEGED) == ["privileged is false, promised is true"]


def test_a_job_whose_pod_was_not_seen_is_not_judged_good() -> None:
    checks = check_pods([], UNPRIVILEGED)

    assert [check.problem for check in checks] == ["no pod of the job was seen: nothing is known of its security"]


@pytest.mark.parametrize(
    ("promise", "line", "problem"),
    [
        (UNPRIVILEGED, "uid=1000 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=0 driver=overlay", ""),
        (PRIVILEGED, "uid=1000 CapBnd=000001fffeffffff NoNewPrivs=0 Seccomp=0 root=0 driver=overlay", ""),
        (
            UNPRIVILEGED,
            "uid=0 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=0 driver=overlay",
            "uid is 0, promised is 1000",
        ),
        (
            UNPRIVILEGED,
            "uid=1000 CapBnd=00000000000000c0 NoNewPrivs=1 Seccomp=0 root=0 driver=overlay",
            "NoNewPrivs is 1, promised is 0",
        ),
        (
            UNPRIVILEGED,
            "uid=1000 CapBnd=00000000000000c8 NoNewPrivs=0 Seccomp=0 root=0 driver=overlay",
            "CapBnd is 00000000000000c8, promised is 00000000000000c0 (SETGID SETUID)",
        ),
        (USER_NAMESPACE, "uid=1000 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=1917059072 driver=overlay", ""),
        (
            USER_NAMESPACE,
            "uid=1000 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=0 driver=overlay",
            "root is uid 0 of the node, promised is nobody on the node",
        ),
        (ANY_UID, "uid=1000650000 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=0 driver=vfs", ""),
        (
            ANY_UID,
            "uid=0 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=0 root=0 driver=vfs",
            "uid is 0, promised is any other",
        ),
        (
            PRIVILEGED,
            "uid=1000 CapBnd=00000000a80425fb NoNewPrivs=0 Seccomp=0 root=0 driver=overlay",
            "CapBnd lacks SYS_ADMIN, promised are all",
        ),
    ],
)
def test_the_state_from_inside_is_compared(promise: Promise, line: str, problem: str) -> None:
    log = f"$ {INSIDE_SCRIPT}\npodrunner-inside {line}\nJob succeeded\n"

    assert check_inside(log, promise).problem == problem


def test_what_nothing_is_promised_of_is_told() -> None:
    line = "uid=1000 CapBnd=00000000000000c0 NoNewPrivs=0 Seccomp=2 root=0 driver=fuse-overlayfs"

    check = check_inside(f"podrunner-inside {line}\n", UNPRIVILEGED)

    assert check.text == (
        "inside: uid 1000, CapBnd 00000000000000c0 (SETGID SETUID), NoNewPrivs 0, seccomp filtered, "
        "root is uid 0 of the node, storage driver fuse-overlayfs"
    )
    assert check.problem == ""


def test_the_echo_of_the_script_is_not_taken_for_its_output() -> None:
    check = check_inside(f"$ {INSIDE_SCRIPT}\n", UNPRIVILEGED)

    assert check.problem == "the job's log does not say what the build container's process may do"


def test_lines_that_are_missing_or_unwanted_are_named() -> None:
    checks = check_lines("STEP 1/6\ncould not lock\n", ["STEP 1/6", "STEP 2/6"], ["could not lock"])

    assert [(check.text, check.problem) for check in checks] == [
        ("the log says `STEP 2/6`", "it does not"),
        ("the log does not say `could not lock`", "it does"),
    ]


def test_a_mode_adds_its_lines_to_those_of_all() -> None:
    expected = read_expected("unprivileged")

    assert set(expected.lines) - set(read_expected("none").lines) == {"uid=1000(podman)", "rootless: true"}
    assert expected.never == ("could not lock config file //.gitconfig",)
