"""The result of a preflight, as people and programs get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.preflight.recommendation import NO_NODE, remedies
from podrunner.preflight.verdict import Answer, Verdict

if TYPE_CHECKING:
    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import Facts, NodeKind
    from podrunner.preflight.inside import Inside
    from podrunner.preflight.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class Report:
    """`kinds` are the nodes that were judged, `inside` what probes told of them, `untried` says what was not probed."""

    server: str
    facts: Facts
    kinds: tuple[NodeKind, ...]
    candidates: tuple[Candidate, ...]
    verdicts: tuple[Verdict, ...]
    recommendation: Recommendation
    command: str = ""
    inside: dict[str, Inside] = field(default_factory=dict)
    untried: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is something to recommend."""
        return self.recommendation.candidate is not None

    @property
    def changes(self) -> list[tuple[str, list[str]]]:
        """What would have to change where nothing fits, each with the candidates that it stands in the way of."""
        if not self.kinds:
            return [(NO_NODE, [candidate.name for candidate in self.candidates])]
        return remedies(self.verdicts)

    def verdict(self, candidate: Candidate, node: str) -> Verdict:
        """The cell of a candidate and a node; unknown where it was not looked at."""
        for verdict in self.verdicts:
            if verdict.candidate == candidate and verdict.node == node:
                return verdict
        return Verdict(candidate, node, Answer.UNKNOWN)
