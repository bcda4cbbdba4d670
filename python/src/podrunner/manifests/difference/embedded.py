"""Texts inside objects that are files of a format: two that say the same in another order do not differ."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.formats.toml import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable


def parsed_text(path: tuple[str, ...], text: Any) -> Any:
    """The map or list that a text stands for, by the name of its key; None when it is not such a text."""
    kind = _kind(path)
    return _parse(kind, text) if kind and isinstance(text, str) else None


def _kind(path: tuple[str, ...]) -> str:
    name = path[-1] if path else ""
    # [[runners.kubernetes.pod_spec]]: a patch is JSON or YAML, and JSON is YAML.
    if name == "patch" and "pod_spec" in path:
        return "yaml"
    suffix = name.rpartition(".")[2].lower()
    return {"yml": "yaml"}.get(suffix, suffix) if suffix in ("toml", "json", "yaml", "yml") and "." in name else ""


def _toml(text: str) -> dict[str, Any] | None:
    toml = read_toml(text)
    return None if toml.flaw else toml.data


@lru_cache(maxsize=1024)
def _parse(kind: str, text: str) -> Any:
    parsers: dict[str, Callable[[str], Any]] = {"toml": _toml, "json": json.loads, "yaml": yaml.safe_load}
    try:
        data = parsers[kind](text)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None
