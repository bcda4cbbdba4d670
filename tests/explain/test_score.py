"""How often the first diagnosis is right, on the labelled logs, and that their labels are whole."""

from __future__ import annotations

import pytest

from bench.explain.judge import Outcome, Verdict, judge
from bench.explain.labelled import FOLDER, read_causes, read_labels
from bench.explain.table import list_faults, make_table, share
from bench.score import HALVES
from podrunner.explain.catalogue import load_catalogue

VOCABULARY = read_causes()
# Bounds for the held-out half, just beside what is measured: they only get tighter.
RIGHT_FIRST_AT_LEAST = 0.92
WRONG_FIRST_AT_MOST = 0.07
HARMFUL_AT_MOST = 2
DANGEROUS_AT_MOST = 0
CERTAIN_IS_RIGHT_AT_LEAST = 0.97
LIKELY_IS_RIGHT_AT_LEAST = 0.90


@pytest.fixture(scope="module")
def held_out() -> list[Verdict]:
    return [judge(label, VOCABULARY) for label in read_labels("held-out")]


def test_the_true_cause_is_first_with_a_fix_that_leads_there(held_out: list[Verdict]) -> None:
    assert share(held_out, Outcome.RIGHT) >= RIGHT_FIRST_AT_LEAST, make_table("held-out", held_out)


def test_another_cause_is_seldom_first(held_out: list[Verdict]) -> None:
    assert share(held_out, Outcome.WRONG) <= WRONG_FIRST_AT_MOST, make_table("held-out", held_out)


def test_no_log_ends_in_a_traceback(held_out: list[Verdict]) -> None:
    assert [one.label.file.name for one in held_out if one.outcome is Outcome.TRACEBACK] == []


def test_no_secret_of_a_log_is_shown(held_out: list[Verdict]) -> None:
    assert [(one.label.file.name, one.secrets) for one in held_out if one.secrets] == []


def test_what_would_do_harm_does_not_become_more(held_out: list[Verdict]) -> None:
    assert sum(one.harmful for one in held_out) <= HARMFUL_AT_MOST
    assert sum(bool(one.dangerous) for one in held_out) <= DANGEROUS_AT_MOST


@pytest.mark.parametrize(
    ("certainty", "at_least"), [("certain", CERTAIN_IS_RIGHT_AT_LEAST), ("likely", LIKELY_IS_RIGHT_AT_LEAST)]
)
def test_a_certainty_is_worth_what_the_documentation_says(
    held_out: list[Verdict], certainty: str, at_least: float
) -> None:
    said = [one for one in held_out if one.certainty == certainty]

    assert share(said, Outcome.RIGHT, Outcome.WITHOUT_FIX) >= at_least, make_table("held-out", held_out)


@pytest.mark.parametrize("half", HALVES)
def test_every_log_has_a_label(half: str) -> None:
    assert [label.file.name for label in read_labels(half)] == sorted(log.name for log in (FOLDER / half).glob("*.log"))


@pytest.mark.parametrize("half", HALVES)
def test_labels_name_only_causes_of_the_vocabulary(half: str) -> None:
    strangers = {label.file.name: label.slugs - set(VOCABULARY) for label in read_labels(half)}

    assert {name: slugs for name, slugs in strangers.items() if slugs} == {}


@pytest.mark.parametrize("half", HALVES)
def test_secrets_of_labels_are_in_their_logs(half: str) -> None:
    missing = [
        (label.file.name, secret)
        for label in read_labels(half)
        for secret in label.secrets
        if secret not in label.file.read_text(encoding="utf-8")
    ]

    assert missing == []


def test_the_catalogue_names_only_causes_of_the_vocabulary() -> None:
    strangers = {entry.id: entry.causes - set(VOCABULARY) for entry in load_catalogue()}

    assert {name: slugs for name, slugs in strangers.items() if slugs} == {}


def test_both_halves_are_as_large() -> None:
    sizes = {half: len(read_labels(half)) for half in HALVES}

    assert sizes == {"held-out": 210, "seen": 209}


def test_what_is_not_right_is_listed(held_out: list[Verdict]) -> None:
    wrong = [one for one in held_out if one.outcome is Outcome.WRONG]

    assert len(list_faults(wrong).splitlines()) == len(wrong)
