"""What was measured, and the file it is kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Series:
    """Repeated measurements of one thing, in the order they were taken."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: `value` is made from `series`. `limit` is the bound it has to keep; None for none.

    `at_least` says on which side: 15 times as fast or more, 250 ms or less.
    """

    what: str
    value: float
    unit: str
    series: tuple[Series, ...]
    limit: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value keeps its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run: `about` describes it and the machine, label → text."""

    about: dict[str, str]
    measures: tuple[Measure, ...] = field(default=())


def save(results: Results, file: Path) -> None:
    """Writes the results as JSON."""
    file.write_text(json.dumps(asdict(results), indent=2) + "\n", encoding="utf-8")


def load(file: Path) -> Results:
    """Reads what `save` wrote. Raises UsageError when there is no file, PodrunnerError when something is wrong with it."""
    try:
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Results(data["about"], tuple(_measure(one) for one in data["measures"]))
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file. A run without --redraw makes it.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise PodrunnerError(
            f"{file}: not results of this program: {error}. A run without --redraw makes it."
        ) from None


def _measure(data: dict[str, Any]) -> Measure:
    series = tuple(Series(one["name"], one["unit"], tuple(one["values"])) for one in data["series"])
    return Measure(**(data | {"series": series}))
