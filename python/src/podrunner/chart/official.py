"""Values of GitLab's own chart that were given to this one: the schema lets them pass, the templates refuse them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.rules.values import VALUES_OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podrunner.findings.path import Path as Parts

_WAY_OUT = "`podrunner import FILE` converts a values file of that chart."


def check_official(known: dict[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[Parts, Finding]]:
    """An error for each key of GitLab's chart, with its path. `known` is what `load_official` read."""
    for path, fate in _found(known, values, ()):
        message = f"{dotted(path)}: is a value of GitLab's own chart: {fate} {_WAY_OUT}"
        yield path, Finding(VALUES_OFFICIAL, message, path=dotted(path))


def load_official(chart: Path) -> dict[str, Any]:
    """Key of GitLab's chart → what became of it, or the keys below it. Empty without files/gitlab-runner.json."""
    file = chart / "files/gitlab-runner.json"
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return known


def _found(known: dict[str, Any], values: Mapping[str, Any], path: Parts) -> Iterator[tuple[Parts, str]]:
    """As podrunner.checks.official.found of the chart does."""
    for key, value in values.items():
        fate = known.get(key)
        if isinstance(fate, dict) and isinstance(value, dict):
            yield from _found(fate, value, (*path, key))
        elif isinstance(fate, str) and not (_is_runner(value, key) if path == ("runners",) else value is None):
            yield (*path, key), fate


def _is_runner(value: Any, key: str) -> bool:
    """Whether what stands below `runners` is one, to judge by its name and what it is."""
    return (value is None or isinstance(value, dict)) and key == key.lower().replace("_", "-")
