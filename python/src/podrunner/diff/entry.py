"""One thing that differs, and what it leads to; the same thing in many cases is one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from podrunner.manifests.difference.objects import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.manifests.difference.objects import Difference


class Consequence(Enum):
    """What a change leads to, the worst first."""

    IMMUTABLE = "cannot be applied"
    RESTART = "restarts pods"
    WIDER = "widens permissions, Pod Security or reach"
    CASE = "renders on one side only"
    OTHER = "changes otherwise"


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """`difference` is None for what follows from several fields, such as a Pod Security level.

    `subject` is the object as people call it, `text` how it differs, `advice` what to do about it.
    """

    consequence: Consequence
    subject: str
    text: str
    difference: Difference | None = None
    advice: str = ""

    @property
    def path(self) -> str:
        """The field; empty for a whole object and for what is not a field."""
        return self.difference.path if self.difference else ""

    def __str__(self) -> str:
        """`Deployment/ci: spec.replicas: 1 → 2`."""
        return ": ".join(part for part in (self.subject, self.path, self.text) if part)

    def key(self, fullname: str, plain: str) -> str:
        """Equal for what is the same in another release: its full name is written as the plain one."""
        values = (
            [_written(value) for value in (self.difference.before, self.difference.after)] if self.difference else []
        )
        parts = [self.consequence.name, self.subject, self.path, self.advice, *(values or [self.text])]
        return re.sub(rf"(?<![\w.-]){re.escape(fullname)}(?![\w.])", plain, "\0".join(parts))


def _written(value: Any) -> str:
    return "" if value is ABSENT else json.dumps(value, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One case on both sides. `fullname` is what its release calls its objects, `plain` that without a release.

    `unsteady` are the fields that differ whenever they are rendered, and are not among the entries.
    """

    case: str
    entries: tuple[DiffEntry, ...] = ()
    fullname: str = ""
    plain: str = ""
    # Why neither side renders it; empty when one does.
    refusal: str = ""
    unsteady: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One entry, named as in the first of the `cases` that show it; `objects` are its names in each of them."""

    entry: DiffEntry
    cases: tuple[str, ...]
    subjects: tuple[str, ...]


def group(outcomes: Iterable[ComparedCase]) -> list[Group]:
    """Every entry once, by consequence, those of many cases first, then in the order of the objects."""
    found: dict[str, list[tuple[DiffEntry, str]]] = {}
    for outcome in outcomes:
        for entry in outcome.entries:
            found.setdefault(entry.key(outcome.fullname, outcome.plain), []).append((entry, outcome.case))
    groups = [
        Group(seen[0][0], tuple(case for _, case in seen), tuple(entry.subject for entry, _ in seen))
        for seen in found.values()
    ]
    order = list(Consequence)
    return sorted(groups, key=lambda one: (order.index(one.entry.consequence), -len(one.cases), one.cases))
