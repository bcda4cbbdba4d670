"""What `podrunner import` makes of one configuration, held against what must be true of it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bench.importing.faults import Fault, find_faults, names
from bench.importing.labelled import read_labels
from bench.importing.trial import Trial, run

if TYPE_CHECKING:
    from bench.importing.labelled import Label


class Outcome(Enum):
    """Of one import."""

    RIGHT = "strictly right"
    SAID = "wrong, but said"
    SILENT = "silently lost or wrong"
    REFUSED = "refused wrongly"
    TRACEBACK = "traceback"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One import. `reasons` are why it is not right; `secrets` those of the file that are shown."""

    label: Label
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def judge_half(half: str) -> list[Verdict]:
    """All verdicts of a half, by name of the file."""
    labels = read_labels(half)
    # A copy of this process would stop: Helm's threads are not in it.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(judge, labels, chunksize=4))


def judge(label: Label) -> Verdict:
    """Imports the file of a label, and judges what came of it."""
    trial = run(label)
    outcome, reasons = _outcome(label, trial)
    return Verdict(label, outcome, tuple(reasons), tuple(one for one in label.secrets if one in trial.shown))


def _outcome(label: Label, trial: Trial) -> tuple[Outcome, list[str]]:
    if trial.trace:
        return Outcome.TRACEBACK, [trial.trace.splitlines()[-1]]
    if label.error is not None:
        return _of_error(label, trial)
    if label.needs:
        return _of_needs(label, trial)
    if trial.is_refused:
        return Outcome.REFUSED, [trial.said.strip()]
    faults = find_faults(trial, label.expected)
    tried = [find_faults(trial, group) for group in label.any_of]
    if tried and all(tried):
        nearest = min(tried, key=len)
        faults += nearest
    if trial.exit_code and not label.may_fail_check:
        wrong = trial.said.partition("still wrong, says `podrunner check`:\n")[2]
        faults.append(Fault(f"does not pass the check: {wrong.strip()}", is_said=True))
    if not faults:
        return Outcome.RIGHT, []
    outcome = Outcome.SAID if all(one.is_said for one in faults) else Outcome.SILENT
    return outcome, [one.text for one in faults]


def _of_error(label: Label, trial: Trial) -> tuple[Outcome, list[str]]:
    wanted = label.error or {}
    if not trial.is_refused:
        return Outcome.SILENT, [f"is imported, although line {wanted.get('line', '?')} is wrong"]
    words = wanted.get("words", ())
    place = f"{label.file.name}:{wanted['line']}:" if "line" in wanted else ""
    if names(trial.said, [place, *words]):
        return Outcome.RIGHT, []
    return Outcome.SAID, [f"no line has {', '.join([place, *words])}: {trial.said.strip()}"]


def _of_needs(label: Label, trial: Trial) -> tuple[Outcome, list[str]]:
    if not trial.exit_code:
        return Outcome.SILENT, ["passes the check, although it cannot run"]
    missing = [words for words in label.needs if not names(trial.said, words)]
    if missing:
        return Outcome.SAID, [f"no line has {missing}: {trial.said.strip()}"]
    return Outcome.RIGHT, []
