"""Every option that several commands have, defined once: one name, one meaning, one help text."""

from __future__ import annotations

import csv
import re
from argparse import ArgumentTypeError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.cli.suggestions import codes, contexts, kube_versions, nothing, presets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable

    Suggest = Callable[[Namespace], Iterable[str]]


def name(text: str) -> str:
    """What names something, such as a file or a revision. Raises ArgumentTypeError for nothing, as of a variable that is empty."""
    if not text.strip():
        raise ArgumentTypeError(f'"{text}" names nothing: a variable may be empty')
    return text


def path(text: str) -> Path:
    """A file or a folder, which Python would take for the current one if nothing is named. Raises ArgumentTypeError."""
    return Path(name(text))


def _files(text: str) -> list[Path]:
    # As helm splits them, where quotes keep a comma.
    names = [one for row in csv.reader([name(text)]) for one in row]
    if not all(one.strip() for one in names):
        raise ArgumentTypeError(f"{text} has a file without a name. Write it like a.yaml,b.yaml")
    return [Path(one) for one in names]


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its names, what argparse is to know of it, and what the Tab key suggests for it; None: files."""

    names: tuple[str, ...]
    help: str
    keywords: dict[str, Any] = field(default_factory=dict)
    suggest: Suggest | None = nothing

    def default(self, text: str, value: object = None) -> Option:
        """The option of a command that has a default for it: how that is called, and what it is."""
        keywords = self.keywords if value is None else {**self.keywords, "default": value}
        return replace(self, help=f"{self.help} (default: {text})", keywords=keywords)


def option(*names: str, help: str, suggest: Suggest | None = nothing, **keywords: Any) -> Option:  # noqa: A002  as argparse calls it
    """An option with the keywords of argparse."""
    is_named = keywords.get("type") in (path, _files) or "choices" in keywords
    return Option(names, help, keywords, None if is_named else suggest)


def several(*names: str, help: str, **keywords: Any) -> Option:  # noqa: A002  as argparse calls it
    """An option that may be given several times."""
    return option(*names, help=f"{help}; several", default=[], **{"action": "append", **keywords})


def add_options(parser: ArgumentParser, title: str, *options: Option) -> None:
    """Add options to a parser, under a title of its help."""
    group = parser.add_argument_group(title)
    for one in options:
        action = group.add_argument(*one.names, help=one.help, **one.keywords)
        if one.suggest:
            # Where argcomplete looks for it.
            action.completer = _completer(one.suggest)  # type: ignore[attr-defined]


def _completer(suggest: Suggest) -> Callable[..., list[str]]:
    def complete(*, parsed_args: Namespace, **_more: object) -> list[str]:
        return list(suggest(parsed_args))

    return complete


def _release(text: str) -> str:
    from podrunner.cases.names import release_name

    return release_name(text)


def _namespace(text: str) -> str:
    from podrunner.cases.names import namespace_name

    return namespace_name(text)


def _revision(text: str) -> int:
    from podrunner.cases.names import read_revision

    return read_revision(text)


def _chart_version(text: str) -> str:
    from podrunner.cases.names import chart_version

    return chart_version(text)


def _runner_version(text: str) -> str:
    if not re.match(r"v?\d+\.\d+", text):
        raise ArgumentTypeError(f"{text} is not a version of GitLab Runner. Write it like 19.4")
    return text


def _code(text: str) -> str:
    return _right_code(text, final=True)


def _ignored(text: str) -> str:
    return _right_code(text, final=False)


def _right_code(text: str, *, final: bool) -> str:
    from podrunner.check.policy.ignore import refuse_code

    if sentence := refuse_code(text, final=final):
        raise ArgumentTypeError(sentence.removesuffix("."))
    return text


# Values, as in helm.
FILES = option(
    "files", nargs="*", type=path, metavar="FILE", help="values file, a case of its own; - is standard input; several"
)
VALUES = several(
    *("-f", "--values"),
    action="extend",
    type=_files,
    metavar="FILE",
    help="values file below each FILE, the last one wins; A,B are two, - is standard input",
)
_PRESET = "preset of the chart, below all values files"
PRESETS = several("--preset", metavar="NAME", help=_PRESET, suggest=presets)
PRESET = option("--preset", metavar="NAME", help=_PRESET, suggest=presets)
SETTINGS = (
    several("--set", metavar="KEY=VALUE", help="a value, above all files"),
    several("--set-string", metavar="KEY=TEXT", help="a value that is text, whatever it looks like"),
    several("--set-file", metavar="KEY=FILE", help="a value that is the text of a file"),
    several("--set-json", metavar="KEY=JSON", help="a value in JSON, or an object of values"),
    several("--set-literal", metavar="KEY=TEXT", help="a value that is text, commas and backslashes too"),
)
ANY_CHART = option("--chart", type=path, metavar="CHART", help="the chart, a folder or a package (.tgz)")
CHART = ANY_CHART.default("podrunner's own")
OF_VALUES = (FILES, VALUES, PRESETS, *SETTINGS, CHART)

# Cases, and what they are rendered for.
ALL_PRESETS = option("--all-presets", action="store_true", help="one case for each preset of the chart")
MATRIX = option("--matrix", type=path, metavar="FILE", help="cases from a matrix file")
STRATEGY = option("--strategy", choices=("full", "pairwise", "each"), help="combinations of the matrix' axes")
CASE = several("--case", metavar="NAME", help="only cases of this name or shell pattern")
OF_CASES = (ALL_PRESETS, MATRIX, STRATEGY, CASE)
RELEASE = option("--release", type=_release, metavar="NAME", help="name of the release")
NAMESPACE = option("-n", "--namespace", type=_namespace, metavar="NS", help="namespace")
KUBE_VERSIONS = several(
    "--kube-version", metavar="V", help="Kubernetes version, such as 1.34, or all", suggest=kube_versions
)
API_VERSIONS = several("--api-versions", metavar="V", help="API version that the cluster has, too")
REVISION = option("--revision", type=_revision, metavar="N", help="revision of the release; from 2 on it is an upgrade")
CHART_VERSION = option("--chart-version", type=_chart_version, metavar="V", help="version of the chart").default(
    "that of Chart.yaml"
)
APP_VERSION = option("--app-version", type=name, metavar="V", help="appVersion of the chart").default(
    "that of Chart.yaml"
)
LOOKUP = several("--lookup", type=path, metavar="FILE", help="manifests of objects that the function lookup finds")
INCLUDE_CRDS = option("--include-crds", action="store_true", help="render what is in crds/, too")
SKIP_SCHEMA_VALIDATION = option(
    "--skip-schema-validation", action="store_true", help="render values that values.schema.json refuses"
)
# As `helm template` has them, beside the release.
OF_TEST = (CHART_VERSION, APP_VERSION, LOOKUP, INCLUDE_CRDS, SKIP_SCHEMA_VALIDATION)
OF_RELEASE = (
    RELEASE.default("podrunner"),
    NAMESPACE.default("podrunner"),
    KUBE_VERSIONS.default("1.34"),
    API_VERSIONS,
    REVISION.default("1"),
)
RUNNER_VERSION = option("--runner-version", type=_runner_version, metavar="V", help="version of GitLab Runner").default(
    "the chart's appVersion"
)
HELM = option(
    "--helm", choices=("library", "command"), default="library", help="Helm in this process, or the helm command"
).default("library")

# A cluster.
KUBECONFIG = option("--kubeconfig", type=path, metavar="FILE", help="kubeconfig of the cluster")
CONTEXT = option("--context", default="", metavar="NAME", help="context of the kubeconfig", suggest=contexts).default(
    "its current one"
)
OF_CLUSTER = (KUBECONFIG.default("as kubectl chooses"), CONTEXT)

# Jobs.
_PIPELINE = "pipeline, a .gitlab-ci.yml"
PIPELINE = option("--pipeline", type=path, metavar="FILE", help=_PIPELINE)
PIPELINES = several("--pipeline", type=path, metavar="FILE", help=_PIPELINE)
TIMEOUT = option("--timeout", type=float, metavar="S", help="seconds that a job may take, pulling included")

URL = option("--url", default="", metavar="URL", help="address of GitLab")

# What a team looks at, and what it lives with.
SELECT = several(
    "--select", metavar="CODE", type=_code, help="look only at findings of this code or shell pattern", suggest=codes
)
IGNORE = several(
    "--ignore", metavar="CODE", type=_ignored, help="ignore findings of this code or shell pattern", suggest=codes
)
FAIL_ON = option(
    "--fail-on",
    choices=("error", "warning", "note"),
    metavar="SEVERITY",
    help="fail for error, warning or note, and worse",
).default("error")
STRICT = option("--strict", action="store_const", dest="fail_on", const="warning", help="fail for warnings, too")
OF_POLICY = (SELECT, IGNORE, FAIL_ON, STRICT)

# Output.
QUIET = option("-q", "--quiet", action="store_true", help="results only: no progress, no summary, no advice")
OUTPUT = option("--output", type=path, metavar="FILE", help="the values file to write")
FORCE = option("--force", action="store_true", help="write over a file that is there")
