"""A comparison as all formats see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.diff.entry import Consequence
from podrunner.findings.suggest import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.diff.entry import Group

HEADINGS = {
    Consequence.IMMUTABLE: "Cannot be applied",
    Consequence.RESTART: "Restarts pods",
    Consequence.WIDER: "Widens permissions, Pod Security or reach",
    Consequence.CASE: "Renders on one side only",
    Consequence.OTHER: "Changes otherwise",
}


_APPLY = "Apply them before the upgrade: kubectl apply --server-side -f crds/"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`old` and `new` as the user typed them, the names of all cases, and why neither side renders some of them.

    `unsteady` are fields, `Secret/ci: data.password`, that differ whenever they are rendered: they are not compared.
    `crds` are those of crds/ that differ, `lamps.example.com (changed)`.
    """

    old: str
    new: str
    cases: tuple[str, ...]
    refused: dict[str, str]
    groups: tuple[Group, ...]
    unsteady: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()

    def sections(self) -> Iterator[tuple[str, Consequence, list[Group]]]:
        """(heading, consequence, groups), the worst first; empty ones are left out."""
        for consequence, heading in HEADINGS.items():
            found = [group for group in self.groups if group.entry.consequence is consequence]
            if found:
                yield heading, consequence, found

    def summary(self) -> str:
        """`3 objects differ in 38 of 40 cases: cannot be applied (1), restarts pods (2)`."""
        if not self.groups:
            return f"no difference in {_count(len(self.cases), 'case')}{self._unrendered()}"
        objects = {group.entry.subject for group in self.groups if group.entry.difference}
        touched = {case for group in self.groups for case in group.cases}
        verb = "differs" if len(objects) == 1 else "differ"
        head = f"{_count(len(objects), 'object')} {verb} in {self.of_cases(len(touched))}" if objects else ""
        counts = Counter(group.entry.consequence for group in self.groups)
        parts = [f"{one.value} ({counts[one]})" for one in Consequence if counts[one] and one is not Consequence.OTHER]
        return ": ".join(part for part in (head, ", ".join(parts)) if part) + self._unrendered()

    def remarks(self) -> tuple[str, ...]:
        """Sentences about what is no change by the upgrade: what was not compared, and CRDs."""
        said = {
            f"Differs whenever it is rendered, and is not compared: {listed(self.unsteady)}.": self.unsteady,
            f"CRDs in crds/ differ, which helm upgrade leaves as they are: {listed(self.crds)}. {_APPLY}": self.crds,
        }
        return tuple(sentence for sentence, names in said.items() if names)

    def of_cases(self, number: int) -> str:
        """`all 40 cases`, `3 of 40 cases`, `the one case`."""
        total = len(self.cases)
        if total == 1:
            return "the one case"
        return f"all {total} cases" if number == total else f"{number} of {total} cases"

    def where(self, group: Group, show: Callable[[str], str] = str) -> str:
        """In which cases: nothing to say when there is only one. `show` writes the name of a case."""
        if len(self.cases) == 1:
            return ""
        first = f", first {show(group.cases[0])}" if len(group.cases) < len(self.cases) else ""
        return f"in {self.of_cases(len(group.cases))}{first}"

    def _unrendered(self) -> str:
        if not self.refused:
            return ""
        case, reason = next(iter(self.refused.items()))
        which = "" if len(self.cases) == 1 else f"{'first ' if len(self.refused) > 1 else ''}{case}: "
        return f" ({len(self.refused)} rendered by neither, {which}{reason.rstrip('.')})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
