"""Pairs of messages that mislead: what looks alike, and is not."""

from __future__ import annotations

import pytest

from podrunner.explain.diagnosis import examine, explain


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("cannot clone: No space left on device", "userns-quota"),
        ("write /var/tmp/layer: no space left on device", "disk-full"),
        ("cannot clone: Operation not permitted", "userns-clone-eperm"),
        ("cannot clone: Permission denied", "userns-clone-eacces"),
        ("mount /s/overlay:/s/overlay, flags: 0x1000: operation not permitted", "mount-eperm"),
        ("mount /s/overlay:/s/overlay, flags: 0x1000: permission denied", "overlay-private-mount-eacces"),
        ("fuse: failed to open /dev/fuse: Operation not permitted", "fuse-denied"),
        ("fuse: device not found, try 'modprobe fuse' first", "fuse-missing"),
        ("'overlay' is not supported over overlayfs", "overlay-on-overlay"),
        ("'overlay' is not supported over extfs at \"/s\"", "overlay-refused"),
        ("newuidmap: write to uid_map failed: Operation not permitted", "idmap-eperm"),
        ("newuidmap: write to uid_map failed: Invalid argument", "idmap-einval"),
    ],
)
def test_messages_that_look_alike_have_causes_of_their_own(message: str, cause: str) -> None:
    assert explain([message])[0].id == cause


def test_what_proc_says_tells_the_reasons_of_newuidmap_apart() -> None:
    refused = "newuidmap: write to uid_map failed: Operation not permitted"

    assert explain(["NoNewPrivs:\t1", refused])[0].id == "idmap-no-new-privs"
    assert explain(["CapBnd:\t0000000000000000", refused])[0].id == "idmap-capabilities"
    assert explain(["CapBnd:\t00000000000000c0", "NoNewPrivs:\t0", refused])[0].id == "idmap-eperm"
    assert explain([refused], others={"pod": ["hostUsers: false"]})[0].id == "idmap-range-outside-pod"


def test_a_condition_counts_wherever_it_stands() -> None:
    refused = "newuidmap: write to uid_map failed: Operation not permitted"

    assert explain([refused, "NoNewPrivs:\t1"])[0].id == "idmap-no-new-privs"


def test_of_two_that_are_as_likely_the_later_one_is_first() -> None:
    found = explain(["registry: toomanyrequests", "Error: open /etc/containers/policy.json: no such file or directory"])
    weights = {one.id: one.score for one in found}

    assert weights == {"rate-limit": 110, "policy-json": 106}
    assert [one.id for one in found] == ["rate-limit", "policy-json"]


def test_a_job_that_succeeded_has_no_cause() -> None:
    explanation = examine(["cannot clone: Operation not permitted", "Job succeeded"])

    assert explanation.cause is None
    assert [one.id for one in explanation.diagnoses] == ["userns-clone-eperm"]


def test_status_and_events_of_a_pod_count_as_much_as_its_log() -> None:
    log = ["$ make", "make: *** [Makefile:9: check] Error 1"]
    others = {"pod": ["container build terminated: OOMKilled, exit code 137"]}

    found = explain(log, others=others)

    assert found[0].id == "oom-killed"
    assert [(one.source, one.line) for one in found[0].evidence] == [("pod", 1)]


def test_a_failing_step_is_named_with_its_number_and_command() -> None:
    log = ["STEP 3/7: RUN make test", 'Error: building at STEP "RUN make test": while running runtime: exit status 2']

    found = explain(log)

    assert found[0].title == "the build's own step failed, RUN make test"
    assert found[0].cause.startswith("`RUN make test` (step 3/7) failed: exit status 2.")


def test_what_was_tried_again_is_no_cause_of_a_later_failure() -> None:
    again = 'level=warning msg="Failed, retrying in 1s ... (1/3). Error: dial tcp 192.0.2.7:443: connect: connection refused"'

    found = explain(["$ make", again, "ERROR: Job failed: command terminated with exit code 2"])

    assert [one.id for one in found] == ["script-failed", "unreachable"]


def test_what_was_tried_again_in_vain_is_one() -> None:
    refused = "dial tcp 192.0.2.7:443: connect: connection refused"

    found = explain(["$ make", f"Retrying: {refused}", f"Error: {refused}", "ERROR: Job failed: exit code 2"])

    assert [one.id for one in found] == ["unreachable"]


def test_a_cause_that_the_script_passed_over_stands_behind_the_command_that_failed() -> None:
    passed = ["$ podman info || true", "NoNewPrivs:\t1", "newuidmap: write to uid_map failed: Operation not permitted"]

    found = explain([*passed, "$ make test", "ERROR: Job failed: command terminated with exit code 2"])

    assert [one.id for one in found] == ["script-failed", "idmap-no-new-privs"]


