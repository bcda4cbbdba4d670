"""What a ResourceQuota counts, each with its amount and the value that says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.check.refusals import REFUSED, Refusal
from podrunner.findings.path import dotted
from podrunner.findings.rules.manifests import QUOTA
from podrunner.findings.severity import Severity
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.quota import measured
from podrunner.manifests.objects import table
from podrunner.manifests.quantity import resource_amount, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.check.refusals import Bounds
    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Hard:
    """One of what a quota counts: `most` is its amount, `raw` as it is written, `path` where the values say it.

    `standing` is what of it is used as long as the release is there: who → amount.
    """

    bounds: Bounds
    name: str
    raw: object
    most: Decimal
    path: Path | None
    standing: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """The key among the values, else the object."""
        return dotted(self.path) if self.path else f"{self.name} of {self.bounds.document.name}"

    @property
    def is_a_number(self) -> bool:
        """Whether it counts objects, and measures nothing."""
        return measured(self.name) is None and not self.name.endswith("requests.storage")

    @property
    def used(self) -> Decimal:
        """All of what is standing."""
        return sum(self.standing.values(), Decimal(0))

    def shown(self, amount: Decimal) -> str:
        """An amount of what is counted, as people write it."""
        return shown(amount, self.name)

    def refusal(
        self,
        what: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
        *,
        effect: str = REFUSED,
        rule: Rule = QUOTA,
        about: str = "",
    ) -> Refusal:
        """What is said of a pod for which there is no room."""
        document, field = self.bounds.document, f"spec.hard.{self.name}"
        return Refusal(rule, document.name, document.template, field, self.path, what, effect, remedy, severity, about)


def hard_amounts(bounds: Bounds, values: Mapping[str, Any]) -> Iterator[Hard]:
    """All of a quota; what is not an amount is told elsewhere."""
    refused = {fault.path for fault in object_faults(bounds.data)}
    for name, raw in table(table(bounds.data.get("spec")).get("hard")).items():
        most = resource_amount(raw)
        is_told = refused & {f"spec.hard.{name}", dotted(("spec", "hard", name))}
        if most is not None and not is_told:
            yield Hard(bounds, name, raw, most, bounds.written(values, raw, f"quota spec hard {name}"))
