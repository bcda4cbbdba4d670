"""Combinations of entries."""

from __future__ import annotations

import itertools

import pytest

from podrunner.cases.strategy import Strategy, choose

AXES = {"preset": ["a", "b"], "kube": ["1.25", "1.30", "1.34"], "storage": ["disk", "memory"], "release": ["x", "y"]}


def test_full_is_every_combination_in_the_order_of_the_file() -> None:
    rows = choose({"preset": ["a", "b"], "kube": ["1", "2"]}, "full")

    assert rows == [
        {"preset": "a", "kube": "1"},
        {"preset": "a", "kube": "2"},
        {"preset": "b", "kube": "1"},
        {"preset": "b", "kube": "2"},
    ]


def test_pairwise_lets_every_two_entries_meet_in_fewer_cases() -> None:
    rows = choose(AXES, "pairwise")

    met = {pair for row in rows for pair in itertools.combinations(row.items(), 2)}
    wanted = {
        ((one, entry), (other, second))
        for one, other in itertools.combinations(AXES, 2)
        for entry in AXES[one]
        for second in AXES[other]
    }
    assert met == wanted
    assert len(rows) < 12


@pytest.mark.parametrize("strategy", ["full", "pairwise", "each"])
def test_excluded_entries_never_meet_and_all_entries_are_shown(strategy: Strategy) -> None:
    rows = choose(AXES, strategy, [{"preset": ["a"], "kube": ["1.25", "1.30"]}, {"storage": ["memory"]}])

    assert {(row["preset"], row["kube"]) for row in rows} >= {("a", "1.34"), ("b", "1.25"), ("b", "1.30")}
    assert [row for row in rows if (row["preset"] == "a" and row["kube"] != "1.34") or row["storage"] == "memory"] == []


def test_an_exclusion_of_an_axis_that_is_not_there_excludes_nothing() -> None:
    rows = choose({"preset": ["a", "b"]}, "full", [{"preset": ["a"], "kube": ["1.25"]}])

    assert rows == [{"preset": "a"}, {"preset": "b"}]


def test_pairwise_gives_the_same_rows_each_time() -> None:
    assert choose(AXES, "pairwise") == choose(dict(AXES), "pairwise")


def test_each_shows_every_entry_once() -> None:
    rows = choose(AXES, "each")

    assert rows == [
        {"preset": "a", "kube": "1.25", "storage": "disk", "release": "x"},
        {"preset": "b", "kube": "1.30", "storage": "memory", "release": "y"},
        {"preset": "b", "kube": "1.34", "storage": "memory", "release": "y"},
    ]


@pytest.mark.parametrize("strategy", ["full", "pairwise", "each"])
def test_one_axis_alone_gives_each_of_its_entries(strategy: str) -> None:
    assert choose({"kube": ["1", "2"]}, strategy) == [{"kube": "1"}, {"kube": "2"}]  # type: ignore[arg-type]


@pytest.mark.parametrize("strategy", ["full", "pairwise", "each"])
def test_no_axes_give_no_cases(strategy: str) -> None:
    assert choose({}, strategy) == []  # type: ignore[arg-type]
