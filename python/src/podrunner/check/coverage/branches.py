"""The branches of a template, and the template with probes in them.

A probe is `fail` with the number of its branch. It prints nothing and changes nothing where it is not reached, and
where it is reached, Helm names it, whatever the context is: a helper that is given a string has probes, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.check.coverage.actions import Action, find_actions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

PROBE = "podrunner-branch-"


@dataclass(frozen=True, slots=True)
class Branch:
    """One way through a template. `text` is the action that chooses it: `if .Values.x`, `not: if .Values.x`.

    `offset` is where its probe goes, `probe` the probe with a place for its number.
    """

    template: str
    line: int
    text: str
    offset: int
    probe: str

    @property
    def name(self) -> str:
        """How an exception names it, whatever the line."""
        return f"{self.template}: {self.text}"


def find_branches(template: str, text: str) -> list[Branch]:
    """Every branch, with the ones that are not written: an `if` or `with` without `else` may do nothing.

    A loop over nothing is not one: most loops are never empty, and an empty one has nothing that could be wrong.
    """
    branches: list[Branch] = []
    opened: list[tuple[Action, bool]] = []
    for action in find_actions(text):
        if action.word in ("if", "with", "range", "define", "block"):
            opened.append((action, action.word in ("range", "define", "block")))
            branches.append(_branch(template, action, action.text))
        elif action.word == "else" and opened:
            first, _ = opened[-1]
            closes = action.text == "else"
            name = f"not: {first.text}" if closes else action.text
            branches.append(_branch(template, action, name))
            opened[-1] = (first if closes else action, closes)
        elif action.word == "end" and opened:
            first, closed = opened.pop()
            if not closed:
                branches.append(_unwritten(template, first, action))
    return sorted(branches, key=lambda branch: branch.offset)


def _branch(template: str, action: Action, text: str) -> Branch:
    return Branch(template, action.line, text, action.end, '{{ fail "%s" }}')


def _unwritten(template: str, first: Action, end: Action) -> Branch:
    # The text before `{{- end }}` is trimmed: it must be before `{{- else }}`, too.
    dash = "-" if end.trims else ""
    return Branch(template, first.line, f"not: {first.text}", end.start, "{{" + dash + ' else }}{{ fail "%s" }}')


def with_probes(text: str, branches: Sequence[Branch], numbers: Collection[int]) -> str:
    """The template with a probe in each branch whose place in `branches` is one of `numbers`."""
    return "".join(_pieces(text, branches, numbers))


def _pieces(text: str, branches: Sequence[Branch], numbers: Collection[int]) -> Iterator[str]:
    done = 0
    for number in sorted(numbers, key=lambda number: branches[number].offset):
        branch = branches[number]
        yield text[done : branch.offset]
        yield branch.probe % f"{PROBE}{number}."
        done = branch.offset
    yield text[done:]
