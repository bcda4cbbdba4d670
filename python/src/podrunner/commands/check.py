"""`podrunner check`: every mistake in values, by file and line, without a cluster."""

from __future__ import annotations

import argparse
import fnmatch
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.commands.options import add_render_options, add_values_options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.cases import Case
    from podrunner.check import Result

EXAMPLES = """\
examples:
  podrunner check                             every preset of the chart
  podrunner check values/team-a.yaml          a values file, over the chart's defaults
  podrunner check values/*.yaml               each file for itself
  podrunner check -f base.yaml -f team.yaml   files laid over each other, as in helm
  podrunner check --matrix tests/matrix.yaml --strategy full
  podrunner check --matrix tests/matrix.yaml --case 'preset=privileged,*'
  podrunner check team-a.yaml --report text --report junit=report.xml

exit code: 0 no errors, 1 errors, 2 wrong use. docs/matrix.md describes the matrix file.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner check`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="values files, each a case of its own")
    add_values_options(parser)
    parser.add_argument("--all-presets", action="store_true", help="one case for each preset of the chart")
    parser.add_argument("--matrix", type=Path, metavar="FILE", help="cases from a matrix file")
    parser.add_argument("--strategy", choices=("full", "pairwise", "each"), help="combinations of the matrix' axes")
    parser.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="only cases of this name or shell pattern"
    )
    parser.add_argument(
        "--kube-version", action="append", default=[], metavar="V", help="Kubernetes version, such as 1.34; several"
    )
    parser.add_argument("--runner-version", metavar="V", help="GitLab Runner version (default: the chart's appVersion)")
    parser.add_argument(
        "--report", action="append", default=[], metavar="FORMAT[=FILE]", help="text, junit; several (default: text)"
    )
    add_render_options(parser)


def run(args: Namespace) -> int:
    """Check and report. 0 without errors, 1 with."""
    from podrunner.chart import find_chart, read_chart_file
    from podrunner.check import Checker
    from podrunner.helm import renderer
    from podrunner.report import parse_report, write_report
    from podrunner.terminal import progress, wants_colour

    reports = [parse_report(option) for option in args.report or ["text"]]
    chart = find_chart(args.chart)
    cases, results = collect_cases(args, chart)
    runner_version = args.runner_version or read_chart_file(chart).app_version
    checker = Checker(chart, renderer(args.helm, chart), runner_version)
    results += [checker.check(case) for case in progress(_choose(cases, args.case), "checking")]
    for name, file in reports:
        colour = not file and wants_colour(sys.stdout)
        write_report(name, results, Path(file) if file else None, colour=colour)
    return 0 if all(result.passed for result in results) else 1


def collect_cases(args: Namespace, chart: Path) -> tuple[list[Case], list[Result]]:
    """Collect all cases of the command line, and the result of a matrix file that is too wrong to have cases.

    Raises UsageError.
    """
    from podrunner.cases import Case, load_matrix, make_cases
    from podrunner.check import Result
    from podrunner.errors import MatrixError
    from podrunner.helm.kubernetes_version import full_version
    from podrunner.values import load_layer, parse_set

    for version in args.kube_version:
        full_version(version)
    cases = _command_line_cases(args, chart)
    if not args.matrix:
        return cases, []
    try:
        matrix = load_matrix(args.matrix, chart)
    except MatrixError as error:
        return cases, [Result(Case(str(args.matrix)), error.findings)]
    under, over = [load_layer(path) for path in args.values], parse_set(args.set)
    made = make_cases(matrix, strategy=args.strategy, under=under, over=over, kube_versions=args.kube_version)
    return [*cases, *made], []


def _command_line_cases(args: Namespace, chart: Path) -> list[Case]:
    from podrunner.cases import preset_cases, values_case
    from podrunner.chart import presets
    from podrunner.values import parse_set

    over = parse_set(args.set)
    chosen = [args.preset] if args.preset else []
    names_nothing = not (args.files or args.values or args.matrix or args.preset)
    if args.all_presets or names_nothing:
        chosen = list(presets(chart))
    cases: list[Case] = []
    for stack in [[*args.values, file] for file in args.files] or [args.values]:
        if chosen:
            cases += preset_cases(chart, chosen, stack, over)
        elif stack or not args.matrix:
            cases.append(values_case(stack, over=over))
    return [version for case in cases for version in _for_versions(case, args.kube_version)]


def _for_versions(case: Case, versions: list[str]) -> list[Case]:
    from dataclasses import replace

    if len(versions) < 2:
        return [replace(case, kube_version=versions[0])] if versions else [case]
    return [replace(case, name=f"{case.name},kube={version}", kube_version=version) for version in versions]


def _choose(cases: list[Case], patterns: list[str]) -> list[Case]:
    from podrunner.errors import UsageError
    from podrunner.nearest import did_you_mean, listed

    if not patterns:
        return cases
    chosen = [case for case in cases if any(_matches(case.name, pattern) for pattern in patterns)]
    names = [case.name for case in cases]
    for pattern in patterns:
        if not any(_matches(name, pattern) for name in names):
            raise UsageError(
                f"--case {pattern}: no such case.{did_you_mean(pattern, names)} Cases: {listed(names, 20)}."
            )
    return chosen


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern)