def test_what_a_command_says_of_another_pod_is_no_cause_what_the_cluster_says_of_the_job_is() -> None:
    log = [
        "$ kubectl get pods",
        "web-1   0/1   OOMKilled   3   5m",
        "ERROR: Job failed: command terminated with exit code 1",
    ]

    alone = explain(log)
    with_pod = explain(log, others={"pod": ["container build terminated: OOMKilled, exit code 137"]})

    assert [one.id for one in alone] == ["script-failed"]
    assert with_pod[0].id == "oom-killed"
    assert [(one.source, one.line) for one in with_pod[0].evidence] == [("pod", 1)]


def test_a_manager_that_once_did_not_reach_gitlab_is_no_cause_of_a_job_that_it_got() -> None:
    away = (
        "WARNING: Checking for jobs... failed status=couldn't execute POST against https://gitlab.lan/api/v4/jobs/request: "
        "dial tcp 10.0.0.9:443: i/o timeout"
    )
    job = ['Preparing the "kubernetes" executor', "bash: line 197: docker: command not found"]

    assert explain([away])[0].id == "gitlab-unreachable"
    assert explain(job, others={"manager": [away]})[0].id == "command-missing"


def test_what_a_pod_waited_for_is_no_cause_once_it_ran() -> None:
    waited = "WARNING: Event retrieved from the cluster: 0/3 nodes are available: 3 Insufficient cpu."
    ran = "Running on runner-x-project-1-concurrent-0 via manager-1..."

    assert [one.id for one in explain([waited])] == ["insufficient-resources"]
    assert explain([waited, ran]) == []


def test_what_the_script_may_not_do_is_not_what_the_manager_may_not_do() -> None:
    forbidden = 'deployments.apps "cart" is forbidden: User "system:serviceaccount:ci:default" cannot patch resource "deployments" in API group "apps" in the namespace "prod"'

    of_script = explain(["$ kubectl apply -f a.yaml", f"Error from server (Forbidden): {forbidden}"])
    of_runner = explain([f"ERROR: Job failed (system failure): prepare environment: setting up build pod: {forbidden}"])

    assert (of_script[0].id, of_script[0].values) == ("job-account-forbidden", "")
    assert of_runner[0].id == "rbac"


def test_a_command_that_only_looks_leaves_the_failure_before_it_in_its_place() -> None:
    log = ["$ kubectl rollout status deploy/a", "error: timed out waiting for the condition", "$ kubectl get pods"]

    assert explain([*log, "ERROR: Job failed: exit code 1"])[0].id == "job-deploy-failed"


def test_a_login_that_worked_rules_out_that_nobody_logged_in() -> None:
    denied = "Error: writing blob: initiating layer upload to /v2/a/blobs/uploads/ in r.example.com: denied: requested access to the resource is denied"

    assert explain(["$ podman push a", denied])[0].id == "registry-denied"
    assert explain(["Login Succeeded!", "$ podman push a", denied])[0].id == "registry-forbidden"


def test_a_subprocess_that_podman_could_not_run_is_not_the_command_of_the_step() -> None:
    failed = 'Error: building at STEP "RUN make": exit status 1'

    assert explain([failed])[0].id == "build-step-failed"
    assert explain(["error running subprocess: creating pipe: too many", failed])[0].id == "build-step-refused"


def test_a_pod_that_is_gone_at_the_end_was_lost_whatever_the_exit_code() -> None:
    gone = 'ERROR: Error cleaning up pod: pods "runner-x-project-1-concurrent-0" not found'
    log = [
        'Executing "step_script" stage of the job script',
        "$ make",
        "Cleaning up project directory and file based variables",
        gone,
    ]

    assert explain([*log, "ERROR: Job failed: command terminated with exit code 1"])[0].id == "node-lost"


def test_a_package_that_no_index_was_asked_for_does_exist() -> None:
    refused = "ERROR: Could not find a version that satisfies the requirement flask==3.0.3 (from versions: none)"
    retried = "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('Name or service not known')'"

    assert explain([refused])[0].id == "package-manager"
    assert explain([retried, refused])[0].id == "package-index-unreachable"


def test_what_the_last_command_said_is_shown_where_nothing_else_is_known() -> None:
    log = [
        'Executing "step_script" stage of the job script',
        "$ make deps",
        "error: of the command before",
        "$ frobnicate --all",
        "Plan a: ok",
        "ERROR 4711: the capacitor is not charged",
        "hint: charge it",
        "Cleaning up project directory and file based variables",
        "ERROR: Job failed: command terminated with exit code 3",
    ]

    (told,) = explain(log)

    assert told.id == "script-failed"
    assert [line.text for line in told.evidence] == [log[5], log[8]]
    assert [line.text for line in explain([*log[:5], log[6], *log[7:]])[0].evidence] == [log[4], log[6], log[8]]


def test_a_token_that_the_last_command_said_is_not_shown() -> None:
    log = [
        'Executing "step_script" stage of the job script',
        "$ deploy",
        "error: glpat-abcdefghij0123456789 is refused here",
        "ERROR: Job failed: command terminated with exit code 3",
    ]

    assert "glpat-abcdefghij0123456789" not in str(explain(log))
