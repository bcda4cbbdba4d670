"""Values that templates use, by the place where they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.check.coverage.actions import find_actions
from podrunner.check.coverage.flips import schema_of
from podrunner.schema.parts import properties_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from podrunner.findings.path import Path

_NAMES = r"((?:\.[A-Za-z_]\w*)+)"
_VALUES = re.compile(rf"(?:^|[\s(|])(?:\$\w*)?(?:\.[A-Za-z_]\w*)?\.Values{_NAMES}")
_ASSIGNED = re.compile(rf"^\$(\w+) :?= \$?\.Values{_NAMES}$")
_COMMENTED = re.compile(r"^[ \t]*#[# \t]*(?:- )?([A-Za-z_][\w-]*):(?:\s|$)", re.MULTILINE)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')


@dataclass(frozen=True, slots=True)
class ValueReference:
    """One `.Values.a.b` in a template."""

    template: str
    line: int
    path: Path


def find_references(templates: Mapping[str, str]) -> Iterator[ValueReference]:
    """All of them, those by a variable that stands for a part of the values, too."""
    for template, text in templates.items():
        variables: dict[str, str] = {}
        for action in find_actions(text):
            plain = _QUOTED.sub('""', action.text)
            assigned = _ASSIGNED.match(plain)
            if assigned:
                variables[assigned[1]] = assigned[2]
            for found in _VALUES.finditer(plain):
                yield ValueReference(template, action.line, _parts(found[1]))
            for name, path in variables.items():
                for found in re.finditer(rf"\${name}{_NAMES}", plain):
                    yield ValueReference(template, action.line, _parts(path + found[1]))


def _parts(text: str) -> Path:
    return tuple(text.lstrip(".").split("."))


def commented_keys(text: str) -> frozenset[str]:
    """Keys that values.yaml shows in a comment: `# nameOverride: ""`."""
    return frozenset(_COMMENTED.findall(text))


def is_declared(path: Path, defaults: Any, schema: dict[str, Any], commented: frozenset[str] = frozenset()) -> bool:
    """Whether values.yaml or the schema has this path, or leaves open what is below a part of it.

    `commented` are keys without a default, that values.yaml shows in a comment.
    """
    if path[0] == "global":
        return True
    for index, part in enumerate(path):
        if not isinstance(defaults, dict) or not defaults:
            # A scalar, a null or an empty map: whatever is below it is not written out.
            return True
        if part not in defaults:
            return part in commented or _in_schema(path[: index + 1], schema)
        defaults = defaults[part]
    return True


def is_imported(path: Path, imports: Iterable[tuple[tuple[str, ...], dict[str, Any] | None]]) -> bool:
    """Whether a dependency hands a value up. `imports` are (where to, what), None for what is not known."""
    for at, values in imports:
        shared = min(len(path), len(at))
        if path[:shared] == at[:shared] and (values is None or len(path) <= len(at) or path[len(at)] in values):
            return True
    return False


def _in_schema(path: Path, schema: dict[str, Any]) -> bool:
    around = schema_of(path[:-1], schema)
    return str(path[-1]) in properties_of(around, schema)
