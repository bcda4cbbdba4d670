"""From the table of verdicts to one preset and its install line, or to what would have to change."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.preflight.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.verdict import Verdict

_GOOD = (Answer.YES, Answer.LIKELY)
_WARNINGS = {
    "privileged": "A privileged container is a short way from the node: give these jobs nodes of their own.",
}
_UNCONFINED = "No seccomp profile is in force in the build container."
NO_NODE = (
    "Let jobs get to a node: each one is cordoned or has a taint. What the jobs tolerate, tell as in the values, "
    "--set 'runners.default.config.kubernetes.node_tolerations.KEY\\=VALUE=EFFECT'."
)
_UNPROVEN = "Nothing speaks against it, but no build was tried."


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`candidate` is None when none fits. `nodes` are those it fits, `everywhere` when that is all that were judged."""

    candidate: Candidate | None
    answer: Answer
    nodes: tuple[str, ...] = ()
    everywhere: bool = True
    warnings: tuple[str, ...] = ()


def recommend(ordered: Iterable[Candidate], verdicts: Sequence[Verdict]) -> Recommendation:
    """The first candidate that fits: on every node, else on the most nodes; seen to work before likely to."""
    every = {verdict.node for verdict in verdicts}
    best: tuple[int, int] = (0, 0)
    chosen: Recommendation | None = None
    for candidate in ordered:
        own = [verdict for verdict in verdicts if verdict.candidate == candidate and verdict.answer in _GOOD]
        proven = sum(verdict.answer is Answer.YES for verdict in own)
        score = (len(own), proven) if proven else (0, len(own))
        if own and score > best:
            best = score
            answer = Answer.YES if proven == len(own) else Answer.LIKELY
            nodes = tuple(verdict.node for verdict in own)
            chosen = Recommendation(candidate, answer, nodes, len(own) == len(every), _warnings(candidate, answer))
    return chosen or Recommendation(None, Answer.NO)


def _warnings(candidate: Candidate, answer: Answer) -> tuple[str, ...]:
    reach = f"A job can become {candidate.reach}." if candidate.reach else ""
    found = [_WARNINGS.get(candidate.mode, ""), reach, _UNCONFINED if candidate.is_unconfined else ""]
    return tuple(filter(None, [*found, _UNPROVEN if answer is Answer.LIKELY else ""]))


def install_line(
    chart: str, candidate: Candidate, arguments: Iterable[str], namespace: str, flags: str, *, has_url: bool = False
) -> str:
    """The `helm install` of a candidate. `arguments` say the values over its preset, `flags` name the cluster.

    `has_url` when those values have the address of GitLab.
    """
    settings = [*candidate.settings, *([] if has_url else ["gitlab.url=https://gitlab.example.com"])]
    words = ["helm", "install", "ci", chart, "-f", f"{chart}/presets/{candidate.preset}.yaml", *arguments]
    words += [word for setting in settings for word in ("--set", setting)]
    return f"{shlex.join([*words, '--namespace', namespace])}{flags}"


def remedies(verdicts: Sequence[Verdict]) -> list[tuple[str, list[str]]]:
    """What would have to change, each with the candidates that it stands in the way of, in the order of the table."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.reason and verdict.reason.fix and verdict.answer not in _GOOD:
            names = found.setdefault(verdict.reason.fix, [])
            if verdict.candidate.name not in names:
                names.append(verdict.candidate.name)
    return list(found.items())
