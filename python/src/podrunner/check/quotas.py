"""Pods and claims that a ResourceQuota refuses, and jobs for which it has no room at the same time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from podrunner.check.hard import hard_amounts
from podrunner.check.refusals import REFUSED_CLAIMS
from podrunner.check.unsaid_amounts import refused_as_unsaid
from podrunner.findings.rules.manifests import QUOTA_JOBS
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.manifests.admission.quota import (
    claim_usage,
    counts_claims,
    counts_pod,
    unsaid,
    usage,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.check.hard import Hard
    from podrunner.check.placed_pods import PlacedClaim, PlacedPod
    from podrunner.check.refusals import LimitedNamespace, Refusal
    from podrunner.manifests.admission.resources import PodResources

    Refused = Iterator[tuple[PlacedPod | PlacedClaim, Refusal]]

# The controller of ephemeral volumes is refused, and not who makes the pod.
_NO_VOLUMES = "so that Kubernetes makes no volumes for"


def refused_by_quota(space: LimitedNamespace) -> Refused:
    """Every pod and claim that a quota of its namespace refuses, and the runners whose jobs may need more than there is."""
    for bounds in space.quotas:
        counted = [(pod, found) for pod, found in space.pods if counts_pod(bounds.data, pod.spec, found)]
        hards = [*hard_amounts(bounds, space.values)]
        yield from refused_as_unsaid(hards, counted)
        for hard in hards:
            standing = {pod.who: pod.copies * _total(hard.name, found) for pod, found in counted if pod.copies}
            used = {who: amount for who, amount in standing.items() if amount}
            yield from _of_pods(replace(hard, standing=used), counted)
            yield from _of_claims(hard, space)


def _total(name: str, pod: PodResources) -> Decimal:
    return sum((usage(name, pod) or {}).values(), Decimal(0))


def _of_pods(hard: Hard, counted: list[tuple[PlacedPod, PodResources]]) -> Refused:
    crowd: list[tuple[PlacedPod, Decimal]] = []
    found: list[tuple[PlacedPod, Refusal]] = []
    for pod, resources in counted:
        need = _total(hard.name, resources)
        if unsaid(hard.name, resources):
            continue
        if pod.copies and need and hard.used > hard.most:
            found.append((pod, _together(hard)))
        elif pod.copies or not need:
            continue
        elif need + _beside(hard) > hard.most:
            found.append((pod, _exceeded(hard, pod, resources)))
        elif pod.most_jobs:
            crowd.append((pod, need))
    yield from refused_together(hard, crowd)
    yield from found


def refused_together(
    hard: Hard, crowd: list[tuple[PlacedPod, Decimal]], **said: str
) -> Iterator[tuple[PlacedPod, Refusal]]:
    """Jobs for which there is room one by one, if there is none for all that may run at the same time."""
    together = _at_the_same_time(crowd)
    if sum((need * number for _, need, number in together), hard.used) > hard.most:
        refusal = _too_many(hard, together, **said)
        yield from ((pod, refusal) for pod, _, _ in together)


def _at_the_same_time(crowd: list[tuple[PlacedPod, Decimal]]) -> list[tuple[PlacedPod, Decimal, int]]:
    """(a job's pod, its share, how many of it there are) when the jobs of all runners that may run together need most."""
    left = {pod.document: pod.most_of_all for pod, _ in crowd}
    found = []
    for pod, need in sorted(crowd, key=lambda one: one[1], reverse=True):
        number = min(pod.most_jobs, left[pod.document])
        left[pod.document] -= number
        if number:
            found.append((pod, need, number))
    return found


def _beside(hard: Hard) -> Decimal:
    """What pods use that are there before this one, unless it is told of themselves that they have no room."""
    return hard.used if hard.used <= hard.most else Decimal(0)


def _together(hard: Hard) -> Refusal:
    shares = listed(f"{who} {hard.shown(amount)}" for who, amount in hard.standing.items())
    what = (
        f"{hard.called}: {hard.raw} is less than {hard.shown(hard.used)}, which the pods of the release need ({shares})"
    )
    return hard.refusal(what, f"Write {hard.shown(hard.used)} and what jobs need, or more.")


def _exceeded(hard: Hard, pod: PlacedPod, resources: PodResources) -> Refusal:
    shares, beside = usage(hard.name, resources) or {}, _beside(hard)
    need = sum(shares.values(), Decimal(0)) + beside
    parts = [f"{who} {hard.shown(amount)}" for who, amount in hard.standing.items()] if beside else []
    parts += [f"{name or 'the pod'} {hard.shown(amount)}" for name, amount in shares.items()]
    said = f" ({listed(parts)})" if len(parts) > 1 or "" not in shares else ""
    which = "one pod needs beside those of the release" if beside else "one pod needs"
    what = f"{hard.called}: {hard.raw} is less than {hard.shown(need)}, which {which}{said}"
    is_of_some = pod.is_of_job and pod.repeats
    return hard.refusal(
        what,
        _write(hard, need, "the pod ask"),
        Severity.WARNING if is_of_some else Severity.ERROR,
    )


def _write(hard: Hard, need: Decimal, who: str) -> str:
    less = "" if hard.is_a_number else f", or let {who} for less"
    return f"Write {hard.shown(need)} or more{less}."


def _too_many(
    hard: Hard,
    together: list[tuple[PlacedPod, Decimal, int]],
    effect: str = "so that Kubernetes refuses further pods of",
    becomes: str = "Such a job fails with `exceeded quota`.",
    or_else: str = ", or set retry_limits",
) -> Refusal:
    """What is said of jobs for which there is room one by one, and not for all that may run at the same time."""
    jobs, room, left = sum(number for _, _, number in together), 0, hard.most - hard.used
    for _, need, number in together:
        fitting = min(number, int(left // need))
        room, left = room + fitting, left - fitting * need
        if fitting < number:
            break
    beside = f" beside {listed(hard.standing)}" if hard.used else ""
    what = f"{hard.called}: {hard.raw} has room for {room} of {jobs} jobs at the same time{beside}"
    enough = hard.shown(sum((need * number for _, need, number in together), hard.used))
    # More than all runners may do together is bounded by the manager alone.
    is_full = any(number < pod.most_jobs for pod, _, number in together) or jobs >= sum(
        {pod.document: pod.most_of_all for pod, _, _ in together}.values()
    )
    keys = ["config.concurrent"] if is_full else dict.fromkeys(pod.most_by for pod, _, _ in together)
    lower = f"lower {listed(keys)}{or_else}"
    remedy = f"{becomes} Write {enough} or more{', ' if or_else else ' or '}{lower}."
    return hard.refusal(what, remedy, Severity.WARNING, effect=effect, rule=QUOTA_JOBS)


def _of_claims(hard: Hard, space: LimitedNamespace) -> Refused:
    if not counts_claims(hard.bounds.data):
        return
    shares = [(one, one.copies * claim_usage(one.spec).get(hard.name, Decimal(0))) for one in space.claims]
    need = sum((amount for _, amount in shares), Decimal(0))
    if need <= hard.most:
        yield from _of_volumes(replace(hard, standing={"the claims of the release": need} if need else {}), space)
        return
    parts = listed(f"{claim.who} {hard.shown(amount)}" for claim, amount in shares if amount)
    what = f"{hard.called}: {hard.raw} is less than {hard.shown(need)}, which the claims of the release need ({parts})"
    for claim, amount in shares:
        if amount:
            yield claim, hard.refusal(what, _write(hard, need, "the claims ask"), effect=REFUSED_CLAIMS)


def _of_volumes(hard: Hard, space: LimitedNamespace) -> Refused:
    """Pods of jobs whose ephemeral volumes are more than there is room for: the pod is made, and waits for them."""
    crowd: list[tuple[PlacedPod, Decimal]] = []
    for pod, _ in space.pods:
        need = sum((claim_usage(one.spec).get(hard.name, Decimal(0)) for one in pod.claims), Decimal(0))
        if pod.copies or not need:
            continue
        if need + hard.used > hard.most:
            beside = f" beside {listed(hard.standing)}" if hard.used else ""
            need += hard.used
            what = (
                f"{hard.called}: {hard.raw} is less than {hard.shown(need)}, which the volumes of one pod need{beside}"
            )
            yield pod, hard.refusal(what, _write(hard, need, "the volumes ask"), effect=f"{_NO_VOLUMES} the pods of")
        elif pod.most_jobs:
            crowd.append((pod, need))
    waits = "Such a job waits for them until poll_timeout."
    yield from refused_together(hard, crowd, effect=f"{_NO_VOLUMES} further pods of", becomes=waits, or_else="")
