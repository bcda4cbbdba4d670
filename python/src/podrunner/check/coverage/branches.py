"""The branches of a template, and the template with probes in them.

A probe is an action with the number of its branch. `FAIL` changes nothing where it is not reached, and where it is
reached, Helm names it, whatever the context is: a helper that is given a string has probes, too. But it ends the render.
`NOTE` goes on: it writes the number down in the root context, where the context has that in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.check.coverage.actions import Action, find_actions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

PROBE = "podrunner-branch-"
FAIL = f'{{{{ fail "{PROBE}%d." }}}}'
NOTE = f'{{{{ include "{PROBE}note" (list $ "%d") }}}}'


@dataclass(frozen=True, slots=True)
class Branch:
    """One way through a template. `text` is the action that chooses it: `if .Values.x`, `not: if .Values.x`.

    `offset` is where its probe goes, `before` what has to be written before the probe.
    """

    template: str
    line: int
    text: str
    offset: int
    before: str = ""

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
    return Branch(template, action.line, text, action.end)


def _unwritten(template: str, first: Action, end: Action) -> Branch:
    # The text before `{{- end }}` is trimmed: it must be before `{{- else }}`, too.
    dash = "-" if end.trims else ""
    return Branch(template, first.line, f"not: {first.text}", end.start, f"{{{{{dash} else }}}}")


def with_probes(text: str, branches: Sequence[Branch], numbers: Collection[int], probe: str = FAIL) -> str:
    """The template with a probe in each branch whose place in `branches` is one of `numbers`."""
    return "".join(_pieces(text, branches, numbers, probe))


def _pieces(text: str, branches: Sequence[Branch], numbers: Collection[int], probe: str) -> Iterator[str]:
    done = 0
    for number in sorted(numbers, key=lambda number: branches[number].offset):
        branch = branches[number]
        yield text[done : branch.offset]
        yield branch.before + probe % number
        done = branch.offset
    yield text[done:]
