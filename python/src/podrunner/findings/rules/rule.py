"""What a code of a finding stands for."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.findings.severity import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that podrunner looks for. `wrong` and `remedy` are sentences in Markdown.

    `severity` is that of its findings; `also` are others that a finding may have where circumstances make it better
    or worse. `more` is a page of docs/, with its heading (`matrix.md#settings`), that says more.
    """

    code: str
    # The code alone tells rules apart.
    severity: Severity = field(compare=False)
    _: KW_ONLY
    wrong: str = field(compare=False)
    remedy: str = field(compare=False)
    also: tuple[Severity, ...] = field(default=(), compare=False)
    more: str = field(default="", compare=False)

    def __str__(self) -> str:
        """The code, as reports show it."""
        return self.code
