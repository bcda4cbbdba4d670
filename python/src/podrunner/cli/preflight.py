"""`podrunner preflight`: which preset fits a cluster."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.cli.layers import read_expressions, read_selection
from podrunner.cli.options import NAMESPACE, OF_CLUSTER, OF_VALUES, QUIET, TIMEOUT, add_options, option
from podrunner.cli.outputs import formats, read_outputs

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Mapping

    from podrunner.chart.chart import Chart
    from podrunner.preflight.job import Question
    from podrunner.preflight.run import PreflightOptions

EXAMPLES = """\
examples:
  podrunner preflight                                      the cluster and namespace that kubectl would use
  podrunner preflight --context prod --namespace ci        where the jobs will run
  podrunner preflight --image mirror.example.com/podman/stable:v5
  podrunner preflight --selector pool=ci --max-nodes 5     the nodes that jobs may use, five kinds of them
  podrunner preflight team-a.yaml                          whether these values fit, which say their mode
  podrunner preflight --set podman.run=true                with settings of your own over each preset
  podrunner preflight --set 'runners.default.config.kubernetes.node_tolerations.pool\\=ci=NoSchedule'   on tainted nodes
  podrunner preflight --no-probe                           only read: makes nothing, proves nothing
  podrunner preflight --format json | jq -r .recommended.command

A probe is a pod that lives for seconds: the build container with a mode's exact settings, which builds a tiny image
without network. All of them are removed, also after Ctrl-C; nothing else is made. Needs get, create and delete on pods
and get on pods/log in that namespace; what it may not read beside that (nodes, the namespace's labels, ...) it says.

exit code: 0 a preset fits, 1 none does (and what to change is said), 2 wrong use, or the cluster cannot be asked;
130 interrupted.
"""
_INTERRUPTED = 130


_SELECTOR = option("-l", "--selector", default="", metavar="LABELS", help="look only at nodes with these labels")
_PROBES = (
    option("--image", default="", metavar="IMAGE", help="image of jobs").default("the chart's podman.image"),
    option("--service-account", default="", metavar="NAME", help="account of the probe pods").default(
        "that of the values, if it is there already, else `default`"
    ),
    option("--no-probe", action="store_true", help="make no pods: judge by what can be read"),
    option("--max-nodes", type=int, default=3, metavar="N", help="kinds of nodes to try, one node of each").default(
        "3"
    ),
    TIMEOUT.default("300", 300),
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner preflight`."""
    add_options(parser, "values", *OF_VALUES)
    place = NAMESPACE.default("the context's, else `default`")
    add_options(parser, "cluster", *OF_CLUSTER, place, _SELECTOR)
    add_options(parser, "probes", *_PROBES)
    add_options(parser, "output", formats("text", "json"), QUIET)


def run(args: Namespace) -> int:
    """Ask the cluster and report. Raises UsageError."""
    from podrunner.output.files import write_text as write_file
    from podrunner.output.steps import Progress
    from podrunner.output.terminal import wants_colour, width_of
    from podrunner.preflight.record import write_json
    from podrunner.preflight.run import preflight
    from podrunner.preflight.text import write_text
    from podrunner.secrets.redact import redact

    outputs = read_outputs(args)
    progress = Progress(sys.stderr, quiet=args.quiet)
    progress.redact = redact
    report = preflight(read_options(args), progress)
    if progress.failure:
        raise progress.failure
    if report is None:
        return _INTERRUPTED
    for output in outputs:
        if output.format == "json":
            write_file(write_json(report), output.file)
        else:
            colour = not output.file and wants_colour(sys.stdout)
            width = None if output.file else width_of(sys.stdout)
            write_file(redact(write_text(report, colour=colour, width=width)), output.file, for_people=True)
    return 0 if report.fits else 1


def read_options(args: Namespace) -> PreflightOptions:
    """The options of the command line. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.findings.errors import UsageError
    from podrunner.preflight.connection import find_target
    from podrunner.preflight.run import PreflightOptions
    from podrunner.preflight.survey import read_demand

    if args.max_nodes < 1:
        raise UsageError(f"--max-nodes {args.max_nodes}: must be 1 or more. To try nothing, give --no-probe.")
    if args.timeout < 1:
        raise UsageError(f"--timeout {args.timeout:g}: must be 1 second or more.")
    chart = Chart.open(args.chart)
    question = read_question(args, chart)
    return PreflightOptions(
        target=find_target(args.kubeconfig, args.context, args.namespace or ""),
        question=question,
        probe=not args.no_probe,
        demand=read_demand(chart.effective(question.case.layers)),
        selector=args.selector,
        max_nodes=args.max_nodes,
        timeout=args.timeout,
    )


def read_question(args: Namespace, chart: Chart) -> Question:
    """What to try. Raises UsageError for values that the chart does not know."""
    from podrunner.cases.case import Case
    from podrunner.findings.errors import UsageError
    from podrunner.findings.finding import errors
    from podrunner.helm.renderer import renderer
    from podrunner.preflight.job import Question

    if not chart.modes or "podman" not in chart.defaults.data:
        raise UsageError(f"{chart.source}: no chart with modes: preflight is for podrunner's chart and forks of it.")
    selection = read_selection(args, chart)
    if len(selection.files) > 1:
        raise UsageError("preflight tries one set of values. Lay several files over each other with -f A -f B.")
    image = [f"podman.image={args.image}"] if args.image else []
    case = Case("", (*selection.values, *selection.files, *selection.settings)).with_settings(image)
    if wrong := errors(chart.check([*chart.placeholder, *case.layers])):
        raise UsageError("\n".join(str(finding) for finding in wrong))
    question = Question(renderer("library", chart), case, arguments=(*_arguments(args), *_words("--set", image)))
    return replace(
        question,
        service_account=args.service_account or _existing_account(question.case.values),
        presets=_presets(selection.presets, question),
    )


def _arguments(args: Namespace) -> list[str]:
    """The values as words for helm."""
    files = [word for file in (*args.values, *args.files) for word in ("-f", str(file))]
    return files + [word for option, said in read_expressions(args).items() for word in _words(option, said)]


def _words(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _existing_account(values: Mapping[str, Any]) -> str:
    """The account that the values name for jobs, where the release does not make it."""
    account = (values.get("jobs") or {}).get("serviceAccount") or {}
    return str(account.get("name") or "default") if account.get("create") is False else "default"


def _presets(asked: tuple[str, ...], question: Question) -> tuple[str, ...]:
    """The presets to try: those asked for, that of the mode in the values, else all. Raises UsageError."""
    from podrunner.findings.errors import UsageError

    chart = question.renderer.chart
    for name in asked:
        chart.preset(name)
    mode = (question.case.values.get("podman") or {}).get("mode")
    if mode is None:
        return asked
    preset = (chart.modes.get(mode) or {}).get("preset")
    if not preset:
        raise UsageError(f"podman.mode {mode}: adds nothing to jobs, so there is nothing to try.")
    if asked and preset not in asked:
        raise UsageError(f"--preset {asked[0]}: the values say podman.mode {mode}, which is the preset {preset}.")
    return (str(preset),)
