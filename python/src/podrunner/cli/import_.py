"""`podrunner import`: an existing config.toml, or values of GitLab's own chart, as values of this one."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.cli.options import CHART, FORCE, NAMESPACE, OUTPUT, QUIET, URL, add_options, name, option
from podrunner.cli.options import VALUES as VALUES_FILES
from podrunner.cli.outputs import formats, read_outputs
from podrunner.cli.suggestions import modes

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.chart.chart import Chart
    from podrunner.cli.outputs import Output
    from podrunner.importing.change import Changes
    from podrunner.importing.imported import Imported

# What the list calls a file that has no name yet.
VALUES = "VALUES"
EXAMPLES = """\
examples:
  podrunner import config.toml > team-a.yaml            values on standard output, the list of changes beside it
  podrunner import values.yaml --output team-a.yaml     values of GitLab's own chart
  podrunner import config.toml --mode none              key for key, whatever mode it amounts to
  podrunner import config.toml --format json            the list of changes, and the values in it
  kubectl exec deploy/gitlab-runner -- cat /home/gitlab-runner/.gitlab-runner/config.toml | podrunner import -

exit code: 0 imported, 1 the file cannot be imported, or the values need something before `podrunner check` passes,
2 wrong use. Secrets are left out; the commands that make a Secret of them are printed. docs/import.md has it all.
"""


_SOURCE = (
    option(
        "file",
        type=name,
        metavar="FILE",
        suggest=None,
        help="config.toml, or values.yaml of GitLab's chart; - for standard input",
    ),
    option(
        "--mode", metavar="MODE", help="podman.mode of all runners; none imports key for key", suggest=modes
    ).default("recognised"),
    URL.default("that of the file"),
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner import`."""
    add_options(parser, "what to import", *_SOURCE, VALUES_FILES)
    add_options(parser, "release, for templates and commands", NAMESPACE.default("that of the file, else ci"), CHART)
    add_options(parser, "output", OUTPUT.default("standard output"), FORCE, formats("text", "json"), QUIET)


def run(args: Namespace) -> int:
    """Import, write, and say what changed. 0, or 1 when the values do not pass `podrunner check` yet."""
    from podrunner.chart.chart import Chart
    from podrunner.formats.text import DASH, STANDARD_INPUT
    from podrunner.helm.renderer import renderer
    from podrunner.importing.change import Changes
    from podrunner.importing.imported import import_text
    from podrunner.importing.release import ImportSettings
    from podrunner.importing.source import read_text
    from podrunner.output.files import refuse_to_overwrite, write_text

    outputs = read_outputs(args)
    chart = Chart.open(args.chart)
    refuse_to_overwrite(args.output, force=args.force)
    mode = _mode(chart, args.mode)
    text = read_text(args.file)
    source = STANDARD_INPUT if args.file == DASH else args.file
    changes = Changes()
    imported = import_text(
        text,
        ImportSettings(source, args.namespace or "", args.url, mode, _below(args)),
        renderer("library", chart),
        changes,
    )
    if args.output or not any(_takes_standard_output(output) for output in outputs):
        write_text(imported.text, args.output)
    for output in outputs:
        _report(args, source, changes, imported, chart, output)
    return 1 if imported.findings else 0


def _below(args: Namespace) -> tuple[tuple[str, str], ...]:
    from podrunner.importing.source import read_text

    return tuple((str(file), read_text(str(file))) for file in args.values or ())


def _takes_standard_output(output: Output) -> bool:
    """Whether JSON is printed: the values are a part of it then. The list for people goes beside the values."""
    return output.format == "json" and output.file is None


def _mode(chart: Chart, name: str | None) -> str:
    from podrunner.findings.errors import UsageError
    from podrunner.findings.suggest import did_you_mean, listed

    known = chart.modes
    if name and name not in known:
        raise UsageError(f"--mode {name}: no such mode.{did_you_mean(name, known)} Modes: {listed(known)}.")
    return name or ""


def _report(args: Namespace, source: str, changes: Changes, imported: Imported, chart: Chart, output: Output) -> None:
    from podrunner.importing.report import json_report
    from podrunner.output.files import write_text
    from podrunner.output.streams import say
    from podrunner.output.terminal import width_of

    if output.format == "json":
        commands = [command.text for command in imported.commands]
        report = json_report(source, changes.every, commands, imported.findings, values=imported.text)
        write_text(f"{report}\n", output.file)
    elif output.file:
        write_text(_list(args, source, changes, imported, chart, None), output.file)
    elif text := _list(args, source, changes, imported, chart, width_of(sys.stderr)):
        # Standard output is for the values.
        say(text.removesuffix("\n"))


def _list(args: Namespace, source: str, changes: Changes, imported: Imported, chart: Chart, width: int | None) -> str:
    from podrunner.importing.report import text_report
    from podrunner.output.wrap import wrap

    told = "" if args.quiet else f"{text_report(source, changes.every, width)}\n{_next(args, imported, chart)}"
    if imported.findings:
        told += "\nstill wrong, says `podrunner check`:\n"
    file = str(args.output or VALUES)
    wrong = [str(replace(finding, file=file)) for finding in imported.findings]
    return told + "".join(f"{wrap(line, width, first='  ', rest='    ')}\n" for line in wrong)


def _next(args: Namespace, imported: Imported, chart: Chart) -> str:
    from podrunner.output.paths import shown_path

    file = args.output or VALUES
    secrets = "".join(f"  # {command.why}\n  {command.text}\n" for command in imported.commands)
    check = f"next:\n  podrunner check {file}\n  podrunner smoke -f {file}  # builds an image with these values, on a kind cluster\n"
    if imported.is_privileged:
        mode = f"  podrunner import {args.file} --mode unprivileged  # builds by podman, and no privileged container\n"
        check = f"better, since nothing is privileged then (docs/migrate-builds.md):\n{mode}\n{check}"
    release = f"then, in a cluster with the {_spaces(imported.namespace, imported)}:\n{secrets}"
    return f"{check}{release}  helm install ci {shown_path(chart.source)} -f {file} --namespace {imported.namespace}\n"


def _spaces(release: str, imported: Imported) -> str:
    names = sorted({release, *imported.namespaces})
    return f"namespace{'s' if len(names) > 1 else ''} {' and '.join(names)}"
