"""Which combinations of an axes' entries become cases."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Strategy = Literal["full", "pairwise", "each"]
STRATEGIES: tuple[Strategy, ...] = ("full", "pairwise", "each")
Row = dict[str, str]


def choose(axes: Mapping[str, Sequence[str]], strategy: Strategy) -> list[Row]:
    """Rows of axis → entry. Always the same rows in the same order for the same axes.

    `full` is every combination, `pairwise` lets every two entries of different axes meet, `each` shows every entry.
    """
    if not axes:
        return []
    if strategy == "full" or len(axes) == 1:
        return [dict(zip(axes, row, strict=True)) for row in itertools.product(*axes.values())]
    if strategy == "each":
        longest = max(len(entries) for entries in axes.values())
        return [{name: entries[min(i, len(entries) - 1)] for name, entries in axes.items()} for i in range(longest)]
    return _pairwise(axes)


def _pairwise(axes: Mapping[str, Sequence[str]]) -> list[Row]:
    import covertable

    rows = covertable.make({name: list(entries) for name, entries in axes.items()}, strength=2)
    order = {name: {entry: i for i, entry in enumerate(entries)} for name, entries in axes.items()}
    straight = [{name: row[name] for name in axes} for row in rows]
    # In the order of the file: a report is easier to read, and a diff of two reports is short.
    return sorted(straight, key=lambda row: [order[name][entry] for name, entry in row.items()])
