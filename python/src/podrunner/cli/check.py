"""`podrunner check`: every mistake in values, by file and line, without a cluster."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from podrunner.cli.layers import read_selection
from podrunner.cli.options import (
    HELM,
    OF_CASES,
    OF_POLICY,
    OF_RELEASE,
    OF_TEST,
    OF_VALUES,
    PIPELINES,
    QUIET,
    RUNNER_VERSION,
    add_options,
    option,
    path,
    several,
)
from podrunner.cli.outputs import formats, read_outputs
from podrunner.cli.policy_file import policy_of, unused_of
from podrunner.report.formats import FORMATS

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.check.checker import Checker
    from podrunner.check.result import Result
    from podrunner.cli.outputs import Output

EXAMPLES = """\
examples:
  podrunner check                             every preset of the chart
  podrunner check values/team-a.yaml          a values file, over the chart's defaults
  podrunner check values/*.yaml               each file for itself
  podrunner check -f base.yaml -f team.yaml   files laid over each other, as in helm
  podrunner check --matrix tests/matrix.yaml --strategy full --jobs 8
  podrunner check --matrix tests/matrix.yaml --case 'preset=privileged,*'
  podrunner check --matrix tests/matrix.yaml --coverage --coverage-fail-under 100
  podrunner check --chart ../another-chart --kube-version all --crds ../crds
  podrunner check --chart ../another-chart --lookup tests/secrets.yaml --revision 2 --include-crds
  podrunner check --pipeline .gitlab-ci.yml   a pipeline for itself, or beside values
  podrunner check --strict --ignore image-floating values/team-a.yaml
  podrunner check --matrix tests/matrix.yaml --coverage --format html=report.html
  podrunner check team-a.yaml --format text --format junit=report.xml --format codequality=gl-code-quality.json

exit code: 0 no errors, 1 errors, 2 wrong use. docs/matrix.md describes the matrix file, docs/policy.md podrunner.toml.
"""


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes. Write 1 or more")
    return int(text)


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a percentage. Write 0 to 100")
    return number


_COUNTERPARTS = (
    several("--crds", type=path, metavar="DIR", help="CRDs to check with"),
    PIPELINES,
)
_COVERAGE = (
    option("--coverage", action="store_true", help="name template branches and values that no case exercises"),
    option("--coverage-fail-under", type=_percent, default=0, metavar="N", help="fail below N %% of the branches"),
    option("--coverage-exceptions", type=path, metavar="FILE", help="what needs no case, with reasons").default(
        "coverage-exceptions.yaml beside the matrix file"
    ),
)
_NOTES = option("--notes", action="store_true", help="print Pod Security levels and outside references, too")
_JOBS = option("--jobs", type=_jobs, metavar="N", help="processes to check in").default(
    "one for each processor, at most 4"
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner check`."""
    add_options(parser, "values", *OF_VALUES)
    add_options(parser, "cases", *OF_CASES)
    add_options(parser, "what they are checked for", *OF_RELEASE, *OF_TEST, RUNNER_VERSION, *_COUNTERPARTS)
    add_options(parser, "coverage", *_COVERAGE)
    add_options(parser, "what is told of it", *OF_POLICY)
    add_options(parser, "output", formats(*FORMATS), _NOTES, QUIET)
    add_options(parser, "how", _JOBS, HELM)


def run(args: Namespace) -> int:
    """Check and report. 0 without errors, 1 with."""
    from podrunner.cases.selection import choose_cases
    from podrunner.chart.chart import Chart
    from podrunner.check.checker import Checker
    from podrunner.check.parallel import check_cases
    from podrunner.findings.severity import Severity
    from podrunner.helm.renderer import renderer

    outputs = read_outputs(args)
    chart = Chart.open(args.chart)
    runner_version = args.runner_version or ""
    crds = chart.crds_with(args.crds)
    results = _pipelines(args.pipeline, runner_version or chart.file.app_version)
    cases, broken = ([], []) if _is_of_pipelines_alone(args) else _collect(args, chart)
    # Of a matrix that is wrong there are no names to choose from.
    cases = [] if broken and args.case else choose_cases(cases, args.case)
    policy = policy_of(args, [chart.defaults, *(layer for case in cases for layer in case.layers)])
    checker = Checker(renderer(args.helm, chart), runner_version, crds, policy)
    # A rendering is long: processes send it only for the one report that shows it.
    keeps = any(output.format == "html" for output in outputs)
    results += [*check_cases(checker, cases, args.jobs, keep_renderings=keeps, quiet=args.quiet)]
    if args.coverage or args.coverage_fail_under:
        results.append(_coverage(args, checker, cases))
    results = [*broken, *map(policy.judge, results)]
    results += unused_of(args, policy, results)
    # What makes a check fail is not left out.
    _write(results, outputs, notes=args.notes or policy.fail_on is Severity.NOTE, quiet=args.quiet)
    return 0 if all(result.passed for result in results) else 1


def _write(results: list[Result], outputs: list[Output], *, notes: bool, quiet: bool) -> None:
    from podrunner.output.terminal import wants_colour, width_of
    from podrunner.report.formats import write_report

    for output in outputs:
        colour = not output.file and wants_colour(sys.stdout)
        width = None if output.file else width_of(sys.stdout)
        write_report(output.format, results, output.file, colour=colour, notes=notes, quiet=quiet, width=width)


def _collect(args: Namespace, chart: Chart) -> tuple[list[Case], list[Result]]:
    """All cases of the command line, and the result of a matrix file that is too wrong to have cases."""
    from podrunner.cases.case import Case
    from podrunner.cases.selection import command_line_cases, matrix_cases
    from podrunner.check.result import Result
    from podrunner.findings.errors import MatrixError

    selection = read_selection(args, chart)
    cases = command_line_cases(selection, chart)
    try:
        return [*cases, *matrix_cases(selection, chart)], []
    except MatrixError as error:
        return cases, [Result(Case(str(args.matrix)), error.findings, is_whole=False)]


def _is_of_pipelines_alone(args: Namespace) -> bool:
    """Whether a project that only uses the runners asks about its pipeline, and about no values."""
    settings = (args.set, args.set_string, args.set_file, args.set_json, args.set_literal)
    about_values = (args.files, args.values, args.preset, args.all_presets, args.matrix, *settings, args.case)
    return bool(args.pipeline) and not any(about_values) and not (args.coverage or args.coverage_fail_under)


def _pipelines(files: list[Path], runner_version: str) -> list[Result]:
    from podrunner.cases.case import Case
    from podrunner.check.result import Result
    from podrunner.pipeline.check import check_pipeline

    return [Result(Case(str(file)), tuple(check_pipeline(file, runner_version))) for file in files]


def _coverage(args: Namespace, checker: Checker, cases: list[Case]) -> Result:
    from podrunner.cases.case import Case
    from podrunner.check.coverage.check import CoverageOptions, check_coverage
    from podrunner.check.result import Result
    from podrunner.findings.errors import MatrixError

    exceptions = args.coverage_exceptions
    if exceptions is None and args.matrix:
        beside = args.matrix.parent / "coverage-exceptions.yaml"
        exceptions = beside if beside.is_file() else None
    options = CoverageOptions(args.coverage_fail_under, exceptions)
    try:
        found = check_coverage(checker.renderer, cases, options)
    except MatrixError as error:
        return Result(Case("coverage"), error.findings, is_whole=False)
    return Result(Case("coverage"), found.findings, templates=found.templates)
