"""The cases of a matrix as a table: its first two axes, and in each cell the cases that have both entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.check.result import Result

Entries = dict[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells` is row → column → places of the results; `others` are those that are not of the axes."""

    row_axis: str
    column_axis: str
    columns: tuple[str, ...]
    cells: dict[str, dict[str, list[int]]]
    others: tuple[int, ...]


def entries(name: str) -> Entries:
    """`preset=privileged,kube=1.34` as axis → entry; what is of no axis is under "". Empty for an explicit case."""
    parts = [part.rpartition("=") for part in name.split(",")]
    return {axis: entry for axis, _, entry in parts} if parts[0][0] else {}


def make_grid(results: Sequence[Result]) -> Grid:
    """The grid of some results; without axes in their names every case is one of the others."""
    named = [entries(result.case.name) for result in results]
    axes = list(sorted(named, key=len)[-1]) if named else []
    row, column = [*axes, "", ""][:2]
    inside = [number for number, one in enumerate(named) if row and row in one]
    columns = tuple(dict.fromkeys(named[number].get(column, "") for number in inside))
    cells: dict[str, dict[str, list[int]]] = {}
    for number in inside:
        line = cells.setdefault(named[number][row], {name: [] for name in columns})
        line[named[number].get(column, "")].append(number)
    others = tuple(number for number in range(len(named)) if number not in inside)
    return Grid(row, column, columns, cells, others)
