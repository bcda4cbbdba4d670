"""Which combinations of an axes' entries become cases."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Strategy = Literal["full", "pairwise", "each"]
STRATEGIES: tuple[Strategy, ...] = ("full", "pairwise", "each")
Row = dict[str, str]
# Entries, by axis, that never meet all together: {"preset": ["user-namespace"], "kube": ["1.25", "1.30"]}.
Exclusion = dict[str, list[str]]


def choose(axes: Mapping[str, Sequence[str]], strategy: Strategy, exclude: Sequence[Exclusion] = ()) -> list[Row]:
    """Rows of axis → entry, none of them excluded. Always the same rows in the same order for the same axes.

    `full` is every combination, `pairwise` lets every two entries of different axes meet, `each` shows every entry.
    An exclusion that names an axis that is not there excludes nothing.
    """
    if not axes:
        return []
    binding = [exclusion for exclusion in exclude if exclusion.keys() <= axes.keys()]
    if strategy == "full" or len(axes) == 1:
        rows = (dict(zip(axes, row, strict=True)) for row in itertools.product(*axes.values()))
        return [row for row in rows if not any(_excludes(exclusion, row) for exclusion in binding)]
    if strategy == "each" and not binding:
        longest = max(len(entries) for entries in axes.values())
        return [{name: entries[min(i, len(entries) - 1)] for name, entries in axes.items()} for i in range(longest)]
    return _covering(axes, 1 if strategy == "each" else 2, binding)


def _excludes(exclusion: Exclusion, row: Mapping[str, str]) -> bool:
    return all(row[axis] in entries for axis, entries in exclusion.items())


def _covering(axes: Mapping[str, Sequence[str]], strength: int, exclude: Sequence[Exclusion]) -> list[Row]:
    import covertable

    constraints = [
        {
            "operator": "fn",
            "requires": list(exclusion),
            "evaluate": lambda row, each=exclusion: not _excludes(each, row),
        }
        for exclusion in exclude
    ]
    entries = {name: list(entries) for name, entries in axes.items()}
    rows = covertable.make(entries, strength=strength, constraints=constraints or None)
    order = {name: {entry: i for i, entry in enumerate(entries)} for name, entries in axes.items()}
    straight = [{name: row[name] for name in axes} for row in rows]
    # In the order of the file: a report is easier to read, and a diff of two reports is short.
    return sorted(straight, key=lambda row: [order[name][entry] for name, entry in row.items()])
