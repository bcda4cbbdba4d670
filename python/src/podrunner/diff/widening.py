"""What more is allowed than before: rights of subjects, Pod Security levels of pods and of the jobs' pods."""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.config.job_pod import job_pod
from podrunner.diff.entry import Consequence, Entry
from podrunner.manifests.difference import ABSENT, identity_of
from podrunner.manifests.grants import EVERYWHERE, Right, gained, grants
from podrunner.manifests.pod_security import LEVELS, level
from podrunner.manifests.pods import find_pods, maps, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from podrunner.helm import Rendering
    from podrunner.manifests.difference import Difference

_INDEX = re.compile(r"^((?:init|ephemeral)?[cC]ontainers|volumes)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Need:
    """The Pod Security level that a pod needs, and the fields for which it does."""

    level: str = LEVELS[0]
    reasons: tuple[str, ...] = ()

    def beyond(self, other: Need) -> tuple[str, ...]:
        """The reasons for which this one needs more than another; none when it does not."""
        here, there = (LEVELS.index(one.level) for one in (self, other))
        return () if here < there else tuple(one for one in self.reasons if here > there or one not in other.reasons)


def widenings(before: Rendering, after: Rendering, kube_version: str) -> list[Entry]:
    """Everything that is allowed after and was not before."""
    return [
        *_rights(before, after),
        *_needs(_pods(before, kube_version), _pods(after, kube_version)),
        *_needs(_jobs(before, kube_version), _jobs(after, kube_version)),
    ]


def widens_constraints(difference: Difference) -> bool:
    """Whether a field of SecurityContextConstraints lets more through than before."""
    if difference.identity.kind != "SecurityContextConstraints" or not difference.parts:
        return False
    name = difference.parts[0]
    more = difference.after is True or (difference.before is ABSENT and difference.after is not False)
    return more and (name.startswith("allow") or name in ("users", "groups", "volumes"))


def _rights(before: Rendering, after: Rendering) -> Iterator[Entry]:
    sides = [grants(one.objects(), one.namespace) for one in (before, after)]
    for (subject, namespace), found in itertools.groupby(gained(*sides), key=lambda one: (one.subject, one.namespace)):
        where = "in all namespaces" if namespace == EVERYWHERE else f"in {namespace}"
        yield Entry(Consequence.WIDER, subject, f"gains {where}: {_in_words(one.right for one in found)}")


def _in_words(rights: Iterable[Right]) -> str:
    verbs: dict[str, list[str]] = {}
    for right in rights:
        group = f".{right.group}" if right.group not in ("", "URL", "role") else ""
        name = f"/{right.name}" if right.name else ""
        verbs.setdefault(f"{right.resource}{group}{name}", []).append(right.verb)
    words = [f"what {what} allows" if how == ["have"] else f"{what} ({', '.join(how)})" for what, how in verbs.items()]
    return ", ".join(words)


def _needs(before: Mapping[str, Need], after: Mapping[str, Need]) -> Iterator[Entry]:
    """What is new is compared with all that was there: a second runner like the first widens nothing."""
    worst = max((one.level for one in before.values()), key=LEVELS.index, default=LEVELS[0])
    reasons = tuple(reason for one in before.values() if one.level == worst for reason in one.reasons)
    for subject, need in after.items():
        old = before.get(subject, Need(worst, reasons))
        if more := need.beyond(old):
            step = need.level if old.level == need.level else f"{old.level} → {need.level}"
            yield Entry(Consequence.WIDER, subject, f"Pod Security level {step}: {'; '.join(more)}")


def _pods(rendering: Rendering, kube_version: str) -> dict[str, Need]:
    pods = find_pods(rendering.documents, rendering.namespace)
    return {str(identity_of(pod.document.data)): _need(pod.spec, kube_version) for pod in pods}


def _jobs(rendering: Rendering, kube_version: str) -> dict[str, Need]:
    found = {}
    for text in rendering.config_texts.values():
        try:
            runners = maps(tomllib.loads(text).get("runners"))
        except tomllib.TOMLDecodeError:
            continue
        for runner in runners:
            found[f"jobs of runner {runner.get('name')}"] = _need(job_pod(runner), kube_version)
    return found


def _need(spec: dict[str, Any], kube_version: str) -> Need:
    needed, reasons = level(spec, kube_version)
    return Need(needed, tuple(one for reason in reasons for one in _single(_named(reason, spec))))


def _named(reason: str, spec: dict[str, Any]) -> str:
    """A reason with names for the places of lists, which move when another item comes or goes."""
    match = _INDEX.match(reason)
    if not match:
        return reason
    items = maps(spec.get(match[1]))
    name = table(items[int(match[2])]).get("name", match[2]) if int(match[2]) < len(items) else match[2]
    return f"{match[1]}[{name}]{reason[match.end() :]}"


def _single(reason: str) -> list[str]:
    """Each capability for itself: to lose one of two widens nothing."""
    where, found, names = reason.partition(".capabilities.add: ")
    return [f"{where}{found}{name}" for name in names.split(", ")] if found else [reason]
