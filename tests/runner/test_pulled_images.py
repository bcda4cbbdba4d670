"""Private images of one runner that jobs of another one may use, because a node has them."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.path import dotted
from podrunner.runner.pulled_images import pulled_image_faults

LOGIN: dict[str, Any] = {"image_pull_secrets": ["team-a-registry"]}


def told(*runners: dict[str, Any]) -> list[str]:
    """Paths of what is found; each runner is its table kubernetes."""
    named = [{"name": name, "kubernetes": one} for name, one in zip("abc", runners, strict=False)]
    return [dotted(one.path) for one in pulled_image_faults({"runners": named})]


def test_a_runner_without_the_secret_is_told() -> None:
    assert told(LOGIN, {}) == ["runners[1].kubernetes.pull_policy"]


def test_it_is_said_whose_images_they_are_and_what_to_write() -> None:
    (fault,) = pulled_image_faults({"runners": [{"name": "a", "kubernetes": LOGIN}, {"name": "b"}]})

    assert fault.reason.startswith(
        "jobs of runner b may use images that a node has already for runner a, which pulls them with team-a-registry: "
    )
    assert "Set pull_policy and allowed_pull_policies to [always]" in fault.reason


def test_two_teams_with_a_secret_each_are_both_told() -> None:
    assert told(LOGIN, {"image_pull_secrets": ["team-b-registry"]}) == [
        "runners[0].kubernetes.pull_policy",
        "runners[1].kubernetes.pull_policy",
    ]


@pytest.mark.parametrize(
    "own",
    [
        LOGIN,
        {"pull_policy": "always"},
        {"pull_policy": ["always"], "allowed_pull_policies": ["always"]},
    ],
    ids=["the same secret", "always", "always, and nothing else"],
)
def test_a_runner_that_may_have_them_or_has_to_ask_is_not(own: dict[str, Any]) -> None:
    assert told(LOGIN, own) == []


@pytest.mark.parametrize(
    "own",
    [
        {"pull_policy": "if-not-present"},
        {"pull_policy": ["always", "if-not-present"]},
        {"pull_policy": "always", "allowed_pull_policies": ["always", "if-not-present"]},
    ],
    ids=["if-not-present", "one after the other", "the job's choice"],
)
def test_a_policy_that_does_not_always_ask_is(own: dict[str, Any]) -> None:
    assert told(LOGIN, own) == ["runners[1].kubernetes.pull_policy"]


def test_runners_on_nodes_of_their_own_share_no_image() -> None:
    assert told({**LOGIN, "node_selector": {"team": "a"}}, {"node_selector": {"team": "b"}}) == []


def test_a_job_that_may_choose_its_node_can_reach_those_of_the_other() -> None:
    own = {"node_selector": {"team": "b"}, "node_selector_overwrite_allowed": "team=.*"}

    assert told({**LOGIN, "node_selector": {"team": "a"}}, own) == ["runners[1].kubernetes.pull_policy"]


def test_one_runner_or_runners_without_secrets_are_not_told() -> None:
    assert (told(LOGIN), told({}, {})) == ([], [])
