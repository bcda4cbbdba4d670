"""A patch of `pod_spec`, written as YAML or JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.formats.flaw import NOT_YAML, Flaw, yaml_flaw
from podrunner.formats.yaml import GoLoader

if TYPE_CHECKING:
    from podrunner.findings.path import Path


def patch_at(path: Path, text: str) -> Any:
    """The patch that a text at this path of a document is; None for another text, and for one that cannot be read."""
    data = read_patch(text)[0] if path[-1:] == ("patch",) else None
    return data if isinstance(data, dict | list) else None


@lru_cache(maxsize=1024)
def read_patch(patch: str) -> tuple[Any, Flaw | None]:
    """(patch, not to be changed by anybody: runners of a mode share theirs; why it cannot be read)."""
    try:
        return yaml.load(patch, Loader=GoLoader), None
    except NOT_YAML as error:
        return None, yaml_flaw(error, patch)
