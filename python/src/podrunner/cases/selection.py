"""Which cases a command line means."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podrunner.cases.case import Case
from podrunner.cases.command_line import case_title, layer_names
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from podrunner.cases.strategy import Strategy
    from podrunner.chart.chart import Chart
    from podrunner.formats.placed import Values


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command line says of cases.

    `files` are each a case of its own, `values` lie below each of them, `settings` (`--set` and its kin) above all.
    `presets` are below all, each a case of its own. What is below `strategy` holds for every case, as `Case` has it;
    empty: what the case says, or the usual. `kube_versions` are not for cases of a matrix that say theirs.
    """

    files: tuple[Values, ...] = ()
    values: tuple[Values, ...] = ()
    settings: tuple[Values, ...] = ()
    presets: tuple[str, ...] = ()
    all_presets: bool = False
    matrix: Path | None = None
    strategy: Strategy | None = None
    release: str = ""
    namespace: str = ""
    kube_versions: tuple[str, ...] = ()
    api_versions: tuple[str, ...] = ()
    revision: int = 0
    chart_version: str = ""
    app_version: str = ""
    lookup: tuple[str, ...] = ()
    include_crds: bool = False
    skip_schema_validation: bool = False

    @property
    def names_values(self) -> bool:
        """Whether there are values files, or a preset."""
        return bool(self.files or self.values or self.presets)


def command_line_cases(selection: Selection, chart: Chart) -> list[Case]:
    """The cases of values files and presets. Without a matrix, `values` alone are a case, and nothing is all presets.

    Raises UsageError.
    """
    presets = selection.presets
    if selection.all_presets or not (selection.names_values or selection.matrix):
        presets = tuple(chart.presets)
    if selection.matrix and not (presets or selection.files):
        return []
    cases = values_cases(selection, chart, presets)
    # A preset alone has no address of GitLab.
    is_alone = presets and not (selection.files or selection.values)
    return [case.over(*chart.placeholder) for case in cases] if is_alone else cases


def values_cases(
    selection: Selection,
    chart: Chart,
    presets: Sequence[str],
    title: Callable[[str, Sequence[str]], str] = case_title,
) -> list[Case]:
    """One case for each file, preset and Kubernetes version; of none of them that of the values below and above them.

    `title` makes the name of a case of its preset, empty for none, and the names of its files. Raises UsageError.
    """
    names = layer_names([*selection.values, *selection.files])
    stacks = [(*selection.values, file) for file in dict.fromkeys(selection.files)] or [selection.values]
    cases = []
    for stack in stacks:
        for preset in presets or ("",):
            below = (chart.preset(preset),) if preset else ()
            name = title(preset, [names[layer] for layer in stack])
            cases.append(as_told(Case(name, (*below, *stack, *selection.settings)), selection))
    return [version for case in cases for version in for_versions(case, selection.kube_versions)]


def matrix_cases(selection: Selection, chart: Chart) -> list[Case]:
    """The cases of the matrix file; none without one. Raises MatrixError, UsageError."""
    if not selection.matrix:
        if selection.strategy:
            raise UsageError(f"--strategy {selection.strategy}: there is no matrix to combine. Give one with --matrix.")
        return []
    made = make_cases(
        load_matrix(selection.matrix, chart),
        strategy=selection.strategy,
        under=selection.values,
        over=selection.settings,
        kube_versions=selection.kube_versions,
    )
    return [as_told(case, selection) for case in made]


def as_told(case: Case, selection: Selection) -> Case:
    """The case with what the command line says of releases, chart and cluster."""
    return replace(
        case,
        release=selection.release or case.release,
        namespace=selection.namespace or case.namespace,
        api_versions=(*case.api_versions, *selection.api_versions),
        revision=selection.revision or case.revision,
        chart_version=selection.chart_version or case.chart_version,
        app_version=selection.app_version or case.app_version,
        lookup=(*case.lookup, *selection.lookup),
        include_crds=selection.include_crds or case.include_crds,
        skip_schema_validation=selection.skip_schema_validation or case.skip_schema_validation,
    )


def for_versions(case: Case, versions: Sequence[str]) -> list[Case]:
    """The case for each Kubernetes version, under names of their own when there are several."""
    if len(versions) < 2:
        return [replace(case, kube_version=versions[0])] if versions else [case]
    return [replace(case, name=f"{case.name},kube={version}", kube_version=version) for version in versions]


def choose_cases(cases: list[Case], patterns: Sequence[str]) -> list[Case]:
    """The cases of these names or shell patterns, all without any. Raises UsageError for one that fits no case."""
    if not patterns:
        return cases
    names = [case.name for case in cases]
    for pattern in patterns:
        if not any(_matches(name, pattern) for name in names):
            raise UsageError(
                f"--case {pattern}: no such case.{did_you_mean(pattern, names)} Cases: {listed(names, 20)}."
            )
    return [case for case in cases if any(_matches(case.name, pattern) for pattern in patterns)]


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern)
