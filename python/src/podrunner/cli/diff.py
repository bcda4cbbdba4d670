"""`podrunner diff`: what an upgrade or another values file changes in the cluster, by consequence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.layers import read_selection
from podrunner.cli.options import HELM, OF_CASES, OF_RELEASE, OF_VALUES, QUIET, add_options, name, option
from podrunner.cli.outputs import formats, read_outputs

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.cli.outputs import Output
    from podrunner.diff.report import Comparison

EXAMPLES = """\
examples:
  podrunner diff main                              the chart of main, and as it is here: every preset
  podrunner diff v1.0 v1.1 -f values/team-a.yaml   two revisions of the chart, with values
  podrunner diff podrunner-1.0.0.tgz podrunner-1.1.0.tgz --matrix tests/matrix.yaml
  podrunner diff old.yaml new.yaml --preset privileged
  podrunner diff main:values/team-a.yaml values/team-a.yaml
  podrunner diff main:values values                folders of values files, file by file
  podrunner diff origin/main HEAD --format markdown=comment.md --exit-zero

OLD and NEW are each a git revision of the repository that holds the chart, REVISION:PATH, a chart's folder or package,
a values file, or a folder of values files; NEW is the chart as it is here when it is left out. A file wins over a
revision of the same name. The same cases are rendered on both sides: of the options, else every preset.

exit code: 0 no difference, 1 differences (0 with --exit-zero), 2 wrong use.
"""


_SIDES = (
    option("old", type=name, metavar="OLD", suggest=None, help="what there was"),
    option("new", type=name, metavar="NEW", nargs="?", suggest=None, help="what there will be").default(
        "the chart as it is here"
    ),
)
_EXIT_ZERO = option(
    "--exit-zero", action="store_true", help="0 for differences, too, for a pipeline that only shows them"
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner diff`."""
    add_options(parser, "what to compare", *_SIDES)
    add_options(parser, "values", *OF_VALUES[1:])
    add_options(parser, "cases", *OF_CASES)
    add_options(parser, "what they are rendered for", *OF_RELEASE)
    add_options(parser, "output", formats("text", "json", "markdown"), _EXIT_ZERO, QUIET)
    add_options(parser, "how", HELM)


def run(args: Namespace) -> int:
    """Compare and print. 0 without differences, 1 with."""
    outputs = read_outputs(args)
    comparison = _compare(args)
    for output in outputs:
        _write(comparison, output, quiet=args.quiet)
    return 1 if comparison.groups and not args.exit_zero else 0


def _write(comparison: Comparison, output: Output, *, quiet: bool) -> None:
    import importlib

    from podrunner.output.files import write_text
    from podrunner.output.terminal import wants_colour, width_of

    module = importlib.import_module(f"podrunner.diff.{output.format}")
    if output.format == "text":
        colour = not output.file and wants_colour(sys.stdout)
        width = None if output.file else width_of(sys.stdout)
        write_text(module.write(comparison, colour=colour, quiet=quiet, width=width), output.file, for_people=True)
    else:
        write_text(module.write(comparison), output.file)


def _compare(args: Namespace) -> Comparison:
    import tempfile

    from podrunner.cases.selection import choose_cases
    from podrunner.chart.chart import Chart
    from podrunner.diff.compare import compare_all
    from podrunner.diff.pair import make_pairs, union_of_presets
    from podrunner.diff.side import Side, find_side
    from podrunner.helm.renderer import renderer
    from podrunner.output.terminal import progress

    chart = Chart.open(args.chart)
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        scratch = Path(folder)
        old = find_side(args.old, chart, scratch)
        new = find_side(args.new, chart, scratch) if args.new else Side("the chart here", chart)
        union = union_of_presets(old.chart, new.chart, scratch / "cases")
        cases = _cases(args, union, is_of_files=bool(old.files or new.files))
        pairs = make_pairs(choose_cases(cases, args.case), (old, new), union.path / "presets")
        before = renderer(args.helm, old.chart)
        after = before if new.chart is old.chart else renderer(args.helm, new.chart)
        shown = progress(pairs, "comparing", len(pairs), quiet=args.quiet)
        return compare_all(shown, (old, new), (before.render_anew, after.render_anew))


def _cases(args: Namespace, chart: Chart, *, is_of_files: bool) -> list[Case]:
    """The cases of the options; values files alone are compared over the chart's defaults. Raises MatrixError."""
    from podrunner.cases.case import Case
    from podrunner.cases.selection import as_told, command_line_cases, for_versions, matrix_cases

    selection = read_selection(args, chart)
    if is_of_files and not (selection.names_values or selection.all_presets or selection.matrix):
        case = Case("defaults", layers=(*chart.placeholder, *selection.settings))
        return for_versions(as_told(case, selection), selection.kube_versions)
    return [*command_line_cases(selection, chart), *matrix_cases(selection, chart)]
