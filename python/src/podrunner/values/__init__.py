"""Values as Helm reads, merges and checks them, with the place of everything in its file."""

from podrunner.dotted import dotted, parse_dotted
from podrunner.values.load import Values, load_layer, load_values, read_values
from podrunner.values.merge import coalesce, merge
from podrunner.values.schema import check_schema
from podrunner.values.set_expression import parse_set

__all__ = [
    "Values",
    "check_schema",
    "coalesce",
    "dotted",
    "load_layer",
    "load_values",
    "merge",
    "parse_dotted",
    "parse_set",
    "read_values",
]
