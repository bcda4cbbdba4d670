"""What the log of the built-in pipeline must say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.modes.promise import Check

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_lines(log: str, lines: Iterable[str], never: Iterable[str]) -> list[Check]:
    """Looks for lines that the log must have, and must not."""
    missing = [Check(f"the log says `{line}`", "it does not") for line in lines if line not in log]
    unwanted = [Check(f"the log does not say `{line}`", "it does") for line in never if line in log]
    wrong = [*missing, *unwanted]
    return wrong or [Check("the log has every line of the built-in pipeline")]
