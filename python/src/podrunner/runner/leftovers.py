"""Leftovers of templates in config.toml: what nobody filled in, and what was nothing when somebody did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_TEMPLATE
from podrunner.runner.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

# Go's fmt for a value that is not there, and text/template's; nothing that anybody writes.
_NOTHING = re.compile(r"%!\w?\([^)]*\)|<nil>|<no value>")
_ACTION = re.compile(r"\{\{.*?(?:\}\}|\Z)", re.DOTALL)
# Where programs have templates of their own: podman inspect --format '{{.Id}}'.
_PROGRAMS = re.compile(r"script|command|entrypoint|environment|patch|lifecycle|regex")


def check_leftovers(data: Any, path: Path = ()) -> Iterator[Fault]:
    """An error for each text that a template left something over in."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from check_leftovers(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from check_leftovers(value, (*path, index))
    elif isinstance(data, str):
        of_program = any(isinstance(part, str) and _PROGRAMS.search(part) for part in path)
        found = _NOTHING.search(data) or (None if of_program else _ACTION.search(data))
        if found:
            left = " ".join(found[0].split())[:40]
            yield Fault(CONFIG_TEMPLATE, path, f"`{left}` is a leftover of a template. Write what it stands for.")
