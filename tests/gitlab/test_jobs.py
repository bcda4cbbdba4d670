"""The runner job API, as far as a runner needs it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Client


def test_a_runner_that_is_known_gets_the_queued_job_once(stand_in: Client) -> None:
    stand_in.queue(7)

    first, second = stand_in.ask(), stand_in.ask()

    assert (first.status, first.json["id"]) == (201, 7)
    assert first.headers["Content-Type"] == "application/json"
    assert (second.status, second.body) == (204, b"")


def test_an_unknown_runner_token_gets_403_and_is_counted(stand_in: Client) -> None:
    stand_in.queue(7)

    answer = stand_in.ask("glrt-wrong")

    assert answer.status == 403
    assert stand_in.control("GET", "state").json["refused"] == 1


def test_a_job_for_one_runner_is_not_given_to_another(stand_in: Client) -> None:
    stand_in.queue(7, runner="two")

    answers = [stand_in.ask("glrt-one").status, stand_in.ask("glrt-two").status]

    assert answers == [204, 201]
    assert stand_in.control("GET", "state").json["asked"] == {"one": 1, "two": 1}


def test_verify_knows_the_runners(stand_in: Client) -> None:
    known = stand_in.call("POST", "/api/v4/runners/verify", {"token": "glrt-one"})
    unknown = stand_in.call("POST", "/api/v4/runners/verify", {"token": "glrt-wrong"})

    assert (known.status, known.json) == (200, {"id": 1, "token": "glrt-one", "token_expires_at": None})
    assert unknown.status == 403


def test_the_end_of_a_job_is_kept_with_its_reason(stand_in: Client) -> None:
    stand_in.queue(7)
    stand_in.ask()
    end = {"token": "job-7", "state": "failed", "failure_reason": "script_failure", "exit_code": 3}

    running = stand_in.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "running"})
    failed = stand_in.call("PUT", "/api/v4/jobs/7", end)

    assert (running.status, running.headers["Job-Status"]) == (200, "running")
    assert (failed.status, failed.headers["Job-Status"]) == (200, "failed")
    assert stand_in.control("GET", "jobs/7").json == {
        "id": 7,
        "state": "failed",
        "taken_by": "one",
        "failure_reason": "script_failure",
        "exit_code": 3,
        "trace_size": 0,
    }


def test_a_final_state_stays(stand_in: Client) -> None:
    stand_in.queue(7)
    stand_in.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "success"})

    stand_in.call("PUT", "/api/v4/jobs/7", {"token": "job-7", "state": "running"})

    assert stand_in.control("GET", "jobs/7").json["state"] == "success"


def test_a_wrong_job_token_gets_403(stand_in: Client) -> None:
    stand_in.queue(7)

    state = stand_in.call("PUT", "/api/v4/jobs/7", {"token": "job-8", "state": "success"})
    trace = stand_in.patch(0, b"hello", token="job-8")

    assert (state.status, trace.status) == (403, 403)


def test_artifacts_are_refused_with_a_sentence(stand_in: Client) -> None:
    stand_in.queue(7)

    answer = stand_in.call("POST", "/api/v4/jobs/7/artifacts", b"zip", JOB_TOKEN="job-7")

    assert (answer.status, answer.json) == (501, {"message": "the stand-in keeps no artifacts"})


def test_control_calls_need_the_control_token(stand_in: Client) -> None:
    without = stand_in.call("GET", "/control/state")
    wrong = stand_in.call("GET", "/control/state", X_Stand_In_Control="the-control-toke")

    assert (without.status, wrong.status) == (403, 403)


def test_a_second_job_of_the_same_number_is_refused(stand_in: Client) -> None:
    stand_in.queue(7)

    again = stand_in.queue(7)

    assert (again.status, again.json) == (400, {"message": "there is a job 7 already"})


def test_what_is_no_json_is_no_token(stand_in: Client) -> None:
    answer = stand_in.call("POST", "/api/v4/jobs/request", b"{not json")

    assert answer.status == 403


def test_managers_of_a_runner_are_told_apart_until_they_unregister(stand_in: Client) -> None:
    for manager in ("s_1", "s_2"):
        stand_in.call("POST", "/api/v4/jobs/request", {"token": "glrt-one", "system_id": manager})

    left = stand_in.call("DELETE", "/api/v4/runners/managers", {"token": "glrt-one", "system_id": "s_1"})

    assert (left.status, left.body) == (204, b"")
    assert stand_in.control("GET", "state").json["managers"] == {"one": {"s_1": "left", "s_2": "asks"}}


def test_a_slow_gitlab_makes_runners_wait_and_not_whoever_controls_it(stand_in: Client) -> None:
    began = time.monotonic()
    stand_in.control("PUT", "delay", {"seconds": 0.2})
    controlled = time.monotonic() - began
    answer = stand_in.ask()
    asked = time.monotonic() - began - controlled

    assert answer.status == 204
    assert controlled < 0.2 <= asked
