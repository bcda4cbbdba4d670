"""Findings that a team lives with, each for a reason."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding
from podrunner.findings.rules.ignores import IGNORE_UNUSED
from podrunner.findings.rules.pipelines import PIPELINE_YAML
from podrunner.findings.rules.register import RULES
from podrunner.findings.rules.values import RENDER, VALUES_SET, VALUES_YAML
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

# Nothing is checked after one of these: who ignored it would pass what nobody looked at.
FINAL = frozenset(
    {rule.code for rule in (VALUES_YAML, VALUES_SET, RENDER, PIPELINE_YAML)}
    | {code for code in RULES if code.startswith("matrix-")}
)


class Origin(Enum):
    """Who says that a finding is not to be told."""

    COMMENT = "comment"
    FILE = "file"
    OPTION = "option"
    SELECT = "select"


@dataclass(frozen=True, slots=True)
class Ignore:
    """An ignore: codes and places are shell patterns, and an empty one is any. A path is that of a value or one around it.

    `line` is that of the finding, for a comment; `said_in` and `said_at` are the file and line of the ignore itself.
    """

    codes: tuple[str, ...]
    reason: str
    origin: Origin
    path: str = ""
    file: str = ""
    object: str = ""
    case: str = ""
    line: int = 0
    said_in: str = ""
    said_at: int = 0

    def matches(self, finding: Finding) -> bool:
        """Whether it is about a finding."""
        return (
            matches_code(finding.rule.code, self.codes)
            and (not self.path or _is_at(finding.path, self.path))
            and (not self.file or _fits(_absolute(finding.file), _absolute(self.file)))
            and (not self.object or _fits(finding.object, self.object))
            and (not self.case or _fits(finding.case, self.case))
            and self.line in (0, finding.line)
        )

    def unused(self) -> Finding:
        """The finding about an ignore that matches nothing."""
        places = {"path": self.path, "file": self.file, "object": self.object, "case": self.case}
        where = "".join(f" {name} {said}," for name, said in places.items() if said and self.origin is Origin.FILE)
        place = f" at{where.rstrip(',')}" if where else " in this line" if self.line else ""
        message = f"nothing is found of {listed(self.codes)}{place} that this could ignore. Take it out."
        if self.origin is Origin.OPTION:
            return Finding(IGNORE_UNUSED, message, object=f"--ignore {listed(self.codes)}")
        return Finding(IGNORE_UNUSED, message, file=self.said_in, line=self.said_at)


def matches_code(code: str, patterns: Iterable[str]) -> bool:
    """Whether one of some patterns is about a code."""
    return any(_fits(code, pattern) for pattern in patterns)


def refuse_code(pattern: str, *, final: bool = False) -> str:
    """Why this is not a code, or a pattern of codes; "" when it is. With `final`, those that end a check are right, too."""
    if not any(_fits(code, pattern) for code in RULES):
        return f"no finding has the code `{pattern}`.{did_you_mean(pattern, RULES) or ' See `podrunner rule`.'}"
    if pattern in FINAL and not final:
        return f"`{pattern}` cannot be ignored: nothing is checked after such an error. Correct what it names."
    return ""


def _fits(text: str, pattern: str) -> bool:
    # Brackets are the index of a list, as in dns[0], and no set of characters.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _is_at(path: str, pattern: str) -> bool:
    return any(_fits(path, one) for one in (pattern, f"{pattern}.*", f"{pattern}[*"))


def _absolute(file: str) -> str:
    return os.path.normpath(os.path.join(os.getcwd(), file)) if file else ""  # noqa: PTH109, PTH118 -- for each finding
