"""What was found in one case."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        object.__setattr__(self, "findings", tuple(_told(one, self.case) for one in self.findings))

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return not errors(self.findings)


def _told(finding: Finding, case: Case) -> Finding:
    # An option stands in the place of an object: `--set db.password=…`.
    return replace(finding, message=case.redact(finding.message), object=case.redact(finding.object))
