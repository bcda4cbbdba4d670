"""The results as a table, for docs/bench.md and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.check.results import Measure, Results, Series


def make_block(results: Results) -> str:
    """Both tables and the machine, as Markdown."""
    lines = ["| what | measured | target | holds |", "| --- | ---: | ---: | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in rows(results)]
    lines += ["", "The times behind these lines, as the median (lowest to highest) of so many:", ""]
    lines += ["| what | time | of |", "| --- | ---: | ---: |"]
    every = dict.fromkeys(series for measure in results.measures for series in measure.series)
    lines += [f"| {_escaped(one.name)} | {_spread(one)} | {len(one.values)} |" for one in every]
    lines += ["", *(f"- {label}: {text}" for label, text in results.about.items())]
    return "\n".join(lines) + "\n"


def rows(results: Results) -> list[tuple[str, str, str, str]]:
    """What, measured, target, holds: one for each measure."""
    return [
        (_escaped(one.what), f"{_number(one.value)} {one.unit}", _target(one), _verdict(one))
        for one in results.measures
    ]


def as_text(results: Results) -> str:
    """The first table for a terminal."""
    table = [("what", "measured", "target", "holds"), *rows(results)]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join(lines).replace("\\|", "|") + "\n"


def _target(one: Measure) -> str:
    if one.limit is None:
        return ""
    return f"{'≥' if one.at_least else '≤'} {one.limit:g}"


def _verdict(one: Measure) -> str:
    if one.limit is None:
        return ""
    return "yes" if one.holds else "**no**"


def _spread(one: Series) -> str:
    if len(one.values) == 1:
        return f"{_number(one.middle)} {one.unit}"
    return f"{_number(one.middle)} {one.unit} ({_number(min(one.values))} to {_number(max(one.values))})"


def _number(value: float) -> str:
    """Three digits at least."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
