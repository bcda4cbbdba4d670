"""The result: does a candidate fit a node, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.preflight.candidate import Candidate


class Answer(Enum):
    """YES was seen to work. LIKELY: nothing speaks against it, nobody tried. UNKNOWN: it could not be tried."""

    YES = "yes"
    LIKELY = "likely"
    NO = "no"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the answer is not yes. `code` is for programs, `fix` what to change, `seen` the lines it is judged by."""

    code: str
    text: str
    fix: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell of the table; `reason` is None for a yes."""

    candidate: Candidate
    node: str
    answer: Answer
    reason: Reason | None = None
