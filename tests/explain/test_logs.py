"""Whole job logs, each named after the cause that it has to be given: `<id>.<what>.log`."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.explain.diagnosis import examine
from podrunner.explain.trace import read_lines

LOGS = sorted((Path(__file__).parent / "logs").glob("*.log"))


@pytest.mark.parametrize("log", LOGS, ids=[log.stem for log in LOGS])
def test_the_cause_of_a_job_log_is_named(log: Path) -> None:
    with log.open("rb") as file:
        explanation = examine(read_lines(file))

    cause = explanation.cause.id if explanation.cause else "nothing"
    assert cause == log.name.partition(".")[0]


def test_a_passed_over_error_is_named_behind_the_cause() -> None:
    log = Path(__file__).parent / "logs" / "build-step-failed.passed-over-error-before.log"

    with log.open("rb") as file:
        found = [diagnosis.id for diagnosis in examine(read_lines(file)).diagnoses]

    assert found == ["build-step-failed", "userns-clone-eperm"]


def test_consequences_stand_under_their_cause() -> None:
    log = Path(__file__).parent / "logs" / "idmap-eperm.buildah-goes-on.log"

    with log.open("rb") as file:
        explanation = examine(read_lines(file))

    assert [diagnosis.id for diagnosis in explanation.diagnoses] == ["idmap-eperm"]
    assert set(explanation.diagnoses[0].consequences) == {
        "only one user id is mapped",
        "a layer could not be unpacked",
        "an image needs user ids that are not mapped",
        "podman cannot pull an image",
        "a command failed, buildah bud -t cart .",
    }


def test_evidence_has_the_line_numbers_of_the_file() -> None:
    log = Path(__file__).parent / "logs" / "userns-clone-eperm.seccomp-default.log"
    lines = log.read_bytes().decode().split("\n")

    with log.open("rb") as file:
        cause = examine(read_lines(file)).cause

    assert cause is not None
    assert lines[cause.evidence[0].line - 1] == "cannot clone: Operation not permitted"


def test_the_runner_of_the_log_is_the_one_whose_values_change() -> None:
    log = Path(__file__).parent / "logs" / "idmap-no-new-privs.with-proc-status.log"

    with log.open("rb") as file:
        cause = examine(read_lines(file)).cause

    assert cause is not None
    assert cause.values.startswith("runners:\n  team-a:\n    config:\n")


def test_a_pod_that_waited_in_vain_is_told_once() -> None:
    log = Path(__file__).parent / "logs" / "insufficient-resources.waited-in-vain.log"

    with log.open("rb") as file:
        explanation = examine(read_lines(file))

    assert [diagnosis.id for diagnosis in explanation.diagnoses] == ["insufficient-resources"]
    assert "the job's pod did not start in time" in explanation.diagnoses[0].consequences
