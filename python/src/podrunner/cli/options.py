"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.cases.case import Case
    from podrunner.cases.selection import Selection
    from podrunner.chart.chart import Chart


def add_values_options(parser: ArgumentParser) -> None:
    """`--chart`, `-f`, `--preset` and `--set`, as in helm."""
    parser.add_argument("--chart", type=Path, metavar="DIR", help="the chart (default: the one of podrunner)")
    parser.add_argument(
        "-f", "--values", action="append", default=[], type=Path, metavar="FILE", help="values file; several: last wins"
    )
    parser.add_argument("--preset", metavar="NAME", help="preset of the chart, below all values files")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="one value, above all files, as in helm"
    )


def add_case_options(parser: ArgumentParser) -> None:
    """Which cases: presets, the matrix and its combinations, their names, Kubernetes versions."""
    parser.add_argument("--all-presets", action="store_true", help="one case for each preset of the chart")
    parser.add_argument("--matrix", type=Path, metavar="FILE", help="cases from a matrix file")
    parser.add_argument("--strategy", choices=("full", "pairwise", "each"), help="combinations of the matrix' axes")
    parser.add_argument(
        "--case", action="append", default=[], metavar="NAME", help="only cases of this name or shell pattern"
    )
    parser.add_argument(
        "--kube-version",
        action="append",
        default=[],
        metavar="V",
        help="Kubernetes version, such as 1.34; several; all",
    )
    add_release_options(parser)


def add_render_options(parser: ArgumentParser) -> None:
    """How to render: `--helm`."""
    parser.add_argument(
        "--helm",
        choices=("library", "command"),
        default="library",
        help="Helm in this process, or the helm command (default: library)",
    )


def add_release_options(parser: ArgumentParser, release: str | None = None, namespace: str | None = None) -> None:
    """`--release`, `--namespace` and `--api-versions`, as in helm; with their defaults, where there are any."""
    from podrunner.cases.names import namespace_name, release_name

    parser.add_argument(
        "--release", type=release_name, default=release, metavar="NAME", help="release name (default: podrunner)"
    )
    parser.add_argument(
        "--namespace", type=namespace_name, default=namespace, metavar="NS", help="namespace (default: podrunner)"
    )
    parser.add_argument(
        "--api-versions", action="append", default=[], metavar="V", help="API version the cluster has, too; several"
    )


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
