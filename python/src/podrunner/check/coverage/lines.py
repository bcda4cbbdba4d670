"""Templates line by line: which lines no case reaches, and where a branch is only taken one way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from podrunner.check.coverage.actions import find_actions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from podrunner.check.coverage.branches import Branch
    from podrunner.check.coverage.exercise import Exercised

_OPENS = ("if", "with", "range", "define", "block")


class Reach(Enum):
    """What the cases do with a line. A line without a branch of its own that is reached has nothing to say."""

    PLAIN = ""
    TAKEN = "taken"
    PARTLY = "partly"
    MISSED = "missed"
    # Missed, and the file of exceptions says why that is right.
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class CoveredTemplate:
    """One template: `lines` are (text, reach), `missed` names the branches that no case takes."""

    name: str
    lines: tuple[tuple[str, Reach], ...]
    branches: int
    missed: tuple[str, ...]


def cover_lines(
    templates: Mapping[str, str], exercised: Exercised, excused: Collection[str] = ()
) -> tuple[CoveredTemplate, ...]:
    """Every template that has branches, by name. `excused` are the names of branches that no case has to take."""
    found = []
    for name, text in templates.items():
        branches = [branch for branch in exercised.branches if branch.template == name]
        missed = [branch for branch in exercised.missed if branch.template == name]
        if branches:
            reach = _reach(text, branches, missed, excused)
            lines = enumerate(text.splitlines(), start=1)
            covered = tuple((line, reach.get(number, Reach.PLAIN)) for number, line in lines)
            found.append(CoveredTemplate(name, covered, len(branches), _wanted(missed, excused)))
    return tuple(found)


def _wanted(missed: list[Branch], excused: Collection[str]) -> tuple[str, ...]:
    return tuple(branch.text for branch in missed if branch.name not in excused)


def _reach(text: str, branches: list[Branch], missed: list[Branch], excused: Collection[str]) -> dict[int, Reach]:
    reach = dict.fromkeys((branch.line for branch in branches), Reach.TAKEN)
    for branch in missed:
        others = [one for one in branches if one.line == branch.line and one not in missed]
        worst = Reach.EXCUSED if branch.name in excused else Reach.MISSED
        reach[branch.line] = Reach.PARTLY if others and worst is Reach.MISSED else worst
    for branch in missed:
        worst = Reach.EXCUSED if branch.name in excused else Reach.MISSED
        reach |= dict.fromkeys(_body(text, branch), worst)
    return reach


def _body(text: str, branch: Branch) -> Iterator[int]:
    """The lines between a branch's action and the one that ends it; none for a branch that is not written."""
    if branch.before:
        return
    depth = 0
    for action in find_actions(text):
        if action.start < branch.offset:
            continue
        if depth == 0 and action.word in ("else", "end"):
            yield from range(text.count("\n", 0, branch.offset) + 2, action.line)
            return
        depth += (action.word in _OPENS) - (action.word == "end")
