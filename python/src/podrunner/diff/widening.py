"""What more is allowed than before: rights, Pod Security levels of pods and of jobs, what is reached, tokens in logs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.diff.reach import reach
from podrunner.diff.rights import rights
from podrunner.diff.runners import runner_tables
from podrunner.manifests.difference.objects import ABSENT, identity_of
from podrunner.manifests.objects import find_pods, maps, table
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS, LevelReason, level_reasons
from podrunner.runner.dangers import open_overwrites
from podrunner.runner.job_pod.access import access_of, more_tokens
from podrunner.runner.job_pod.culprit import without_patches
from podrunner.runner.job_pod.objects import objects_with_a_service
from podrunner.runner.job_pod.pod import judged_pod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.difference.objects import Difference
    from podrunner.manifests.rendering import Rendering


_LEVELS_WITH_TOKENS = frozenset({"debug", "trace"})


@dataclass(frozen=True, slots=True)
class NeededLevel:
    """The Pod Security level that a pod needs, and the fields for which it does."""

    level: str = LEVELS[0]
    reasons: tuple[str, ...] = ()

    def beyond(self, other: NeededLevel) -> tuple[str, ...]:
        """The reasons for which this one needs more than another; none when it does not."""
        here, there = (LEVELS.index(one.level) for one in (self, other))
        return () if here < there else tuple(one for one in self.reasons if here > there or one not in other.reasons)


def widenings(before: Rendering, after: Rendering, kube_version: str) -> list[DiffEntry]:
    """Everything that is allowed after and was not before."""
    told = [*rights(before, after)]
    subjects = {one.subject for one in told}
    return [
        *told,
        *_needs(_pods(before, kube_version), _pods(after, kube_version)),
        *_needs(_jobs(before, kube_version), _jobs(after, kube_version)),
        *_overwrites(before, after),
        # What the account may do says more.
        *(one for one in _access(before, after) if one.subject not in subjects),
        *_tells_tokens(before, after),
        *reach(before, after),
    ]


def widens_constraints(difference: Difference) -> bool:
    """Whether a field of SecurityContextConstraints lets more through than before."""
    if difference.identity.kind != "SecurityContextConstraints" or not difference.parts:
        return False
    name = difference.parts[0]
    more = difference.after is True or (difference.before is ABSENT and difference.after is not False)
    return more and (name.startswith("allow") or name in ("users", "groups", "volumes"))


def lowers_level(difference: Difference) -> bool:
    """Whether a namespace enforces a weaker Pod Security level than before, or none."""
    place = ("metadata", "labels", ENFORCE)
    parts = difference.parts
    if difference.identity.kind != "Namespace" or not parts or parts != place[: len(parts)]:
        return False
    before, after = (_below(value, place[len(parts) :]) for value in (difference.before, difference.after))
    stricter = LEVELS.index(before) if before in LEVELS else len(LEVELS)
    return stricter < (LEVELS.index(after) if after in LEVELS else len(LEVELS) - 1)


def _below(value: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        value = table(value).get(name)
    return value


def _access(before: Rendering, after: Rendering) -> Iterator[DiffEntry]:
    """Jobs that get a token for the API of Kubernetes, or another account by a patch, whatever that may do."""
    old, new = runner_tables(before), runner_tables(after)
    for subject, runner in new.items():
        was = [old[subject]] if subject in old else [*old.values()]
        access, known = access_of(judged_pod(runner)), [access_of(judged_pod(one)) for one in was]
        for token in access.tokens if known and all(more_tokens(one, access) for one in known) else ():
            yield DiffEntry(Consequence.WIDER, subject, f"can talk to the API of Kubernetes: {token}")
        by_key = access_of(judged_pod(without_patches(runner))).account
        if known and access.account not in {by_key, *(one.account for one in known)}:
            account = f"{access.account or 'default'}, not {by_key or 'default'}"
            yield DiffEntry(Consequence.WIDER, subject, f"has the account {account}, by a patch")


def _tells_tokens(before: Rendering, after: Rendering) -> Iterator[DiffEntry]:
    """A manager whose log holds the tokens of jobs, for everybody who may read logs."""
    known = {config.toml.data.get("log_level") for config in before.configs}
    for config in after.configs:
        level = config.toml.data.get("log_level")
        if level in _LEVELS_WITH_TOKENS and not known & _LEVELS_WITH_TOKENS:
            text = f"log_level {level}: prints the tokens of jobs into the manager's log"
            yield DiffEntry(Consequence.WIDER, f"ConfigMap/{config.name}", text)


def _overwrites(before: Rendering, after: Rendering) -> Iterator[DiffEntry]:
    """What jobs may choose themselves and could not: a key that was empty, or a pattern that allows anything now."""
    old, new = (runner_tables(one) for one in (before, after))
    for subject, runner in new.items():
        was, now = (table(table(one).get("kubernetes")) for one in (old.get(subject), runner))
        known, wide = (dict(open_overwrites(one)) for one in (was, now))
        for name, value in now.items():
            if name.endswith("_overwrite_allowed") and subject in old and value and not was.get(name):
                yield DiffEntry(
                    Consequence.WIDER, subject, f"{name}: {wide.get(name, 'jobs may choose: ' + str(value))}"
                )
            elif name in wide and name not in known:
                yield DiffEntry(Consequence.WIDER, subject, f"{name}: {wide[name]}")


def _needs(before: Mapping[str, NeededLevel], after: Mapping[str, NeededLevel]) -> Iterator[DiffEntry]:
    """What is new is compared with all that was there: a second runner like the first widens nothing."""
    worst = max((one.level for one in before.values()), key=LEVELS.index, default=LEVELS[0])
    reasons = tuple(reason for one in before.values() if one.level == worst for reason in one.reasons)
    for subject, need in after.items():
        old = before.get(subject, NeededLevel(worst, reasons))
        if more := need.beyond(old):
            step = need.level if old.level == need.level else f"{old.level} → {need.level}"
            yield DiffEntry(Consequence.WIDER, subject, f"Pod Security level {step}: {'; '.join(more)}")


def _pods(rendering: Rendering, kube_version: str) -> dict[str, NeededLevel]:
    pods = find_pods(rendering.documents, rendering.namespace)
    return {str(identity_of(pod.document.data)): _need(pod.spec, kube_version, pod.annotations) for pod in pods}


def _jobs(rendering: Rendering, kube_version: str) -> dict[str, NeededLevel]:
    jobs = {subject: objects_with_a_service(runner) for subject, runner in runner_tables(rendering).items()}
    return {subject: _need(job.spec, kube_version, job.annotations) for subject, job in jobs.items()}


def _need(spec: dict[str, Any], kube_version: str, annotations: Mapping[str, Any]) -> NeededLevel:
    needed, reasons = level_reasons(spec, kube_version, annotations)
    return NeededLevel(needed, tuple(one for reason in reasons for one in _named(reason, spec)))


def _named(reason: LevelReason, spec: dict[str, Any]) -> Iterator[str]:
    """A reason with the name of its item, whose place moves when another item comes or goes.

    Each capability is one for itself: to lose one of two widens nothing.
    """
    items = maps(spec.get(reason.items))
    name = str(table(items[reason.index]).get("name", reason.index)) if reason.items else ""
    each = [replace(reason, found=(value,)) for value in reason.found] or [reason]
    yield from (one.told(name) for one in each)
