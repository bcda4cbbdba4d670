r"""What stands at a path of an object: `spec.template.spec.containers[name=web].image`.

The notation is that of `helm --set`, `environment[0]` and `example\.com/team`, with what lists of Kubernetes need: an
item by what stands in it, `[name=web]`, and every item, `[*]`. A key with dots may stand in quotes: `data["my.conf"]`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEP = re.compile(
    r"""\[(?P<index>-?\d+)\]
      | \[(?P<every>\*)\]
      | \["(?P<quoted>(?:[^"\\]|\\.)*)"\]
      | \[(?P<key>[^][="?(@]+)=(?P<text>[^]]*)\]
      | (?P<dot>\.?)(?P<name>(?:[^].[\\]|\\.)+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a key (text), a place in a list (int), or items by a key's text; `key` "*" is every item."""

    to: str | int | None
    key: str = ""
    text: str = ""

    def of(self, value: Any) -> list[Any]:
        """What it leads to from a value."""
        if isinstance(self.to, str):
            return [value[self.to]] if isinstance(value, dict) and self.to in value else []
        items = value if isinstance(value, list) else []
        if self.to is not None:
            return [items[self.to]] if -len(items) <= self.to < len(items) else []
        return [item for item in items if self.key == "*" or self.text in map(_as_text, find_all(item, self.key))]


def find(data: Any, path: str) -> Any:
    """The one value at a path, `data` itself for an empty one: `find(deployment, "spec.containers[name=web].image")`.

    Raises LookupError that says how far the path leads and what is there, or that it leads to several values;
    UsageError for what is not a path.
    """
    __tracebackhide__ = True
    found, so_far = [data], ""
    for text, step in _steps(path):
        before, found = found, [after for value in found for after in step.of(value)]
        if not found:
            raise LookupError(_missing(path, so_far, text, step, before))
        so_far += text
    if len(found) > 1:
        raise LookupError(f"{path}: {len(found)} values. Use find_all, or name the item: [name=web].")
    return found[0]


def find_all(data: Any, path: str) -> list[Any]:
    """Every value at a path, in order; none where there is nothing. Raises UsageError for what is not a path."""
    __tracebackhide__ = True
    found = [data]
    for _, step in _steps(path):
        found = [after for value in found for after in step.of(value)]
    return found


def same(found: Any, wanted: Any) -> bool:
    """Whether two values are the same, their types too, as Go and JSON tell them apart: 1 is not true, which it is for Python."""
    if type(found) is not type(wanted):
        return False
    if isinstance(found, dict):
        return found.keys() == wanted.keys() and all(same(value, wanted[key]) for key, value in found.items())
    if isinstance(found, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return bool(found == wanted)


def items(value: Any) -> list[Any]:
    """The items of a list: a text has a length and contains others, too, and is none. Raises TypeError for what is not a list."""
    __tracebackhide__ = True
    if isinstance(value, list):
        return value
    raise TypeError(f"not a list but {value!r:.60}.")


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[tuple[str, Step], ...]:
    """(its text, the step), for each of a path. Raises UsageError."""
    __tracebackhide__ = True
    steps, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        # A key begins the path or stands behind a dot, and nothing else does.
        if not match or (match["name"] and bool(match["dot"]) != bool(at)):
            raise UsageError(
                f'{path}: not a path, from `{path[at:]}` on. Write it like spec.containers[name=web].image, data["my.conf"], '
                "args[0] or args[*]."
            )
        steps.append((match[0], _step(match)))
        at = match.end()
    return tuple(steps)


def _step(match: re.Match[str]) -> Step:
    if match["index"]:
        return Step(int(match["index"]))
    if match["every"]:
        return Step(None, "*")
    if match["key"]:
        return Step(None, match["key"], match["text"])
    return Step(re.sub(r"\\(.)", r"\1", match["name"] or match["quoted"] or ""))


def _missing(path: str, so_far: str, text: str, step: Step, before: Iterable[Any]) -> str:
    value = next(iter(before))
    where = f"in {so_far}" if so_far else "at the top"
    return f"{path}: there is no {text.removeprefix('.')} {where}.{_there(step, value)}"


def _there(step: Step, value: Any) -> str:
    """What is there instead, as a sentence."""
    if isinstance(value, dict) and isinstance(step.to, str):
        return f"{did_you_mean(step.to, map(str, value))} There: {listed(value) or 'nothing'}."
    if isinstance(value, list) and step.key not in ("", "*"):
        texts = [_as_text(one) for item in value for one in find_all(item, step.key)]
        return f"{did_you_mean(step.text, texts)} There: {listed(texts) or 'nothing'}."
    if isinstance(value, list):
        return f" It is a list of {len(value)}."
    return f" It is {'a map' if isinstance(value, dict) else 'a single value'}."


def _as_text(value: Any) -> str:
    """As YAML writes it: `true`, `8080`, and text as it is."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
