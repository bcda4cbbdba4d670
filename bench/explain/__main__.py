"""How often `podrunner explain` names the true cause first, with a fix that leads there.

Prints a table of each half of tests/explain/labelled: `held-out`, by which tests/explain/test_score.py holds the figures,
and `seen`, which may be read by whoever changes patterns.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bench.explain.judge import judge
from bench.explain.labelled import HALVES, read_causes, read_labels
from bench.explain.table import list_faults, make_table
from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts and prints. Gives the exit code."""
    options = _parse(arguments)
    try:
        vocabulary = read_causes()
        for half in HALVES:
            verdicts = [judge(label, vocabulary) for label in read_labels(half)]
            print(make_table(half, verdicts))
            if half in options.faults:
                print(list_faults(verdicts))
    except PodrunnerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench.explain",
        description=__doc__,
        epilog="exit code: 0 counted; 2 wrong use.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    text = "also list what is not right of this half; those of held-out are not for whoever changes patterns"
    parser.add_argument("--faults", action="append", default=[], choices=HALVES, help=text)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
