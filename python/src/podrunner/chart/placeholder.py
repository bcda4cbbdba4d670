"""The values that stand in for what a preset leaves to whoever installs it."""

from __future__ import annotations

from typing import Any

from podrunner.formats.placed import Values

# A preset leaves the address of GitLab to whoever installs it: one that is looked at alone gets this one.
PLACEHOLDER = Values({"gitlab": {"url": "https://gitlab.example.com"}}, "placeholder")


def asks_for_gitlab(defaults: dict[str, Any]) -> bool:
    """Whether a chart's values.yaml has a place for the address of GitLab, and leaves it empty."""
    gitlab = defaults.get("gitlab")
    return isinstance(gitlab, dict) and gitlab.get("url") == ""
