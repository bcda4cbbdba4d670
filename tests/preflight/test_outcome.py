"""When a probe is over: by its pod's status and the events about it."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.preflight.outcome import Ending, find_ending, telling_events

MANY_SECONDS = 30.0
USERNS_OFF = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox: "
    "can't set `spec.hostUsers: false`, runtime does not support user namespaces"
)
NO_NETWORK = 'Failed to create pod sandbox: plugin type="calico" failed (add): no IP addresses available in range set'


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """Make a pod whose container waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"status": {"phase": "Pending", "containerStatuses": [{"name": "build", "state": state}]}}


def sandbox(message: str) -> list[dict[str, Any]]:
    """Make the event of a sandbox that was not made."""
    return [{"metadata": {}, "type": "Warning", "reason": "FailedCreatePodSandBox", "message": message}]


NO_CLONE = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create user namespace: "
    "fork/exec /proc/self/exe: no space left on device"
)


@pytest.mark.parametrize(("phase", "expected"), [("Succeeded", Ending.SUCCEEDED), ("Failed", Ending.FAILED)])
def test_a_pod_that_ended_is_over(phase: str, expected: Ending) -> None:
    assert find_ending({"status": {"phase": phase}}, [], 1) is expected


def test_a_pod_that_took_too_long_is_late_not_failed() -> None:
    assert find_ending({"status": {"phase": "Failed", "reason": "DeadlineExceeded"}}, [], 1) is Ending.LATE


@pytest.mark.parametrize("pod", [{}, {"status": {}}, {"status": {"phase": "Running"}}, waiting("ContainerCreating")])
def test_a_pod_that_may_come_to_something_is_not_over(pod: dict[str, Any]) -> None:
    assert find_ending(pod, [], MANY_SECONDS) is None


@pytest.mark.parametrize(
    "reason", ["ImagePullBackOff", "InvalidImageName", "CreateContainerError", "RunContainerError"]
)
def test_a_container_that_will_not_start_ends_the_probe(reason: str) -> None:
    assert find_ending(waiting(reason), [], 1) is Ending.STUCK


def test_the_first_failure_of_a_pull_is_not_the_end() -> None:
    assert find_ending(waiting("ErrImagePull"), [], 1) is None


def test_a_scheduler_may_change_its_mind_for_a_while() -> None:
    pod = {"status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "reason": "Unschedulable"}]}}

    assert find_ending(pod, [], 2) is None
    assert find_ending(pod, [], MANY_SECONDS) is Ending.STUCK


@pytest.mark.parametrize("message", [USERNS_OFF, NO_CLONE])
def test_a_sandbox_that_fails_by_a_known_cause_ends_the_probe_at_once(message: str) -> None:
    assert find_ending(waiting("ContainerCreating"), sandbox(message), 1) is Ending.STUCK


def test_a_sandbox_that_fails_otherwise_is_tried_again() -> None:
    assert find_ending(waiting("ContainerCreating"), sandbox(NO_NETWORK), MANY_SECONDS) is None


def test_a_container_that_waits_for_a_new_sandbox_may_still_start() -> None:
    pod = waiting("CreateContainerError", "failed to get sandbox container task: no running task found")

    assert find_ending(pod, sandbox("failed to start sandbox"), 1) is None
    assert find_ending(pod, sandbox("failed to start sandbox"), MANY_SECONDS) is Ending.STUCK


@pytest.mark.parametrize(
    ("ending", "expected"),
    [(Ending.FAILED, ()), (Ending.STUCK, ("FailedCreatePodSandBox: failed to start sandbox",))],
)
def test_a_sandbox_that_failed_before_the_container_ran_explains_nothing(
    ending: Ending, expected: tuple[str, ...]
) -> None:
    assert telling_events(sandbox("failed to start sandbox"), ending) == expected
