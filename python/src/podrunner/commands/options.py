"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.values import Values


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


def add_render_options(parser: ArgumentParser) -> None:
    """How to render: `--helm`."""
    parser.add_argument(
        "--helm",
        choices=("library", "command"),
        default="library",
        help="Helm in this process, or the helm command (default: library)",
    )


def read_layers(args: Namespace, chart: Path) -> list[Values]:
    """Values layers of the command line, lowest first. Raises UsageError and ValuesError."""
    from podrunner.chart import find_preset
    from podrunner.values import load_values, parse_set

    files = [find_preset(chart, args.preset)] if args.preset else []
    return [*(load_values(path) for path in [*files, *args.values]), *parse_set(args.set)]
