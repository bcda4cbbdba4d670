"""`podrunner init`: a values file to begin with."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples:
  podrunner init team-a                                       team-a.yaml, a fork of the preset unprivileged
  podrunner init team-a --preset openshift --url https://gitlab.example.com
  podrunner init team-a --output values/team-a.yaml

Who has a config.toml, or values of GitLab's own chart, begins with `podrunner import`.
"""
# The names of objects and of an environment variable are made from it.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,14}[a-z0-9])?\Z")
_DEFAULT = "unprivileged"


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner init`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", metavar="NAME", help="what the team or its runner is called")
    parser.add_argument("--preset", default=_DEFAULT, metavar="P", help=f"preset of the chart (default: {_DEFAULT})")
    parser.add_argument("--url", default="https://gitlab.com", metavar="URL", help="address of GitLab")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the file to write (default: NAME.yaml)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--chart", type=Path, metavar="DIR", help="the chart (default: the one of podrunner)")


def run(args: Namespace) -> int:
    """Write the file, and print what to do next. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.chart.fork import fork_values
    from podrunner.findings.errors import UsageError
    from podrunner.output.files import refuse_to_overwrite, write_text
    from podrunner.output.kubectl import kubectl_secret
    from podrunner.output.paths import shown_path
    from podrunner.output.streams import show

    if not _NAME.match(args.name):
        raise UsageError(f"{args.name}: a name has 1 to 16 characters of a-z, 0-9 and dashes, as in team-a.")
    chart = Chart.open(args.chart)
    # Before anything is said of the file: a preset that is not there is the first thing to know.
    chart.preset(args.preset)
    file = args.output or Path(f"{args.name}.yaml")
    refuse_to_overwrite(file, force=args.force)
    write_text(fork_values(args.name, args.preset, chart, args.url, file), file)
    secret = kubectl_secret(f"gitlab-runner-{args.name}", ["token"], "ci")
    lines = [
        f"{file}: a fork of the preset {args.preset}. Next:",
        f"  podrunner check {file}",
        "  # type or paste the token of the runner, then end with Ctrl-D twice",
        f"  {secret}",
        f"  helm install ci {shown_path(chart.source)} -f {file} --namespace ci",
    ]
    show("".join(f"{line}\n" for line in lines))
    return 0
