"""The result model: every check gives findings, every report is a function of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.findings.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.findings.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should know.

    `case` is the name of the case that showed it, `object` the Kubernetes object (`Deployment/ci-podrunner`),
    `path` the dotted path inside values, object or config.toml, `file`, `line` and `column` the place to edit
    (0 when not known). `severity` is that of the rule unless another one is given that the rule allows.
    `about` is the value or the key that is wrong, `missing` one that is not there below `path`, and `reason` the message
    without its place, for those who know a better one; no report shows them.
    """

    rule: Rule
    message: str
    case: str = ""
    object: str = ""
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = None  # type: ignore[assignment]  # set below: nobody ever sees None
    about: str = field(default="", compare=False, repr=False)
    reason: str = field(default="", compare=False, repr=False)
    missing: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.severity is None:
            object.__setattr__(self, "severity", self.rule.severity)
        elif self.severity not in (self.rule.severity, *self.rule.also):
            raise ValueError(f"a finding of {self.rule} cannot be a {self.severity.value}")

    def place(self) -> str:
        """Where it is: `file:line:column`, as far as known, else the object, else the case."""
        if self.file:
            return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])
        return self.object or self.case

    def __str__(self) -> str:
        """The line of the text report."""
        return self.told(f"{self.severity.value}:")

    def told(self, severity: str) -> str:
        """The line of the text report, with `severity` as it is shown there, such as in colour."""
        subject = f"{self.object}: " if self.object and self.file else ""
        place = f"{self.place()}: " if self.place() else ""
        return f"{place}{severity} {subject}{self.message} [{self.rule}]"


def at_least(severity: Severity, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are as bad as a severity, or worse."""
    order = list(Severity)
    return [finding for finding in findings if order.index(finding.severity) <= order.index(severity)]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that make a check fail, unless a team is stricter."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
