"""How often `podrunner import` is strictly right: it would run as before, and every difference is named.

Prints a table of each half of tests/importing/scored: `held-out`, by which tests/importing/test_score.py holds the
figures, and `seen`, which may be read by whoever changes the import.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench.importing.judge import judge_half
from bench.importing.table import list_faults, make_table
from bench.score import run

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts and prints. Gives the exit code."""
    return run("bench.importing", __doc__, arguments, judge_half, make_table, list_faults)


if __name__ == "__main__":
    sys.exit(main())
