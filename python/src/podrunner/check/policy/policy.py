"""The policy of a check, and what it makes of a result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podrunner.check.policy.ignore import FINAL, Ignore, Origin, matches_code
from podrunner.check.result import Result, Suppressed
from podrunner.findings.finding import errors
from podrunner.findings.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class Policy:
    """Codes to look at (none: all), what to ignore, and from which severity on a finding makes a check fail."""

    select: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    fail_on: Severity = Severity.ERROR

    def blocking(self, findings: Iterable[Finding]) -> list[Finding]:
        """The errors that nobody ignores: with one of them, there is nothing to render."""
        return [finding for finding in errors(findings) if not self._ignore_of(finding)]

    def judge(self, result: Result) -> Result:
        """The result as the team wants it told: what is ignored or not selected is kept apart, with the reason."""
        kept, suppressed = [], list(result.suppressed)
        for finding in result.findings:
            if ignore := self._ignore_of(finding):
                suppressed.append(Suppressed(finding, ignore.origin.value, ignore.reason))
            elif self._is_selected(finding, result):
                kept.append(finding)
            else:
                suppressed.append(Suppressed(finding, Origin.SELECT.value, f"not one of {', '.join(self.select)}"))
        return replace(result, findings=tuple(kept), suppressed=tuple(suppressed), fail_on=self.fail_on)

    def _ignore_of(self, finding: Finding) -> Ignore | None:
        if finding.rule.code in FINAL:
            return None
        return next((ignore for ignore in self.ignores if ignore.matches(finding)), None)

    def _is_selected(self, finding: Finding, result: Result) -> bool:
        # Of a case that could not be rendered, the errors are all there is to say.
        is_last = not result.is_whole and finding.severity is Severity.ERROR
        code = finding.rule.code
        return not self.select or is_last or code in FINAL or matches_code(code, self.select)
