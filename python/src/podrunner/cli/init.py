"""`podrunner init`: a values file to begin with."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.options import CHART, FORCE, NAMESPACE, OUTPUT, PRESET, QUIET, URL, add_options, option

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.chart.chart import Chart

EXAMPLES = """\
examples:
  podrunner init team-a                                       team-a.yaml, a fork of the preset unprivileged
  podrunner init team-a --preset openshift --url https://gitlab.example.com
  podrunner init team-a --output values/team-a.yaml

Who has a config.toml, or values of GitLab's own chart, begins with `podrunner import`.
"""
# The names of objects and of an environment variable are made from it.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_DEFAULT = "unprivileged"
# No editor looks into a Python package, and a package is elsewhere on each machine.
SCHEMA = Path(".podrunner/values.schema.json")


_NAME_OF_TEAM = option("name", metavar="NAME", help="what the team or its runner is called")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner init`."""
    add_options(
        parser,
        "values",
        _NAME_OF_TEAM,
        PRESET.default(_DEFAULT, _DEFAULT),
        URL.default("https://gitlab.com", "https://gitlab.com"),
        CHART,
    )
    add_options(parser, "release, for commands", NAMESPACE.default("ci", "ci"))
    add_options(parser, "output", OUTPUT.default("NAME.yaml"), FORCE, QUIET)


def run(args: Namespace) -> int:
    """Write the file, and print what to do next. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.chart.fork import fork_values
    from podrunner.chart.partial_schema import partial_schema, schema_text
    from podrunner.findings.errors import UsageError
    from podrunner.output.files import refuse_to_overwrite, write_text
    from podrunner.output.kubectl import kubectl_secret
    from podrunner.output.paths import shown_path
    from podrunner.output.streams import show

    if not _NAME.match(args.name):
        raise UsageError(f"{args.name}: a name has 1 to 63 characters of a-z, 0-9 and dashes, as in team-a.")
    chart = Chart.open(args.chart)
    # Before anything is said of the file: a preset that is not there is the first thing to know.
    chart.preset(args.preset)
    _refuse_address(args.url, chart)
    file = args.output or Path(f"{args.name}.yaml")
    refuse_to_overwrite(file, force=args.force)
    schema = _schema_file(file)
    write_text(fork_values(args.name, args.preset, chart, args.url, _seen_from(file, schema)), file)
    write_text(schema_text(partial_schema(chart)), schema)
    secret = kubectl_secret(f"gitlab-runner-{args.name}", ["token"], args.namespace)
    lines = [
        f"{file}: a fork of the preset {args.preset}. Editors read {shown_path(schema)}: commit both. Next:",
        f"  podrunner check {file}",
        "  # type or paste the token of the runner, then end with Ctrl-D twice",
        f"  {secret}",
        f"  helm install ci {shown_path(chart.source)} -f {file} --namespace {args.namespace}",
    ]
    if not args.quiet:
        show("".join(f"{line}\n" for line in lines))
    return 0


def _schema_file(file: Path) -> Path:
    """Where editors find the schema on every machine: in the repository of the file, else in the file's folder."""
    from podrunner.output.paths import folders_of_repository

    return folders_of_repository(file.parent)[-1] / SCHEMA


def _seen_from(file: Path, target: Path) -> str:
    return Path(os.path.relpath(target, file.parent.resolve())).as_posix()


def _refuse_address(url: str, chart: Chart) -> None:
    """Raise UsageError for an address of GitLab that `podrunner check` would refuse in the file."""
    from podrunner.findings.errors import UsageError
    from podrunner.findings.finding import errors
    from podrunner.formats.placed import Values

    found = errors(chart.check([Values({"gitlab": {"url": url}}, "--url")]))
    if not url.strip() or any(finding.path == "gitlab.url" for finding in found):
        shown = url if url.strip() else f'"{url}"'
        raise UsageError(f"--url {shown}: not the address of a GitLab. Write it like https://gitlab.example.com.")
