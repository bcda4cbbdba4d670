"""Which cases a command line means."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from podrunner.cases.case import Case
    from podrunner.check.result import Result


def collect_cases(args: Namespace, chart: Path) -> tuple[list[Case], list[Result]]:
    """Collect all cases of the command line, and the result of a matrix file that is too wrong to have cases.

    Raises UsageError.
    """
    from podrunner.cases.case import Case
    from podrunner.cases.matrix import load_matrix, make_cases
    from podrunner.check.result import Result
    from podrunner.findings.errors import MatrixError, UsageError
    from podrunner.formats.placed import load_layer
    from podrunner.values.set_expression import parse_set

    versions = kube_versions(args.kube_version, chart)
    cases = _command_line_cases(args, chart, versions)
    if not args.matrix:
        if args.strategy:
            raise UsageError(f"--strategy {args.strategy}: there is no matrix to combine. Give one with --matrix.")
        return cases, []
    under, over = [load_layer(path) for path in args.values], parse_set(args.set)
    try:
        matrix = load_matrix(args.matrix, chart)
        made = make_cases(matrix, strategy=args.strategy, under=under, over=over, kube_versions=versions)
    except MatrixError as error:
        return cases, [Result(Case(str(args.matrix)), error.findings)]
    return [*cases, *(as_told(case, args) for case in made)], []


def kube_versions(asked: list[str], chart: Path) -> list[str]:
    """The versions asked for; `all` is every one that there is data for and that the chart allows. Raises UsageError."""
    from podrunner.chart.chart import read_chart_file
    from podrunner.helm.library import is_in_range
    from podrunner.manifests.schemas.kinds import known_versions
    from podrunner.manifests.version import full_version

    wanted = read_chart_file(chart).kube_version
    versions: list[str] = []
    for version in asked:
        if version != "all":
            full_version(version)
            versions.append(version)
            continue
        every = [f"{major}.{minor}" for major, minor in known_versions()]
        versions += [one for one in every if not wanted or is_in_range(wanted, full_version(one))]
    return list(dict.fromkeys(versions))


def _command_line_cases(args: Namespace, chart: Path, versions: list[str]) -> list[Case]:
    """The cases of FILE, --preset and --all-presets. Without a matrix, -f alone is a case, and nothing is all presets."""
    from podrunner.cases.command_line import file_names, preset_cases, values_case
    from podrunner.chart.chart import presets
    from podrunner.values.set_expression import parse_set

    over = parse_set(args.set)
    chosen = [args.preset] if args.preset else []
    names_nothing = not (args.files or args.values or args.matrix or args.preset)
    if args.all_presets or names_nothing:
        chosen = list(presets(chart))
    names = file_names([*args.values, *args.files])
    cases: list[Case] = []
    for stack in [[*args.values, file] for file in dict.fromkeys(args.files)] or [args.values]:
        if chosen:
            cases += preset_cases(chart, chosen, stack, over, names)
        elif args.files or not args.matrix:
            cases.append(values_case(stack, over, names))
    here = [as_told(case, args) for case in cases]
    return [version for case in here for version in for_versions(case, versions)]


def as_told(case: Case, args: Namespace) -> Case:
    """The case with the release, namespace and API versions of the command line."""
    return replace(
        case,
        release=args.release or case.release,
        namespace=args.namespace or case.namespace,
        api_versions=(*case.api_versions, *args.api_versions),
    )


def for_versions(case: Case, versions: list[str]) -> list[Case]:
    """The case for each Kubernetes version, under names of their own when there are several."""
    if len(versions) < 2:
        return [replace(case, kube_version=versions[0])] if versions else [case]
    return [replace(case, name=f"{case.name},kube={version}", kube_version=version) for version in versions]


def choose_cases(cases: list[Case], patterns: list[str]) -> list[Case]:
    """The cases of these names or shell patterns, all without any. Raises UsageError for one that fits no case."""
    from podrunner.findings.errors import UsageError
    from podrunner.findings.suggest import did_you_mean, listed

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
