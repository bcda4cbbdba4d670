"""What was found in one case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding, at_least
from podrunner.findings.severity import Severity

if TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.check.coverage.lines import CoveredTemplate
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not told, and why: ignored by a `comment`, a `file` or an `option`, or not of those to `select`."""

    finding: Finding
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what was found, without secrets: reports end up in logs.

    `rendering` is None when there was none; `templates` are of the coverage alone. `suppressed` is what a policy keeps
    out of the findings, and a finding of `fail_on` or worse makes the case fail. `is_whole` is whether there was no
    error that ended the check before everything was looked at. `job_pods` says how those were judged where their model
    was compared with another release of GitLab Runner: `as GitLab Runner 19.4.0 makes them, with the keys of 19.5.3`.
    """

    case: Case
    findings: tuple[Finding, ...] = ()
    rendering: Rendering | None = None
    templates: tuple[CoveredTemplate, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    fail_on: Severity = Severity.ERROR
    is_whole: bool = True
    job_pods: str = ""

    def __post_init__(self) -> None:
        clean = self.case.without_secrets
        object.__setattr__(self, "findings", tuple(map(clean, self.findings)))
        hidden = tuple(replace(one, finding=clean(one.finding)) for one in self.suppressed)
        object.__setattr__(self, "suppressed", hidden)

    @property
    def failing(self) -> list[Finding]:
        """The findings that make the case fail."""
        return at_least(self.fail_on, self.findings)

    @property
    def passed(self) -> bool:
        """Whether nothing makes the case fail."""
        return not self.failing
