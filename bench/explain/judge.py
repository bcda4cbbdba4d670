"""What `podrunner explain` says of one log, held against what is true of it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from podrunner.explain.catalogue import load_catalogue
from podrunner.explain.diagnosis import examine
from podrunner.explain.report import write_text
from podrunner.explain.trace import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.explain.labelled import Label, TrueCause
    from podrunner.explain.diagnosis import Diagnosis, Explanation

# Of such a log, the right answer is that no cause is found.
_WITHOUT_CAUSE = frozenset({"nothing", "log-incomplete"})
_SHORT = 3


class Outcome(Enum):
    """Of the first diagnosis that names a cause."""

    RIGHT = "right first"
    WITHOUT_FIX = "right, fix leads elsewhere"
    WRONG = "wrong first"
    NONE = "none"
    TRACEBACK = "traceback"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One log. `said` is the id of the first diagnosis, empty for none; `certainty` what is said of it, such as "certain".

    `harmful`: it tells one of the label's must-not. `secrets` and `dangerous` are found anywhere in what is shown.
    """

    label: Label
    who: str
    outcome: Outcome
    said: str = ""
    certainty: str = ""
    harmful: bool = False
    secrets: tuple[str, ...] = ()
    dangerous: tuple[str, ...] = ()


def judge(label: Label, vocabulary: Mapping[str, TrueCause]) -> Verdict:
    """Explains the log of a label, and judges what was said."""
    who = vocabulary[label.causes[0]].who
    try:
        with label.file.open("rb") as file:
            explanation = examine(read_lines(file))
        shown = write_text(explanation, [], []) + json.dumps(asdict(explanation), ensure_ascii=False)
    except Exception:  # whatever it is, a user would see a traceback
        return Verdict(label, who, Outcome.TRACEBACK)
    first = explanation.cause
    causes = load_catalogue()[first.id].causes if first else frozenset()
    true = [vocabulary[slug] for slug in label.causes]
    return Verdict(
        label,
        who,
        _outcome(first, causes, true),
        said=first.id if first else "",
        certainty=str(asdict(first).get("certainty", "")) if first else "",
        harmful=bool(causes & {*label.must_not}),
        secrets=tuple(one for one in label.secrets if one in shown),
        dangerous=_dangerous(explanation, true),
    )


def _outcome(first: Diagnosis | None, causes: frozenset[str], true: list[TrueCause]) -> Outcome:
    if first is None:
        return Outcome.RIGHT if any(one.slug in _WITHOUT_CAUSE for one in true) else Outcome.NONE
    told = [one for one in true if one.slug in causes]
    if not told:
        return Outcome.WRONG
    advice = _advice(first)
    leads_there = any(not one.fix or _holds(advice, one.fix) for one in told)
    return Outcome.RIGHT if leads_there else Outcome.WITHOUT_FIX


def _dangerous(explanation: Explanation, true: list[TrueCause]) -> tuple[str, ...]:
    """Texts of advice that are dangerous whichever of the accepted causes it is."""
    texts = set.intersection(*({*one.danger} for one in true))
    advice = [_advice(one) for one in explanation.diagnoses if one.names_a_cause]
    return tuple(sorted(text for text in texts if any(_holds(one, [text]) for one in advice)))


def _advice(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.fix}\n{diagnosis.values}"


def _holds(text: str, words: Iterable[str]) -> bool:
    """Whether a word begins in the text, in any case of letters: "execut" finds "executable", "IP" not "pipeline"."""
    return any(_begins(word).search(text) for word in words)


@cache
def _begins(word: str) -> re.Pattern[str]:
    # A short one has to end there, too.
    end = r"(?![A-Za-z])" if len(word) <= _SHORT else ""
    return re.compile(rf"(?<![A-Za-z]){re.escape(word)}{end}", re.IGNORECASE)
