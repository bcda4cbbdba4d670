"""Paths of helm unittest: JSONPath into objects, and `--set` into values."""

from __future__ import annotations

import re
from typing import Any

# A step of JSONPath that leads to one value, or to every item.
_STEP = re.compile(
    r"""\[(?P<index>-?\d+)\]
      | \[\s*(?P<quote>["'])(?P<quoted>.*?)(?P=quote)\s*\]
      | (?P<every>\[\*\])
      | \[\?\(\s*@\.(?P<key>[\w.-]+)\s*==\s*(?P<mark>["']?)(?P<text>[^"'\]]*?)(?P=mark)\s*\)\]
      | \.?(?P<name>[^].\[*]+)""",
    re.VERBOSE,
)
_SET_STEP = re.compile(r"\.?(?:\[(?P<index>\d+)\](?=$|[.\[])|\[(?P<escaped>[^]]*)\]|(?P<name>[^.\[\],{}=]+))")


def object_path(path: str) -> str:
    """The path as `find` takes it. Raises ValueError for what leads to places that `find` does not look at."""
    text, at = "", len(path) - len(path.lstrip())
    path = path.rstrip()
    at += 1 if path[at:].startswith("$") else 0
    while at < len(path):
        match = _STEP.match(path, at)
        # A filter of a map looks at its values, which `find` does not do.
        if not match or (match["name"] and path[at] != "." and text) or (match["key"] and not text):
            raise ValueError(f"the path {path}")
        text += _step(match, text)
        at = match.end()
    return text


def _step(match: re.Match[str], before: str) -> str:
    if match["index"] or match["every"]:
        return match[0]
    if match["key"]:
        return f"[{match['key']}={match['text']}]"
    key = match["name"] or match["quoted"] or ""
    if not key or "." in key or "[" in key or "]" in key or "\\" in key:
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'["{escaped}"]'
    return f".{key}" if before else key


def leads_to_many(path: str) -> bool:
    """Whether a path of `find` may lead to more than one value."""
    return "[*]" in path


def values_of(settings: dict[str, Any]) -> dict[str, Any]:
    """`set` of a suite as values: `image.tag`, `hosts[0]`, `annotations.[example.com/team]`. Raises ValueError."""
    values: dict[str, Any] = {}
    for path, value in settings.items():
        _merge(values, _nested(_set_steps(path), value))
    return values


def _set_steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        match = _SET_STEP.match(path, at)
        if not match:
            raise ValueError(f"the path {path} of `set`")
        # Brackets are a place in a list behind a key, and a key with dots at the begin or behind a dot.
        is_place = match["index"] and at and not match[0].startswith(".")
        steps.append(int(match["index"]) if is_place else match["escaped"] or match["index"] or match["name"])
        at = match.end()
    return steps


def _nested(steps: list[str | int], value: Any) -> Any:
    for step in reversed(steps):
        value = {step: value} if isinstance(step, str) else [*[None] * step, value]
    return value


def _merge(values: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            _merge(values[key], value)
        else:
            values[key] = value
