"""Which safe mode and driver is the fastest, and is it the chart's default?"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import geometric_mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.build.measurement import Results

# Two that differ by less are equally fast: builds of one and the same cell differ as much.
TIE = 1.10


@dataclass(frozen=True, slots=True)
class Verdict:
    """`scores` are geometric means of seconds over the Containerfiles, of the safe cells, fastest first."""

    scores: tuple[tuple[tuple[str, str], float], ...]
    default: tuple[str, str]

    @property
    def holds(self) -> bool:
        """Whether the default is the fastest safe one, or as fast."""
        scores = dict(self.scores)
        return self.default in scores and scores[self.default] <= self.scores[0][1] * TIE

    def __str__(self) -> str:
        if not self.scores:
            return "No safe mode was measured."
        scores = dict(self.scores)
        fastest, best = self.scores[0]
        name, default = _name(fastest), _name(self.default)
        if self.default not in scores:
            return f"The fastest safe one is {name}. The chart's default, {default}, was not measured."
        if fastest == self.default:
            return f"The fastest safe one is the chart's default: {default}."
        slower = f"{100 * (scores[self.default] / best - 1):.0f} %"
        if self.holds:
            return (
                f"The chart's default, {default}, is as fast as any safe one: {name} differs by {slower}, and a "
                f"difference below {100 * (TIE - 1):.0f} % is noise here."
            )
        return f"The fastest safe one is {name}; the chart's default, {default}, is {slower} slower."


def judge(results: Results) -> Verdict:
    """Compares the cells whose mode is safe, and which have a measurement of each Containerfile."""
    workloads = {one.workload for one in results.measurements}
    times: dict[tuple[str, str], list[float]] = {}
    for one in results.measurements:
        if one.place in results.safe:
            times.setdefault((one.place, one.driver), []).append(one.time)
    scores = {cell: geometric_mean(found) for cell, found in times.items() if len(found) == len(workloads)}
    return Verdict(tuple(sorted(scores.items(), key=lambda item: item[1])), results.default)


def _name(cell: tuple[str, str]) -> str:
    return f"`{cell[0]}` with {cell[1]}"
