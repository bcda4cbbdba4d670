"""Pods and claims that a ResourceQuota refuses, and jobs for which it has no room at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from podrunner.check.refusals import REFUSED, REFUSED_CLAIMS, Refusal
from podrunner.findings.path import dotted
from podrunner.findings.rules.manifests import QUOTA, QUOTA_JOBS
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.manifests.admission.quota import (
    claim_usage,
    counts_claims,
    counts_pod,
    measured,
    unsaid,
    usage,
)
from podrunner.manifests.admission.resources import LIMITS
from podrunner.manifests.objects import table
from podrunner.manifests.quantity import quantity, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.check.placed_pods import PlacedClaim, PlacedPod
    from podrunner.check.refusals import Bounds, LimitedNamespace
    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.manifests.admission.resources import PodResources

    Refused = Iterator[tuple[PlacedPod | PlacedClaim, Refusal]]


@dataclass(frozen=True, slots=True)
class _Hard:
    """One of what a quota counts: `most` is its amount, `raw` as it is written, `path` where the values say it.

    `standing` is what of it pods use that are there as long as the release is: who → amount.
    """

    bounds: Bounds
    name: str
    raw: object
    most: Decimal
    path: Path | None
    standing: Mapping[str, Decimal]

    @property
    def field(self) -> str:
        return f"spec.hard.{self.name}"

    @property
    def called(self) -> str:
        return dotted(self.path) if self.path else f"{self.name} of {self.bounds.document.name}"

    @property
    def is_a_number(self) -> bool:
        """Whether it counts objects, and measures nothing."""
        return measured(self.name) is None and not self.name.endswith("requests.storage")

    @property
    def used(self) -> Decimal:
        return sum(self.standing.values(), Decimal(0))

    def shown(self, amount: Decimal) -> str:
        return shown(amount, self.name)

    def refusal(
        self,
        what: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
        *,
        effect: str = REFUSED,
        rule: Rule = QUOTA,
    ) -> Refusal:
        document = self.bounds.document
        return Refusal(rule, document.name, document.template, self.field, self.path, what, effect, remedy, severity)


def refused_by_quota(space: LimitedNamespace) -> Refused:
    """Every pod and claim that a quota of its namespace refuses, and the runners whose jobs may need more than there is."""
    for bounds in space.quotas:
        counted = [(pod, found) for pod, found in space.pods if counts_pod(bounds.data, pod.spec, found)]
        for name, raw in table(table(bounds.data.get("spec")).get("hard")).items():
            most = quantity(raw)
            if most is None:
                continue
            path = bounds.written(space.values, raw, f"quota spec hard {name}")
            standing = {pod.who: pod.copies * _total(name, found) for pod, found in counted if pod.copies}
            used = {who: amount for who, amount in standing.items() if amount}
            hard = _Hard(bounds, name, raw, most, path, used)
            yield from _of_pods(hard, counted)
            yield from _of_claims(hard, space)


def _total(name: str, pod: PodResources) -> Decimal:
    return sum((usage(name, pod) or {}).values(), Decimal(0))


def _of_pods(hard: _Hard, counted: list[tuple[PlacedPod, PodResources]]) -> Refused:
    for pod, resources in counted:
        silent, need = unsaid(hard.name, resources), _total(hard.name, resources)
        if silent:
            yield pod, _unsaid(hard, pod, silent)
        elif pod.copies and need and hard.used > hard.most:
            yield pod, _together(hard)
        elif pod.copies or not need:
            continue
        elif need + _beside(hard) > hard.most:
            yield pod, _exceeded(hard, pod, resources)
        elif pod.most_jobs and need * pod.most_jobs + hard.used > hard.most:
            yield pod, _too_many(hard, pod, need)


def _beside(hard: _Hard) -> Decimal:
    """What pods use that are there before this one, unless it is told of themselves that they have no room."""
    return hard.used if hard.used <= hard.most else Decimal(0)


def _unsaid(hard: _Hard, pod: PlacedPod, silent: list[str]) -> Refusal:
    part, resource = measured(hard.name) or ("", "")
    amount = f"{resource} {part[:-1]}"
    what = f"{hard.called}: every container needs a {amount} then, and there is none of {listed(silent)}"
    keys = dict.fromkeys(str(pod.keys(one, part, resource)[0][-1]) for one in silent)
    own = f"{listed(keys)} in the runner's config.kubernetes" if pod.is_of_job else "it"
    default = f"{'default' if part == LIMITS else 'defaultRequest'}.{resource}"
    return hard.refusal(what, f"Set {own}, or give containers a {default} by a LimitRange.")


def _together(hard: _Hard) -> Refusal:
    shares = listed(f"{who} {hard.shown(amount)}" for who, amount in hard.standing.items())
    what = (
        f"{hard.called}: {hard.raw} is less than {hard.shown(hard.used)}, which the pods of the release need ({shares})"
    )
    return hard.refusal(what, f"Write {hard.shown(hard.used)} and what jobs need, or more.")


def _exceeded(hard: _Hard, pod: PlacedPod, resources: PodResources) -> Refusal:
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


def _write(hard: _Hard, need: Decimal, who: str) -> str:
    less = "" if hard.is_a_number else f", or let {who} for less"
    return f"Write {hard.shown(need)} or more{less}."


def _too_many(hard: _Hard, pod: PlacedPod, need: Decimal) -> Refusal:
    room = int((hard.most - hard.used) // need)
    beside = f" beside {listed(hard.standing)}" if hard.used else ""
    what = f"{hard.called}: {hard.raw} has room for {room} of {pod.most_jobs} jobs at the same time{beside}"
    enough = hard.shown(need * pod.most_jobs + hard.used)
    remedy = (
        f"Such a job fails with `exceeded quota`. Write {enough} or more, lower {pod.most_by}, or set retry_limits."
    )
    effect = "so that Kubernetes refuses further pods of"
    return hard.refusal(what, remedy, Severity.WARNING, effect=effect, rule=QUOTA_JOBS)


def _of_claims(hard: _Hard, space: LimitedNamespace) -> Refused:
    if not counts_claims(hard.bounds.data):
        return
    shares = [(one, one.copies * claim_usage(one.spec).get(hard.name, Decimal(0))) for one in space.claims]
    need = sum((amount for _, amount in shares), Decimal(0))
    if need <= hard.most:
        return
    parts = listed(f"{claim.who} {hard.shown(amount)}" for claim, amount in shares if amount)
    what = f"{hard.called}: {hard.raw} is less than {hard.shown(need)}, which the claims of the release need ({parts})"
    for claim, amount in shares:
        if amount:
            yield claim, hard.refusal(what, _write(hard, need, "the claims ask"), effect=REFUSED_CLAIMS)
