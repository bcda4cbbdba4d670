"""`podrunner schema`: what editors know files by, as JSON schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.cli.options import CHART, add_options, option

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

EXAMPLES = """\
examples:
  podrunner schema values > .podrunner/values.schema.json      as `podrunner init` writes it
  podrunner schema matrix > .podrunner/matrix.schema.json
  podrunner schema policy > .podrunner/podrunner.schema.json

Editors with the YAML language server find the schema by the first line of a file, with the path from there:
  # yaml-language-server: $schema=../.podrunner/matrix.schema.json

and those that know TOML by `#:schema .podrunner/podrunner.schema.json` in the first line of podrunner.toml.
"""
_NAMES = ("values", "matrix", "policy")
_WHICH = option(
    "schema",
    choices=_NAMES,
    metavar="FILE",
    help="values: a values file, which says a part of the values; matrix: a matrix file; policy: podrunner.toml",
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner schema`."""
    add_options(parser, "what to print", _WHICH, CHART)


def run(args: Namespace) -> int:
    """Print a schema. Raises UsageError."""
    from podrunner.cases.matrix_schema import matrix_schema
    from podrunner.chart.chart import Chart
    from podrunner.chart.partial_schema import partial_schema, schema_text
    from podrunner.check.policy.file import policy_schema
    from podrunner.output.streams import show_data

    chart = Chart.open(args.chart)
    schemas: dict[str, Callable[[], dict[str, Any]]] = {
        "values": lambda: partial_schema(chart),
        "matrix": lambda: matrix_schema(chart),
        "policy": policy_schema,
    }
    show_data(schema_text(schemas[args.schema]()))
    return 0
