"""How often an import is strictly right, on the labelled configurations, and that their labels are whole."""

from __future__ import annotations

import pytest

from bench.importing.judge import Outcome, Verdict, judge_half
from bench.importing.labelled import FOLDER, read_labels
from bench.importing.table import list_faults, make_table, share
from bench.score import HALVES

pytestmark = pytest.mark.process
# Bounds for the held-out half, just beside what is measured: they only get tighter.
RIGHT_AT_LEAST = 0.91
SILENT_AT_MOST = 0.075
REFUSED_AT_MOST = 0.0


@pytest.fixture(scope="module")
def held_out() -> list[Verdict]:
    return judge_half("held-out")


def test_imports_are_strictly_right(held_out: list[Verdict]) -> None:
    assert share(held_out, Outcome.RIGHT) >= RIGHT_AT_LEAST, make_table("held-out", held_out)


def test_little_is_lost_without_a_word(held_out: list[Verdict]) -> None:
    assert share(held_out, Outcome.SILENT) <= SILENT_AT_MOST, make_table("held-out", held_out)


def test_little_is_refused_that_can_be_imported(held_out: list[Verdict]) -> None:
    assert share(held_out, Outcome.REFUSED) <= REFUSED_AT_MOST, make_table("held-out", held_out)


def test_no_configuration_ends_in_a_traceback(held_out: list[Verdict]) -> None:
    assert [one.label.file.name for one in held_out if one.outcome is Outcome.TRACEBACK] == []


def test_no_secret_of_a_configuration_is_shown(held_out: list[Verdict]) -> None:
    assert [(one.label.file.name, one.secrets) for one in held_out if one.secrets] == []


def test_what_is_not_right_is_listed_with_its_reason(held_out: list[Verdict]) -> None:
    wrong = [one for one in held_out if one.outcome is not Outcome.RIGHT]

    assert all(one.reasons for one in wrong)
    assert [line for line in list_faults(held_out).splitlines() if not line.startswith(" ")] == [
        f"{one.label.file.name}: {one.outcome.value}. {one.label.what}" for one in wrong
    ]


@pytest.mark.parametrize("half", HALVES)
def test_every_configuration_has_a_label(half: str) -> None:
    files = sorted(file.name for file in (FOLDER / half).iterdir() if file.is_file() and file.name != "labels.yaml")

    assert [label.file.name for label in read_labels(half)] == files


@pytest.mark.parametrize("half", HALVES)
def test_secrets_of_labels_are_in_their_files(half: str) -> None:
    missing = [
        (label.file.name, secret)
        for label in read_labels(half)
        for secret in label.secrets
        if secret not in label.file.read_text(encoding="utf-8") and label.file.name != "secret-base64.yaml"
    ]

    assert missing == []


def test_both_halves_are_as_large() -> None:
    assert {half: len(read_labels(half)) for half in HALVES} == {"held-out": 68, "seen": 67}
