"""How often `podrunner explain` names the true cause first, with a fix that leads there.

Prints a table of each half of tests/explain/labelled: `held-out`, by which tests/explain/test_score.py holds the figures,
and `seen`, which may be read by whoever changes patterns.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench.explain.judge import Verdict, judge
from bench.explain.labelled import read_causes, read_labels
from bench.explain.table import list_faults, make_table
from bench.score import run

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts and prints. Gives the exit code."""
    return run("bench.explain", __doc__, arguments, _judge_half, make_table, list_faults)


def _judge_half(half: str) -> list[Verdict]:
    vocabulary = read_causes()
    return [judge(label, vocabulary) for label in read_labels(half)]


if __name__ == "__main__":
    sys.exit(main())
