"""`podrunner preflight`: which preset fits a cluster."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from podrunner.chart.chart import Chart
    from podrunner.preflight.run import Options

EXAMPLES = """\
examples:
  podrunner preflight                                      the cluster and namespace that kubectl would use
  podrunner preflight --context prod --namespace ci        where the jobs will run
  podrunner preflight --image mirror.example.com/podman/stable:v5
  podrunner preflight --selector pool=ci --max-nodes 5     the nodes that jobs may use, five kinds of them
  podrunner preflight --set podman.run=true                with settings of your own over each preset
  podrunner preflight --set 'runners.default.config.kubernetes.node_tolerations.pool\\=ci=NoSchedule'   on tainted nodes
  podrunner preflight --no-probe                           only read: makes nothing, proves nothing
  podrunner preflight --json | jq -r .recommended.command

A probe is a pod that lives for seconds: the build container with a mode's exact settings, which builds a tiny image
without network. All of them are removed, also after Ctrl-C; nothing else is made. Needs get, create and delete on pods
and get on pods/log in that namespace; what it may not read beside that (nodes, the namespace's labels, ...) it says.

exit code: 0 a preset fits, 1 none does (and what to change is said), 2 wrong use, or the cluster cannot be asked;
130 interrupted.
"""
_INTERRUPTED = 130


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner preflight`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _add_where(parser)
    _add_what(parser)
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _add_where(parser: ArgumentParser) -> None:
    where = parser.add_argument_group("which cluster")
    where.add_argument("--kubeconfig", type=Path, metavar="FILE", help="the cluster (default: as kubectl chooses)")
    where.add_argument(
        "--context", default="", metavar="NAME", help="context of the kubeconfig (default: its current one)"
    )
    where.add_argument(
        "--namespace", default="", metavar="NS", help="where jobs will run (default: the context's, else `default`)"
    )
    where.add_argument("-l", "--selector", default="", metavar="LABELS", help="look only at nodes with these labels")


def _add_what(parser: ArgumentParser) -> None:
    what = parser.add_argument_group("what to try")
    what.add_argument("--chart", type=Path, metavar="DIR", help="the chart (default: the one of podrunner)")
    what.add_argument("--image", default="", metavar="IMAGE", help="image of jobs (default: the chart's podman.image)")
    what.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="one value, above each preset, as in helm"
    )
    what.add_argument(
        "--service-account", default="default", metavar="NAME", help="account of the probe pods (default: default)"
    )
    what.add_argument("--no-probe", action="store_true", help="make no pods: judge by what can be read")
    what.add_argument(
        "--max-nodes", type=int, default=3, metavar="N", help="kinds of nodes to try, one node of each (default: 3)"
    )
    what.add_argument(
        "--timeout",
        type=float,
        default=300,
        metavar="S",
        help="seconds that a probe may take, pulling included (default: 300)",
    )


def run(args: Namespace) -> int:
    """Ask the cluster and report. Raises UsageError."""
    from podrunner.output.steps import Progress
    from podrunner.output.streams import show, show_data
    from podrunner.output.terminal import wants_colour
    from podrunner.preflight.record import write_json
    from podrunner.preflight.run import preflight
    from podrunner.preflight.text import write_text

    progress = Progress(sys.stderr)
    report = preflight(read_options(args), progress)
    if progress.failure:
        raise progress.failure
    if report is None:
        return _INTERRUPTED
    if args.json:
        show_data(write_json(report))
    else:
        show(write_text(report, colour=wants_colour(sys.stdout)))
    return 0 if report.fits else 1


def read_options(args: Namespace) -> Options:
    """The options of the command line. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.findings.errors import UsageError
    from podrunner.helm.renderer import renderer
    from podrunner.preflight.connection import find_target
    from podrunner.preflight.job import Wish
    from podrunner.preflight.run import Options
    from podrunner.preflight.survey import read_demand

    if args.max_nodes < 1:
        raise UsageError(f"--max-nodes {args.max_nodes}: must be 1 or more. To try nothing, give --no-probe.")
    if args.timeout < 1:
        raise UsageError(f"--timeout {args.timeout:g}: must be 1 second or more.")
    chart = Chart.open(args.chart)
    settings = (*args.set, *([f"podman.image={args.image}"] if args.image else []))
    demand = read_demand(read_settings(chart, settings))
    return Options(
        target=find_target(args.kubeconfig, args.context, args.namespace),
        wish=Wish(renderer("library", chart), settings, args.service_account),
        probe=not args.no_probe,
        demand=demand,
        selector=args.selector,
        max_nodes=args.max_nodes,
        timeout=args.timeout,
    )


def read_settings(chart: Chart, settings: tuple[str, ...]) -> Mapping[str, Any]:
    """The chart's values with settings over them. Raises UsageError for settings that the chart does not know."""
    from podrunner.cases.case import Case
    from podrunner.findings.errors import UsageError
    from podrunner.findings.finding import errors

    if not chart.modes or "podman" not in chart.defaults.data:
        raise UsageError(f"{chart.source}: no chart with modes: preflight is for podrunner's chart and forks of it.")
    own = Case("").with_settings(settings)
    wrong = errors(chart.check([*chart.placeholder, *own.layers]))
    if wrong:
        raise UsageError("\n".join(str(finding) for finding in wrong))
    if "mode" in (own.values.get("podman") or {}):
        raise UsageError("--set podman.mode: every mode is tried. To try one alone, there is `podrunner smoke`.")
    return chart.effective(own.layers)
