"""Periods and time zones of the autoscaler's policies and of the durations that a runner watches."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.runner.schedules import schedule_faults

FIVE = "must be five fields, minute, hour, day, month and day of the week, such as `* 8-17 * * mon-fri`"


def policy(**keys: Any) -> dict[str, Any]:
    return {"kubernetes": {"autoscaler": {"policy": [keys]}}}


def duration(**keys: Any) -> dict[str, Any]:
    return {"monitoring": {"job_queuing_durations": [keys]}}


def said(runner: dict[str, Any]) -> list[str]:
    return [f"{fault.path[-2:]} {fault.reason}" for fault in schedule_faults(runner, ("runners", 0))]


@pytest.mark.parametrize(
    "period",
    [
        "nonsense",
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "* * L * *",
        "@daily",
        "1,a * * * *",
        "0 * * * * *",
    ],
)
def test_a_period_that_the_autoscaler_cannot_read_is_told(period: str) -> None:
    assert said(policy(periods=["* * * * *", period])) == [
        f"('periods', 1) {FIVE}, is \"{period}\": GitLab Runner makes no pause pods."
    ]


@pytest.mark.parametrize("period", ["* * * * *", "* 8-17 * * mon-fri", "*/5 0,12 1-15/2 JAN,feb sun", "0 4 ? * 7"])
def test_a_period_that_the_autoscaler_reads_is_taken(period: str) -> None:
    assert said(policy(periods=[period])) == []


@pytest.mark.parametrize("period", ["0 0 * * * * 2030", "* * L * *", "* * 15W * *", "* * * * fri#2", "@daily"])
def test_a_watched_duration_may_say_more(period: str) -> None:
    assert said(duration(periods=[period])) == []


def test_a_watched_duration_that_cannot_be_read_costs_the_whole_file() -> None:
    assert said(duration(periods=["* * * *"], timezone="Europe/Berlinn")) == [
        f"('periods', 0) {FIVE}, is \"* * * *\": GitLab Runner does not load the file.",
        "(0, 'timezone') must be the name of a time zone such as Europe/Berlin, is \"Europe/Berlinn\": "
        "GitLab Runner does not load the file.",
    ]


@pytest.mark.parametrize("zone", ["", "Local", "UTC", "Europe/Berlin"])
def test_a_time_zone_is_taken(zone: str) -> None:
    assert said(policy(timezone=zone)) == []
