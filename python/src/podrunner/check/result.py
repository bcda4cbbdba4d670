"""What was found in one case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding, errors
from podrunner.secrets.find import PlainSecret, find_secrets
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.check.coverage.lines import CoveredTemplate
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what was found, without secrets: reports end up in logs. `rendering` is None when there was none; `templates` are of the coverage alone."""

    case: Case
    findings: tuple[Finding, ...] = ()
    rendering: Rendering | None = None
    templates: tuple[CoveredTemplate, ...] = ()

    def __post_init__(self) -> None:
        told = tuple(replace(one, message=_redacted(one.message, self.case.layers)) for one in self.findings)
        object.__setattr__(self, "findings", told)

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return not errors(self.findings)


@lru_cache(maxsize=4096)
def _redacted(message: str, layers: tuple[Values, ...]) -> str:
    """A message without what is a secret in the values that it is about."""
    return redact(message, [one for layer in layers for one in _secrets(layer)])


@lru_cache(maxsize=512)
def _secrets(layer: Values) -> tuple[PlainSecret, ...]:
    return tuple(find_secrets(layer.data))
