"""Coverage as findings: what no case exercises, by file and line, and how much that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.chart.dependencies import imported_values
from podrunner.check.coverage.exceptions import Exceptions, read_exceptions
from podrunner.check.coverage.exercise import Exercised, exercise
from podrunner.check.coverage.influence import find_uses
from podrunner.check.coverage.lines import CoveredTemplate, cover_lines
from podrunner.check.coverage.references import commented_keys, find_references, is_declared, is_imported
from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.rules.coverage import (
    COVERAGE,
    COVERAGE_BRANCH,
    COVERAGE_UNDECLARED,
    COVERAGE_VALUE,
    COVERAGE_VALUE_WITHOUT_EFFECT,
)
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.output.paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.check.coverage.references import ValueReference
    from podrunner.findings.path import Path as Parts
    from podrunner.helm.renderer import Renderer


@dataclass(frozen=True, slots=True)
class CoverageOptions:
    """`fail_under` is a percentage of branches, 0 to never fail; `exceptions` a file or None."""

    fail_under: float = 0
    exceptions: Path | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What no case exercises, as findings, and every template line by line."""

    findings: tuple[Finding, ...]
    templates: tuple[CoveredTemplate, ...]


def check_coverage(renderer: Renderer, cases: Sequence[Case], options: CoverageOptions) -> Coverage:
    """Coverage of branches and values by cases; its last finding says the percentages.

    Raises UsageError and MatrixError for a bad file of exceptions.
    """
    exceptions = read_exceptions(options.exceptions) if options.exceptions else Exceptions()
    chart = renderer.chart
    shown = shown_path(chart.source)
    exercised = exercise(chart, cases)
    branches, percent = _branches(exercised, shown, exceptions)
    values, counted = _values(renderer, shown, cases, exceptions)
    undeclared = list(_undeclared(chart, shown))
    summary = f"{percent:.1f} % of the branches are exercised, {counted}.{_not_counted(chart)}"
    total = Finding(COVERAGE, summary)
    if percent < options.fail_under:
        wanted = f"{summary} At least {options.fail_under:g} % of the branches were asked for (--coverage-fail-under)."
        total = Finding(COVERAGE, wanted, severity=Severity.ERROR)
    lines = cover_lines(chart.templates, exercised, exceptions.branches or {})
    return Coverage((*branches, *values, *undeclared, total), lines)


def _not_counted(chart: Chart) -> str:
    """Whose branches and values are not among those: charts within the chart have tests of their own."""
    folders = (file.name for file in sorted((chart.path / "charts").glob("*")) if file.is_dir())
    names = list(dict.fromkeys((*chart.file.dependencies, *folders)))
    return f" Not counted are those of subcharts: {listed(names)}." if names else ""


def _branches(exercised: Exercised, shown: str, exceptions: Exceptions) -> tuple[list[Finding], float]:
    missed = [branch for branch in exercised.missed if branch.name not in (exceptions.branches or {})]
    found = [
        Finding(
            COVERAGE_BRANCH,
            f"no case takes the branch `{branch.text}`.",
            path=branch.name,
            file=f"{shown}/{branch.template}",
            line=branch.line,
        )
        for branch in missed
    ]
    known = [branch.name for branch in exercised.branches]
    found += exceptions.stale("branches", (branch.name for branch in exercised.missed), known)
    return found, 100 * (1 - len(missed) / len(known)) if known else 100.0


def _values(renderer: Renderer, shown: str, cases: Sequence[Case], exceptions: Exceptions) -> tuple[list[Finding], str]:
    chart = renderer.chart
    uses = find_uses(renderer, cases)
    places = chart.defaults.places
    references = list(find_references(chart.templates))
    found, missed = [], []
    for use in uses:
        name = dotted(use.path)
        if use.has_effect and use.is_set:
            continue
        missed.append(name)
        if name not in (exceptions.values or {}):
            rule = COVERAGE_VALUE_WITHOUT_EFFECT if use.has_effect is False else COVERAGE_VALUE
            why = {
                True: "no case sets it.",
                False: _without_effect(use.path, references),
                None: "no other value was tried: none is known that the schema takes. Add a case that sets it.",
            }[use.has_effect]
            line, column = places.get(use.path, (0, 0))
            file = f"{shown}/values.yaml"
            found.append(Finding(rule, f"{name}: {why}", path=name, file=file, line=line, column=column))
    found += exceptions.stale("values", missed, [dotted(use.path) for use in uses])
    return found, f"{len(uses) - len(found)} of {len(uses)} values"


def _without_effect(path: Parts, references: Sequence[ValueReference]) -> str:
    """Why a value may be without effect: the template that is nearest to using it, or that there is none."""
    using = [one for one in references if all(a == b for a, b in zip(one.path, path, strict=False))]
    if not using:
        return "changes nothing in any case, and no template names it. Is it needed?"
    nearest = max(using, key=lambda one: min(len(one.path), len(path)))
    place = f"{nearest.template}:{nearest.line}"
    return f"changes nothing in any case. {place} uses it: add a case that gets there."


def _undeclared(chart: Chart, shown: str) -> Iterator[Finding]:
    defaults, schema = chart.defaults.data, chart.schema.data if chart.schema else {}
    file = chart.path / "values.yaml"
    commented = commented_keys(file.read_text(encoding="utf-8") if file.is_file() else "")
    imports = [*imported_values(chart)]
    seen = set()
    for reference in find_references(chart.templates):
        name = dotted(reference.path)
        if (reference.template, name) in seen or is_declared(reference.path, defaults, schema, commented):
            continue
        if is_imported(reference.path, imports):
            continue
        seen.add((reference.template, name))
        message = f"{name}: used here, but neither values.yaml nor the schema has it: nobody can know of it."
        place = f"{shown}/{reference.template}"
        yield Finding(COVERAGE_UNDECLARED, message, path=name, file=place, line=reference.line)
