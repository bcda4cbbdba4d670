"""`podrunner import`: an existing config.toml, or values of GitLab's own chart, as values of this one."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.chart.chart import Chart
    from podrunner.importing.change import Changes
    from podrunner.importing.imported import Imported

# What the list calls a file that has no name yet.
VALUES = "VALUES"
EXAMPLES = """\
examples:
  podrunner import config.toml > team-a.yaml            values on standard output, the list of changes beside it
  podrunner import values.yaml --output team-a.yaml     values of GitLab's own chart
  podrunner import config.toml --mode none              key for key, whatever mode it amounts to
  kubectl exec deploy/gitlab-runner -- cat /home/gitlab-runner/.gitlab-runner/config.toml | podrunner import -

exit code: 0 imported, 1 the file cannot be imported, or the values need something before `podrunner check` passes,
2 wrong use. Secrets are left out; the commands that make a Secret of them are printed. docs/import.md has it all.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner import`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "file", metavar="FILE", help="config.toml, or values.yaml of GitLab's chart; - for standard input"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the values there (default: standard output)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--json", action="store_true", help="the list of changes as JSON")
    parser.add_argument(
        "--mode", metavar="MODE", help="podman.mode of all runners (default: recognised; none: key for key)"
    )
    parser.add_argument("--url", default="", metavar="URL", help="address of GitLab, for a file without one")
    parser.add_argument(
        "--namespace",
        default="ci",
        metavar="NS",
        help="namespace of the release, for templates and commands (default: ci)",
    )
    parser.add_argument("--chart", type=Path, metavar="DIR", help="the chart (default: the one of podrunner)")


def run(args: Namespace) -> int:
    """Import, write, and say what changed. 0, or 1 when the values do not pass `podrunner check` yet."""
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import renderer
    from podrunner.importing.change import Changes
    from podrunner.importing.imported import import_text
    from podrunner.importing.release import Wishes
    from podrunner.importing.source import STDIN, read_text
    from podrunner.output.files import refuse_to_overwrite, write_text

    chart = Chart.open(args.chart)
    refuse_to_overwrite(args.output, force=args.force)
    mode = _mode(chart, args.mode)
    text = read_text(args.file)
    source = "standard input" if args.file == STDIN else args.file
    changes = Changes()
    imported = import_text(text, Wishes(source, args.namespace, args.url, mode), renderer("library", chart), changes)
    write_text(imported.text, args.output)
    _report(args, source, changes, imported, chart)
    return 1 if imported.findings else 0


def _mode(chart: Chart, name: str | None) -> str:
    from podrunner.findings.errors import UsageError
    from podrunner.findings.suggest import did_you_mean, listed

    known = chart.modes
    if name and name not in known:
        raise UsageError(f"--mode {name}: no such mode.{did_you_mean(name, known)} Modes: {listed(known)}.")
    return name or ""


def _report(args: Namespace, source: str, changes: Changes, imported: Imported, chart: Chart) -> None:
    from podrunner.importing.report import json_report, text_report
    from podrunner.output.streams import say

    commands = [command.text for command in imported.commands]
    if args.json:
        say(json_report(source, changes.every, commands, imported.findings))
        return
    say(text_report(source, changes.every))
    say(_next(args, imported, chart).removesuffix("\n"))
    if imported.findings:
        say("\nstill wrong, says `podrunner check`:")
    for finding in imported.findings:
        say(f"  {replace(finding, file=str(args.output or VALUES))}")


def _next(args: Namespace, imported: Imported, chart: Chart) -> str:
    from podrunner.output.paths import shown_path

    file = args.output or VALUES
    secrets = "".join(f"  # {command.why}\n  {command.text}\n" for command in imported.commands)
    check = f"next:\n  podrunner check {file}\n  podrunner smoke -f {file}  # builds an image with these values, on a kind cluster\n"
    release = f"then, in a cluster with the {_spaces(args.namespace, imported)}:\n{secrets}"
    return f"{check}{release}  helm install ci {shown_path(chart.source)} -f {file} --namespace {args.namespace}\n"


def _spaces(release: str, imported: Imported) -> str:
    names = sorted({release, *imported.namespaces})
    return f"namespace{'s' if len(names) > 1 else ''} {' and '.join(names)}"
