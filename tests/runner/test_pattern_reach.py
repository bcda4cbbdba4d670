"""Patterns that no name of Kubernetes can match."""

from __future__ import annotations

import string

import pytest

from podrunner.runner.job_pod.pattern_reach import cannot_match

NAMES = f"{string.ascii_lowercase}{string.digits}-"


@pytest.mark.parametrize(
    "pattern",
    ["^CI-.*$", "team_a", "^(CI|ci_.*)$", "^ci-[A-Z]+$", "a b", r"^ci\.a$", "^(?:A|B)-x$", "^(a(B|C))$", "A{2}", "A+?"],
)
def test_a_pattern_whose_every_way_needs_another_character_matches_no_name(pattern: str) -> None:
    assert cannot_match(pattern, NAMES)


@pytest.mark.parametrize(
    "pattern",
    [
        "^ci-.*$",
        "^(CI|ci)-a$",
        "(?i)^CI$",
        "^A*b$",
        "^A?b$",
        "^A{0,2}b$",
        "^[A-Za-z]$",
        r"^\w+$",
        "",
        "a|B",
        "[[:upper:]]",
        "(A|)b",
    ],
)
def test_a_pattern_with_one_way_of_such_characters_may_match(pattern: str) -> None:
    assert not cannot_match(pattern, NAMES)
