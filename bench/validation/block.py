"""The results as two tables, for docs/validation.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.validation.results import Tool
from bench.validation.tools import OF_VALIDITY

if TYPE_CHECKING:
    from bench.validation.results import Figures, Results


def make_block(results: Results) -> str:
    """The figures of each version and the tools, as Markdown."""
    figures = results.figures(results.beside)
    lines = [
        "| Kubernetes | changes refused by the API server | found | changes taken | called wrong | seed, date |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *(_row(one) for one in results.versions),
        "",
        f"Other tools, on the same {figures.refused + figures.taken:,} changes as {figures.kubernetes} in the table above:",
        "",
        f"| tool | found of {figures.refused:,} refused | called an error of {figures.taken:,} taken | what counts |",
        "| --- | ---: | ---: | --- |",
        *(_tool_row(one, figures) for one in (_podrunner(figures), *results.tools)),
        "",
        f"Checks of validity of kube-score: {', '.join(f'`{one}`' for one in OF_VALIDITY)}.",
    ]
    return "\n".join(lines) + "\n"


def _podrunner(figures: Figures) -> Tool:
    wrong = figures.wrong + figures.on_purpose
    counted = f"an error of `podrunner check`; {figures.on_purpose} of these {wrong} are on purpose, see below"
    return Tool("**podrunner**", counted, figures.found, wrong)


def _tool_row(one: Tool, figures: Figures) -> str:
    shares = _share(one.found, figures.refused), _share(one.wrong, figures.taken, 2)
    return f"| {one.name} | {' | '.join(shares)} | {one.counted} |"


def _row(one: Figures) -> str:
    shares = (_share(one.found, one.refused), f"{one.taken:,}", _share(one.wrong, one.taken, 2))
    return f"| {one.kubernetes} | {one.refused:,} | {' | '.join(shares)} | {one.seed}, {one.date} |"


def _share(part: int, whole: int, digits: int = 1) -> str:
    return f"{part / whole * 100:.{digits}f} %"
