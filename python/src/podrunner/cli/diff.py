"""`podrunner diff`: what an upgrade or another values file changes in the cluster, by consequence."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.options import add_case_options, add_render_options, add_values_options, read_selection

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.diff.report import Comparison

EXAMPLES = """\
examples:
  podrunner diff main                              the chart of main, and as it is here: every preset
  podrunner diff v1.0 v1.1 -f values/team-a.yaml   two revisions of the chart, with values
  podrunner diff podrunner-1.0.0.tgz podrunner-1.1.0.tgz --matrix tests/matrix.yaml
  podrunner diff old.yaml new.yaml --preset privileged
  podrunner diff main:values/team-a.yaml values/team-a.yaml
  podrunner diff main:values values                folders of values files, file by file
  podrunner diff origin/main HEAD --format markdown --exit-zero > comment.md

OLD and NEW are each a git revision of the repository that holds the chart, REVISION:PATH, a chart's folder or package,
a values file, or a folder of values files; NEW is the chart as it is here when it is left out. A file wins over a
revision of the same name. The same cases are rendered on both sides: of the options, else every preset.

exit code: 0 no difference, 1 differences (0 with --exit-zero), 2 wrong use.
"""
FORMATS = ("text", "json", "markdown")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner diff`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("old", metavar="OLD", help="what there was")
    parser.add_argument("new", metavar="NEW", nargs="?", help="what there will be (default: the chart as it is here)")
    add_values_options(parser)
    add_case_options(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it to a file (default: standard output)")
    parser.add_argument(
        "--exit-zero", action="store_true", help="0 for differences, too: for a pipeline that only shows them"
    )
    add_render_options(parser)


def run(args: Namespace) -> int:
    """Compare and print. 0 without differences, 1 with."""
    import importlib

    from podrunner.output.files import write_text
    from podrunner.output.terminal import wants_colour

    comparison = _compare(args)
    if args.format == "text":
        from podrunner.diff import text

        written = text.write(comparison, colour=not args.output and wants_colour(sys.stdout))
    else:
        written = importlib.import_module(f"podrunner.diff.{args.format}").write(comparison)
    write_text(written, args.output, for_people=args.format == "text")
    return 1 if comparison.groups and not args.exit_zero else 0


def _compare(args: Namespace) -> Comparison:
    import tempfile

    from podrunner.cases.selection import choose_cases
    from podrunner.chart.chart import Chart
    from podrunner.diff.compare import compare_all
    from podrunner.diff.pair import make_pairs, union_of_presets
    from podrunner.diff.side import Side, find_side
    from podrunner.helm.renderer import renderer

    chart = Chart.open(args.chart)
    args.files = []
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        scratch = Path(folder)
        old = find_side(args.old, chart, scratch)
        new = find_side(args.new, chart, scratch) if args.new else Side("the chart here", chart)
        union = union_of_presets(old.chart, new.chart, scratch / "cases")
        cases = _cases(args, union, is_of_files=bool(old.files or new.files))
        pairs = make_pairs(choose_cases(cases, args.case), (old, new), union.path / "presets")
        before = renderer(args.helm, old.chart)
        after = before if new.chart is old.chart else renderer(args.helm, new.chart)
        return compare_all(pairs, (old, new), (before, after))


def _cases(args: Namespace, chart: Chart, *, is_of_files: bool) -> list[Case]:
    """The cases of the options; values files alone are compared over the chart's defaults. Raises MatrixError."""
    from podrunner.cases.case import Case
    from podrunner.cases.selection import as_told, command_line_cases, for_versions, matrix_cases

    selection = read_selection(args, chart)
    if is_of_files and not (args.values or args.preset or args.all_presets or args.matrix):
        case = Case("defaults", layers=(*chart.placeholder, *selection.settings))
        return for_versions(as_told(case, selection), selection.kube_versions)
    return [*command_line_cases(selection, chart), *matrix_cases(selection, chart)]
