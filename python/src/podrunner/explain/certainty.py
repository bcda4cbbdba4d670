"""How sure a diagnosis is, and what would decide where it is not."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from podrunner.explain.catalogue import Level
from podrunner.explain.ranking import in_place
from podrunner.explain.trace import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.explain.ranking import Ranked
    from podrunner.explain.scan import Hit
    from podrunner.explain.trace import Trace

# An entry below this weight has words that other failures have, too.
_SPECIFIC = 80
# A rival that is this near may be the cause as well: the order of two is decided by less than a level.
_NEAR = 15
_CUT = "log-limit"
_DECIDES = {
    "node": "the kernel log of the node (`dmesg`) at that time",
    "cluster": "the events of the jobs' namespace (`kubectl get events --sort-by=.lastTimestamp`)",
    "values": "the job's pod as it was made (`kubectl get pod NAME -o yaml`) and its status",
    "registry": "the same pull or push by hand with the same login, and the registry's own log",
    "network": "`getent hosts NAME` and `curl -v URL` in a job on the same node",
    "user": "the output of the last command, run alone with `set -x` in the job's image",
}


class Certainty(Enum):
    """What a diagnosis is worth; tests/explain/test_score.py holds the shares to bounds."""

    # Right in 97 of 100 logs.
    CERTAIN = "certain"
    # Right in four of five.
    LIKELY = "likely"
    # Anything less: another candidate stands beside it.
    POSSIBLE = "possible"


def find_certainty(one: Ranked, ranked: Sequence[Ranked], trace: Trace) -> Certainty:
    """How sure one of the ranked causes is.

    Certain: a specific entry, where the job failed, in a log that shows its end, with no rival near. Possible: what
    names only what failed and not why (a general entry, a symptom), what is elsewhere, or a log that was cut.
    """
    rivals = [other for other in ranked if other is not one and other.score >= one.score - _NEAR and _may_be(other)]
    if one.hit.entry.level is not Level.CAUSE or not in_place(one.hit, trace) or rivals or _is_cut(ranked):
        return Certainty.POSSIBLE
    is_specific = one.hit.entry.weight >= _SPECIFIC and len(one.hit.entry.causes) == 1
    return Certainty.CERTAIN if is_specific and _shows_the_end(one.hit, trace) else Certainty.LIKELY


def what_decides(one: Ranked, ranked: Sequence[Ranked]) -> tuple[Hit | None, str]:
    """The next candidate, None where the log has no other, and a sentence of what would decide."""
    other = next((rival for rival in ranked if rival is not one and _may_be(rival)), None)
    first = _DECIDES[one.hit.entry.kind]
    second = _DECIDES[other.hit.entry.kind] if other else _DECIDES["cluster"]
    return (other.hit if other else None), first if first == second else f"{first}; {second}"


def _may_be(one: Ranked) -> bool:
    return one.hit.entry.level is not Level.SYMPTOM


def _is_cut(ranked: Sequence[Ranked]) -> bool:
    return any(one.hit.entry.id == _CUT for one in ranked)


def _shows_the_end(hit: Hit, trace: Trace) -> bool:
    return bool(hit.best.source) or trace.stage is Stage.END
