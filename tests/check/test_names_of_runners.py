"""Runners whose name in GitLab is not their key: config.name."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import check_case
from podrunner.findings.finding import errors
from podrunner.formats.placed import Values

CHART = Chart.open()


def told(runners: dict[str, Any]) -> list[str]:
    """The errors of values with these runners."""
    values = {"gitlab": {"url": "https://gitlab.example.com"}, "runners": runners}
    return [one.message for one in errors(check_case(Case("a", (Values(values, "a"),)), CHART).findings)]


@pytest.mark.parametrize("mode", ["none", "privileged"])
def test_a_renamed_runner_is_held_to_its_own_mode(mode: str) -> None:
    assert told({"a": {"podman": {"mode": mode}, "config": {"name": "x"}}, "b": {}}) == []


def test_a_runner_is_not_taken_for_the_one_whose_key_is_its_name() -> None:
    assert (
        told({"a": {"podman": {"mode": "privileged"}, "config": {"name": "b"}}, "b": {"config": {"name": "a"}}}) == []
    )


@pytest.mark.parametrize(
    ("runners", "at"),
    [
        ({"a": {"config": {"name": "b"}}, "b": {}}, "runners.a.config.name is b, which is also the name of runners.b"),
        ({"a": {}, "b": {"config": {"name": "a"}}}, "runners.b.config.name is a, which is also the name of runners.a"),
        ({"a": {"config": {"name": "x y"}}, "b": {"config": {"name": "x_y"}}}, "or its label is the same"),
        ({"a": {"config": {"name": "x"}}, "b": {"config": {"name": "x"}}}, "which is also the name of runners.b"),
    ],
)
def test_two_runners_of_one_name_are_refused(runners: dict[str, Any], at: str) -> None:
    assert [at in message for message in told(runners)] == [True]
