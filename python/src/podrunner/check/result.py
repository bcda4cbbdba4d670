"""What was found in one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding, errors

if TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.check.coverage.lines import CoveredTemplate
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what was found, without secrets: reports end up in logs.

    `rendering` is None when there was none; `templates` are of the coverage alone.
    """

    case: Case
    findings: tuple[Finding, ...] = ()
    rendering: Rendering | None = None
    templates: tuple[CoveredTemplate, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(map(self.case.without_secrets, self.findings)))

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return not errors(self.findings)
