"""What keeps jobs waiting while a request to GitLab is held open, in words; tests/chart asks the real GitLab Runner."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.runner.long_polling import check_long_polling

ONE_REQUEST = (
    "runners[0].request_concurrency: one request at a time: while GitLab holds it open, other jobs of this runner wait. "
    "Set it to 2 to 4."
)


def said(*runners: dict[str, Any], **settings: Any) -> list[str]:
    found = check_long_polling({"runners": [*runners], **settings})
    return [fault.finding().message for fault in found]


def test_fewer_jobs_at_a_time_than_runners_keep_runners_waiting() -> None:
    runners = [{"request_concurrency": 2}] * 3

    assert said(*runners, concurrent=2) == [
        "concurrent: 2 jobs at a time for 3 runners: while one of them waits for GitLab's answer, others ask for no job. "
        "Set it to 4 or more."
    ]
    assert said(*runners, concurrent=3) == []


def test_without_a_number_one_job_runs_at_a_time() -> None:
    runners = [{"request_concurrency": 2}] * 2

    assert said(*runners) == [
        "concurrent: 1 jobs at a time for 2 runners: while one of them waits for GitLab's answer, others ask for no job. "
        "Set it to 3 or more."
    ]


@pytest.mark.parametrize("runner", [{}, {"request_concurrency": 0}, {"request_concurrency": 1}, {"limit": 3}])
def test_one_request_at_a_time_keeps_jobs_waiting(runner: dict[str, Any]) -> None:
    assert said(runner, concurrent=4) == [ONE_REQUEST]


@pytest.mark.parametrize("limit", [1, 2])
def test_one_request_at_a_time_is_a_great_part_of_a_few_jobs(limit: int) -> None:
    assert said({"limit": limit}, concurrent=4) == [
        ONE_REQUEST,
        f"runners[0].limit: {limit} jobs with one request at a time: a request that GitLab holds open keeps them waiting. "
        "Set limit to 5 or more, or request_concurrency to 2 or more.",
    ]


def test_several_requests_at_a_time_are_fine() -> None:
    assert said({"limit": 1, "request_concurrency": 2}, concurrent=1) == []
