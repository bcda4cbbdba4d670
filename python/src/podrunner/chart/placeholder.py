"""The values that stand in for what a preset leaves to whoever installs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.chart.schema import load_defaults
from podrunner.formats.placed import Values

if TYPE_CHECKING:
    from pathlib import Path


# A preset leaves the address of GitLab to whoever installs it: one that is looked at alone gets this one.
PLACEHOLDER = Values({"gitlab": {"url": "https://gitlab.example.com"}}, "placeholder")


def placeholder(chart: Path) -> tuple[Values, ...]:
    """The lowest layer for a preset alone; nothing for a chart that does not ask for the address of GitLab."""
    gitlab = load_defaults(chart).data.get("gitlab")
    return (PLACEHOLDER,) if isinstance(gitlab, dict) and gitlab.get("url") == "" else ()
