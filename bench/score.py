"""What the scores of `explain` and `import` have in common: two halves of labelled files, a table of each, a list of faults."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# held-out is for measuring, seen for reading.
HALVES = ("held-out", "seen")


def run(
    name: str,
    about: str | None,
    arguments: Sequence[str] | None,
    judge_half: Callable[[str], list[Any]],
    make_table: Callable[[str, list[Any]], str],
    list_faults: Callable[[list[Any]], str],
) -> int:
    """Counts both halves and prints them. Gives the exit code."""
    options = _parse(name, about, arguments)
    try:
        for half in HALVES:
            verdicts = judge_half(half)
            print(make_table(half, verdicts))
            if half in options.faults:
                print(list_faults(verdicts))
    except PodrunnerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _parse(name: str, about: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        f"python -m {name}",
        description=about,
        epilog="exit code: 0 counted; 2 wrong use.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    text = "also list what is not right of this half; those of held-out are not for whoever changes what is measured"
    parser.add_argument("--faults", action="append", default=[], choices=HALVES, help=text)
    return parser.parse_args(arguments)


def read_yaml(file: Path) -> dict[str, Any]:
    """The mapping in a file. Raises UsageError for one that cannot be read."""
    try:
        data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{file}: not YAML: {error}") from None
    return data


def head(half: str, cells: Sequence[str]) -> str:
    """Title and first rows of a table whose cells are numbers, but for the first."""
    return "\n".join([f"### {half}", "", row(cells), row(["---", *["---:"] * (len(cells) - 1)])])


def row(cells: Sequence[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def counted(counts: Sequence[int], size: int) -> list[str]:
    """Cells of counts with their percentage of a group."""
    return [f"{count} ({100 * count / size:.0f} %)" if count and size else "0" for count in counts]
