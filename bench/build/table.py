"""The numbers as a table: rows for Markdown, and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.build.measurement import HOST, WORKLOADS

if TYPE_CHECKING:
    from bench.build.measurement import Measurement, Results

Row = tuple[str, ...]


def make_rows(results: Results) -> list[Row]:
    """A heading, then a row for each place and driver. Empty texts where there is no number."""
    heading = ["preset", "storage driver"]
    for title in WORKLOADS.values():
        heading += [f"{title}: time", "ratio to host", "disk"]
    rows = [tuple(heading)]
    for place, driver in results.cells:
        row = [place if place != HOST else "none: on the host", driver]
        for workload in WORKLOADS:
            row += _numbers(results, results.find(place, driver, workload))
        rows.append(tuple(row))
    return rows


def _numbers(results: Results, one: Measurement | None) -> list[str]:
    if one is None:
        return ["", "", ""]
    ratio = results.ratio(one)
    return [_time(one), f"{ratio:.2f}" if ratio is not None else "", f"{one.megabytes:,.0f} MB".replace(",", " ")]


def _time(one: Measurement) -> str:
    if len(one.seconds) == 1:
        return f"{one.time:.1f} s"
    return f"{one.time:.1f} s ({min(one.seconds):.1f} to {max(one.seconds):.1f})"


def as_markdown(rows: list[Row]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "| --- | --- |" + " ---: |" * (len(rows[0]) - 2), *lines[1:]]) + "\n"


def as_text(rows: list[Row]) -> str:
    """Columns of text, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"
