"""Every option that several commands have, defined once: one name, one meaning, one help text."""

from __future__ import annotations

import csv
import re
from argparse import ArgumentTypeError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from podrunner.cases.case import Case
    from podrunner.cases.selection import Selection
    from podrunner.chart.chart import Chart


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its names, and what argparse is to know of it."""

    names: tuple[str, ...]
    help: str
    keywords: dict[str, Any] = field(default_factory=dict)

    def default(self, text: str, value: object = None) -> Option:
        """The option of a command that has a default for it: how that is called, and what it is."""
        keywords = self.keywords if value is None else {**self.keywords, "default": value}
        return replace(self, help=f"{self.help} (default: {text})", keywords=keywords)


def option(*names: str, help: str, **keywords: Any) -> Option:  # noqa: A002  as argparse calls it
    """An option with the keywords of argparse."""
    return Option(names, help, keywords)


def several(*names: str, help: str, **keywords: Any) -> Option:  # noqa: A002  as argparse calls it
    """An option that may be given several times."""
    return option(*names, help=f"{help}; several", default=[], **{"action": "append", **keywords})


def add_options(parser: ArgumentParser, title: str, *options: Option) -> None:
    """Add options to a parser, under a title of its help."""
    group = parser.add_argument_group(title)
    for one in options:
        group.add_argument(*one.names, help=one.help, **one.keywords)


def _release(text: str) -> str:
    from podrunner.cases.names import release_name

    return release_name(text)


def _namespace(text: str) -> str:
    from podrunner.cases.names import namespace_name

    return namespace_name(text)


def _runner_version(text: str) -> str:
    if not re.match(r"v?\d+\.\d+", text):
        raise ArgumentTypeError(f"{text} is not a version of GitLab Runner. Write it like 19.4")
    return text


def _files(text: str) -> list[Path]:
    # As helm splits them, where quotes keep a comma.
    return [Path(name) for row in csv.reader([text]) for name in row]


# Values, as in helm.
FILES = option("files", nargs="*", type=Path, metavar="FILE", help="values files, each a case of its own")
VALUES = several(
    "-f", "--values", action="extend", type=_files, metavar="FILE", help="values file, the last wins; A,B are two"
)
PRESET = option("--preset", metavar="NAME", help="preset of the chart, below all values files")
PRESETS = several("--preset", metavar="NAME", help="preset of the chart, below all values files, a case of its own")
SET = several("--set", metavar="KEY=VALUE", help="one value, above all files")
CHART = option("--chart", type=Path, metavar="CHART", help="the chart's folder").default("podrunner's own")

SETTINGS = (SET,)
OF_VALUES = (VALUES, PRESET, *SETTINGS, CHART)

# Cases, and what they are rendered for.
ALL_PRESETS = option("--all-presets", action="store_true", help="one case for each preset of the chart")
MATRIX = option("--matrix", type=Path, metavar="FILE", help="cases from a matrix file")
STRATEGY = option("--strategy", choices=("full", "pairwise", "each"), help="combinations of the matrix' axes")
CASE = several("--case", metavar="NAME", help="only cases of this name or shell pattern")
OF_CASES = (ALL_PRESETS, MATRIX, STRATEGY, CASE)
RELEASE = option("--release", type=_release, metavar="NAME", help="name of the release")
NAMESPACE = option("-n", "--namespace", type=_namespace, metavar="NS", help="namespace")
_KUBE_VERSION = "Kubernetes version, such as 1.34"
KUBE_VERSIONS = several("--kube-version", metavar="V", help=f"{_KUBE_VERSION}, or all")
KUBE_VERSION = option("--kube-version", metavar="V", help=_KUBE_VERSION)
API_VERSIONS = several("--api-versions", metavar="V", help="API version that the cluster has, too")
OF_RELEASE = (RELEASE.default("podrunner"), NAMESPACE.default("podrunner"), API_VERSIONS)
RUNNER_VERSION = option("--runner-version", type=_runner_version, metavar="V", help="version of GitLab Runner").default(
    "the chart's appVersion"
)
HELM = option(
    "--helm", choices=("library", "command"), default="library", help="Helm in this process, or the helm command"
).default("library")

# A cluster.
KUBECONFIG = option("--kubeconfig", type=Path, metavar="FILE", help="kubeconfig of the cluster")
CONTEXT = option("--context", default="", metavar="NAME", help="context of the kubeconfig").default("its current one")
OF_CLUSTER = (KUBECONFIG.default("as kubectl chooses"), CONTEXT)

# Jobs.
_PIPELINE = "pipeline, a .gitlab-ci.yml"
PIPELINE = option("--pipeline", type=Path, metavar="FILE", help=_PIPELINE)
PIPELINES = several("--pipeline", type=Path, metavar="FILE", help=_PIPELINE)
TIMEOUT = option("--timeout", type=float, metavar="S", help="seconds that a job may take, pulling included")

URL = option("--url", default="", metavar="URL", help="address of GitLab")

# Output.
QUIET = option("-q", "--quiet", action="store_true", help="results only: no progress, no summary, no advice")
OUTPUT = option("--output", type=Path, metavar="FILE", help="the values file to write")
FORCE = option("--force", action="store_true", help="write over a file that is there")


@dataclass(frozen=True, slots=True)
class Output:
    """One output that was asked for: its format, and its file; None is standard output."""

    format: str
    file: Path | None = None


def formats(*names: str) -> Option:
    """`--format` of a command that writes these formats, text unless another is asked for."""

    def read(text: str) -> Output:
        name, _, file = text.partition("=")
        if name not in names:
            raise UsageError(
                f"--format {text}: no format `{name}`.{did_you_mean(name, names)} Formats: {listed(names)}."
            )
        return Output(name, Path(file) if file not in ("", "-") else None)

    return several(
        "--format", type=read, metavar="FORMAT[=FILE]", help=f"{listed(names)}; to standard output or a file"
    ).default("text")


def read_outputs(args: Namespace) -> list[Output]:
    """The outputs asked for, text when none is. Raises UsageError for two in one place."""
    outputs: list[Output] = args.format or [Output("text")]
    for index, output in enumerate(outputs):
        if before := _in_the_same_place(output, outputs[:index]):
            place = output.file or "standard output"
            raise UsageError(
                f"--format {output.format}: {before.format} goes to {place}, too. Give one of them a file of its own: "
                f"--format {output.format}=FILE."
            )
    return outputs


def _in_the_same_place(output: Output, others: Iterable[Output]) -> Output | None:
    return next((one for one in others if one.file == output.file), None)


def read_case(args: Namespace, chart: Chart) -> Case:
    """The one case of the command line: `--set` over files over the preset. Raises UsageError."""
    from podrunner.cases.case import Case
    from podrunner.formats.placed import load_layer

    files = [load_layer(path) for path in args.values]
    case = Case("", ((chart.preset(args.preset), *files) if args.preset else tuple(files)))
    return case.with_settings(args.set)


def read_selection(args: Namespace, chart: Chart) -> Selection:
    """Which cases the command line means, by the options of `add_case_options`. Raises UsageError."""
    from podrunner.cases.selection import Selection
    from podrunner.helm.kube_versions import kube_versions
    from podrunner.values.set_expression import parse_set

    return Selection(
        files=tuple(args.files),
        values=tuple(args.values),
        settings=tuple(parse_set(args.set)),
        preset=args.preset or "",
        all_presets=args.all_presets,
        matrix=args.matrix,
        strategy=args.strategy,
        release=args.release or "",
        namespace=args.namespace or "",
        kube_versions=tuple(kube_versions(args.kube_version, chart)),
        api_versions=tuple(args.api_versions),
    )
