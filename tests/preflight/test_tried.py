"""What a probe showed, with the logs and events that real pods gave."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.explain.catalogue import load_catalogue
from podrunner.modes.promise import Promise
from podrunner.preflight.candidate import Candidate
from podrunner.preflight.facts import Facts
from podrunner.preflight.job import ProbeJob
from podrunner.preflight.outcome import Ending, ProbeOutcome
from podrunner.preflight.tried import NOT_OF_THE_MODE, is_filtered, judge_outcome
from podrunner.preflight.verdict import Answer, Reason

HERE = Facts("1.34.4", "ci")
PROMISE = Promise(1000, False, False, frozenset(["SETGID", "SETUID"]))
JOB = ProbeJob(Candidate("unprivileged", "unprivileged"), level="baseline", promise=PROMISE)
INSIDE = """\
podrunner-preflight uid=1000
podrunner-preflight bounding=00000000000000c0
podrunner-preflight no_new_privileges={no_new}
podrunner-preflight seccomp={seccomp}
podrunner-preflight id_map=0          0 4294967295,
podrunner-preflight user_namespaces={limit}
"""
BUILT = """\
STEP 3/3: RUN echo "it builds" >/proof && read -r line </proof && echo "$line"
it builds
Successfully tagged localhost/test:latest
podrunner-inside uid={uid} CapBnd={bounding} NoNewPrivs=0 Seccomp=0 root=0 driver=overlay
"""
NO_CLONE = "cannot clone: Operation not permitted\nError: cannot re-exec process\n"
NO_SPACE = "cannot clone: No space left on device\nError: cannot re-exec process\n"
NO_MAP = (
    'time="2026-09-21T14:13:21Z" level=error msg="running `/usr/bin/newuidmap 23 0 1000 1 1 1 999`: newuidmap: write to '
    'uid_map failed: Operation not permitted\\n"\nError: cannot set up namespace using "/usr/bin/newuidmap": exit status 1\n'
)


NO_FUSE = (
    "Error: mounting new container: using mount program /usr/bin/fuse-overlayfs: unknown argument ignored: lazytime\n"
    "fuse: device not found, try 'modprobe fuse' first\nfuse-overlayfs: cannot mount: No such file or directory\n"
)


def inside(no_new: int = 0, seccomp: int = 0, limit: int = 96365) -> str:
    """Write what a probe tells before it builds."""
    return INSIDE.format(no_new=no_new, seccomp=seccomp, limit=limit)


def built(uid: int = 1000, bounding: str = "00000000000000c0") -> str:
    """Write the log of a build that went well."""
    return inside() + BUILT.format(uid=uid, bounding=bounding)


def pod(profile: dict[str, str] | None = None, status: dict[str, Any] | None = None, uid: int = 1000) -> dict[str, Any]:
    """Make the pod of a probe, as the API server had it."""
    context: dict[str, Any] = {
        "runAsUser": uid,
        "privileged": False,
        "allowPrivilegeEscalation": True,
        "capabilities": {"drop": ["ALL"], "add": ["SETUID", "SETGID"]},
    }
    if profile:
        context["seccompProfile"] = profile
    containers = [{"name": "build", "securityContext": context}]
    return {"metadata": {"name": "p"}, "spec": {"containers": containers}, "status": status or {}}


def judge(outcome: ProbeOutcome) -> tuple[Answer, Reason | None]:
    """Judge a probe of the preset unprivileged."""
    return judge_outcome(JOB, outcome, HERE)


def test_a_build_that_keeps_the_promise_is_a_yes() -> None:
    assert judge(ProbeOutcome(Ending.SUCCEEDED, built(), pod())) == (Answer.YES, None)


@pytest.mark.parametrize(
    ("log", "uid", "expected"),
    [
        (built(bounding="00000000a80425fb"), 1000, "CapBnd is 00000000a80425fb"),
        (built(uid=0), 1000, "uid is 0, promised is 1000"),
        (built(), 0, "runAsUser is 0, promised is 1000"),
    ],
)
def test_a_build_that_breaks_the_promise_is_a_no(log: str, uid: int, expected: str) -> None:
    answer, reason = judge(ProbeOutcome(Ending.SUCCEEDED, log, pod(uid=uid)))

    assert answer is Answer.NO
    assert reason
    assert reason.code == "promise"
    assert reason.text.startswith("it builds, but not as the mode promises: ")
    assert expected in reason.text


def test_where_the_log_may_not_be_read_the_build_s_end_counts() -> None:
    assert judge(ProbeOutcome(Ending.SUCCEEDED, "", pod()))[0] is Answer.YES


def test_a_profile_that_the_pod_does_not_name_is_the_kubelet_s() -> None:
    answer, reason = judge(ProbeOutcome(Ending.FAILED, inside(seccomp=2) + NO_CLONE, pod()))

    assert answer is Answer.NO
    assert reason
    assert reason.code == "userns-clone-eperm"
    assert reason.text == (
        "seccomp forbids new user namespaces (a profile is in force though the pod names none: the kubelet's seccompDefault)"
    )
    assert reason.seen == ("cannot clone: Operation not permitted",)


def test_a_profile_that_the_pod_names_is_not_blamed_on_the_kubelet() -> None:
    _, reason = judge(ProbeOutcome(Ending.FAILED, inside(seccomp=2) + NO_CLONE, pod({"type": "RuntimeDefault"})))

    assert reason
    assert reason.text == "seccomp forbids new user namespaces"


def test_user_namespaces_that_are_switched_off_are_named_with_the_sysctl() -> None:
    answer, reason = judge(ProbeOutcome(Ending.FAILED, inside(limit=0) + NO_SPACE, pod()))

    assert answer is Answer.NO
    assert reason
    assert reason.text == "the node allows no user namespaces (user.max_user_namespaces is 0)"
    assert "user.max_user_namespaces to 15000" in reason.fix


def test_user_namespaces_that_are_used_up_are_not_called_switched_off() -> None:
    _, reason = judge(ProbeOutcome(Ending.FAILED, inside(limit=100) + NO_SPACE, pod()))

    assert reason
    assert reason.text == "the node allows no user namespaces"


def test_no_new_privs_is_told_from_other_reasons_of_newuidmap_by_what_the_kernel_says() -> None:
    _, reason = judge(ProbeOutcome(Ending.FAILED, inside(no_new=1) + NO_MAP, pod()))

    assert reason
    assert reason.code == "idmap-no-new-privs"


def test_on_cri_o_a_device_that_did_not_come_is_the_annotation_s_fault() -> None:
    settings = ("podman.fuse.source=crio", "podman.storage.driver=fuse-overlayfs")
    job = ProbeJob(
        Candidate("unprivileged", "unprivileged", "fuse by CRI-O", settings), level="baseline", promise=PROMISE
    )

    answer, reason = judge_outcome(job, ProbeOutcome(Ending.FAILED, inside() + NO_FUSE, pod()), HERE)

    assert answer is Answer.NO
    assert reason
    assert reason.code == "fuse-missing"
    assert reason.text == "fuse-overlayfs has no /dev/fuse: CRI-O does not heed the pod's annotation"
    assert "io.kubernetes.cri-o.Devices in allowed_annotations" in reason.fix


def test_elsewhere_a_missing_device_is_told_by_the_catalogue() -> None:
    _, reason = judge(ProbeOutcome(Ending.FAILED, inside() + NO_FUSE, pod()))

    assert reason
    assert reason.text == "fuse-overlayfs has no /dev/fuse"


def test_an_image_that_cannot_be_pulled_is_no_verdict_on_the_mode() -> None:
    message = 'Back-off pulling image "quay.io/podman/stable": ErrImagePull: dial tcp: lookup quay.io: no such host'
    state = {"name": "build", "state": {"waiting": {"reason": "ImagePullBackOff", "message": message}}}

    answer, reason = judge(ProbeOutcome(Ending.STUCK, "", pod(status={"containerStatuses": [state]})))

    assert answer is Answer.UNKNOWN
    assert reason
    assert reason.text.startswith("could not be tried: ")


def test_a_runtime_without_user_namespaces_is_a_no() -> None:
    event = "FailedCreatePodSandBox: Failed to create pod sandbox: runtime does not support user namespaces"

    answer, reason = judge(ProbeOutcome(Ending.STUCK, "", pod(), (event,)))

    assert (answer, reason and reason.code) == (Answer.NO, "userns-runtime")


def test_a_pod_that_no_node_takes_is_no_verdict() -> None:
    message = "0/3 nodes are available: 3 Insufficient memory."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}

    answer, reason = judge(ProbeOutcome(Ending.STUCK, "", pod(status={"conditions": [condition]})))

    assert answer is Answer.UNKNOWN
    assert reason
    assert reason.text.startswith("could not be tried: ")


def test_a_failure_that_nobody_knows_is_told_by_its_last_line() -> None:
    answer, reason = judge(ProbeOutcome(Ending.FAILED, inside() + "Error: the dog ate it\n", pod()))

    assert answer is Answer.NO
    assert reason
    assert (reason.code, reason.text) == ("unexplained", "the build fails: Error: the dog ate it")


def test_a_probe_that_ends_without_a_word_is_no_verdict() -> None:
    answer, reason = judge(ProbeOutcome(Ending.FAILED, "", pod()))

    assert answer is Answer.UNKNOWN
    assert reason
    assert reason.text == "could not be tried: no reason given"


def test_a_probe_that_does_not_end_is_no_verdict() -> None:
    answer, reason = judge(ProbeOutcome(Ending.LATE, inside() + "STEP 1/3: FROM scratch\n", pod()))

    assert answer is Answer.UNKNOWN
    assert reason
    assert reason.text == "could not be tried: not finished in time; the last of it: STEP 1/3: FROM scratch"


def test_a_probe_that_somebody_removed_is_no_verdict() -> None:
    assert judge(ProbeOutcome(Ending.GONE))[0] is Answer.UNKNOWN


def test_a_pod_that_was_admitted_and_then_met_a_quota_is_no_verdict() -> None:
    message = 'pods "p" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'

    answer, reason = judge(ProbeOutcome(Ending.REFUSED, message=message))

    assert (answer, reason and reason.code) == (Answer.UNKNOWN, "quota")


@pytest.mark.parametrize(("log", "expected"), [(inside(seccomp=2), True), (inside(seccomp=0), False), ("", False)])
def test_a_filter_in_force_is_seen(log: str, expected: bool) -> None:
    assert is_filtered(ProbeOutcome(Ending.FAILED, log)) == expected


def test_what_says_nothing_of_a_mode_is_in_the_catalogue() -> None:
    assert NOT_OF_THE_MODE - set(load_catalogue().entries) == set()
