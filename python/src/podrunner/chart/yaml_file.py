"""YAML files of a chart that are not values: Chart.yaml, and what lies in `files/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from podrunner.findings.errors import UsageError
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.yaml import GoLoader

if TYPE_CHECKING:
    from pathlib import Path


def load_map(path: Path, shown: Path) -> dict[str, Any]:
    """The map in the first document of a file, read with Go's YAML rules; people call the file `shown`.

    An empty file is an empty map. Raises UsageError with the place and the reason when it is something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read: {getattr(error, 'strerror', error)}.") from None
    try:
        data = next(yaml.load_all(text, Loader=GoLoader), None)
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        line, column = flaw.start
        place = f":{line}:{column}" if line else ""
        raise UsageError(f"{shown}{place}: {flaw.sentence('not YAML')}") from None
    if not isinstance(data, dict | None):
        what = "a list" if isinstance(data, list) else "a single value"
        raise UsageError(f"{shown}: must be a map (`key: value`), is {what}.")
    return data or {}
