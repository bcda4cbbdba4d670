"""Pods and claims outside of the bounds of a LimitRange, and what to write instead."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from podrunner.check.refusals import REFUSED, REFUSED_CLAIMS, Refusal
from podrunner.findings.path import dotted
from podrunner.findings.rules.manifests import LIMIT_RANGE
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.manifests.admission.limit_range import (
    CLAIM,
    CONTAINER,
    DEFAULT,
    MIN,
    POD,
    RATIO,
    claim_breaches,
    pod_breaches,
)
from podrunner.manifests.admission.resources import REQUESTS, amounts
from podrunner.manifests.objects import maps
from podrunner.manifests.quantity import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.check.placed_pods import PlacedClaim, PlacedPod
    from podrunner.check.refusals import Bounds, LimitedNamespace
    from podrunner.findings.path import Path
    from podrunner.manifests.admission.limit_range import Breach
    from podrunner.manifests.admission.resources import PodResources

_WHOSE = {POD: "a pod", CONTAINER: "a container", CLAIM: "a claim"}


def refused_by_limit_range(space: LimitedNamespace) -> Iterator[tuple[PlacedPod | PlacedClaim, Refusal]]:
    """Every pod and claim that a LimitRange of its namespace refuses, with the reason."""
    for bounds in space.limit_ranges:
        for pod, resources in space.pods:
            for breach in pod_breaches(bounds.data, resources):
                yield pod, _of_pod(space, bounds, breach, pod, resources)
        for claim in space.claims:
            for breach in claim_breaches(bounds.data, amounts(_requests(claim.spec))):
                yield claim, _refusal(space, bounds, breach, None, [])


def _requests(claim: Mapping[str, object]) -> object:
    resources = claim.get("resources")
    return resources.get(REQUESTS) if isinstance(resources, dict) else None


def _of_pod(
    space: LimitedNamespace, bounds: Bounds, breach: Breach, pod: PlacedPod, resources: PodResources
) -> Refusal:
    own = None
    if breach.found is not None and breach.bound != RATIO:
        own = pod.written(space.values, breach.container, breach.part, breach.resource, breach.found)
    shares = resources.shares(breach.part).get(breach.resource, {})
    parts = [f"{name} {shown(share, breach.resource)}" for name, share in shares.items() if not breach.container]
    is_of_some = bool(pod.is_of_job and pod.repeats)
    return _refusal(space, bounds, breach, own, parts if len(parts) > 1 else [], is_of_some=is_of_some)


def _refusal(
    space: LimitedNamespace,
    bounds: Bounds,
    breach: Breach,
    own: Path | None,
    parts: list[str],
    *,
    is_of_some: bool = False,
) -> Refusal:
    raw = maps(bounds.data["spec"]["limits"])[breach.item][breach.bound][breach.resource]
    path = bounds.written(space.values, raw, f"limits {breach.type} {breach.bound} {breach.resource}")
    name = dotted(path) if path else f"{breach.bound}.{breach.resource} of {bounds.document.name}"
    what = _own(breach, own, raw, name) if own else _bound(breach, parts, raw, name)
    return Refusal(
        LIMIT_RANGE,
        bounds.document.name,
        bounds.document.template,
        breach.path,
        own or path,
        what,
        REFUSED_CLAIMS if breach.type == CLAIM else REFUSED,
        _remedy(breach, own, raw, name),
        # A pod is beyond what it may have only with its service; a container is by itself.
        Severity.WARNING if is_of_some and not breach.container else Severity.ERROR,
        breach.container,
    )


def _own(breach: Breach, own: Path, raw: object, name: str) -> str:
    """What is wrong with an amount that the values say."""
    said = f"{dotted(own)}: {_found(breach)}"
    if breach.bound == DEFAULT:
        return f"{said} is more than the limit of a container that says none, {raw} ({name})"
    relation = "less than" if breach.bound == MIN else "more than"
    return (
        f"{said} is {relation} {_WHOSE[breach.type]} {'has to' if breach.bound == MIN else 'may'} have, {raw} ({name})"
    )


def _bound(breach: Breach, parts: list[str], raw: object, name: str) -> str:
    """What is wrong with an amount that comes from elsewhere: a default, a patch, the sum of a pod."""
    amount = f"{breach.resource} {breach.part[:-1]}"
    subject = (
        f"container {breach.container}" if breach.container else "the claim" if breach.type == CLAIM else "the pod"
    )
    if breach.found is None:
        return f"{name}: {raw}, and {subject} says no {amount}"
    if breach.bound == RATIO:
        ratio = f"{float(breach.found):g}"
        return f"{name}: {raw}, and the {breach.resource} limit of {subject} is {ratio} times its request"
    relation = "more than" if breach.bound == MIN else "less than"
    shares = f" ({listed(parts)})" if parts else ""
    return f"{name}: {raw} is {relation} the {amount} of {subject}, {_found(breach)}{shares}"


def _remedy(breach: Breach, own: Path | None, raw: object, name: str) -> str:
    if breach.found is None:
        return f"Let each container say it, or remove {name}."
    if breach.bound == RATIO:
        return f"Bring limit and request nearer to each other, or raise {name} to {ceil(breach.found)}."
    if breach.bound == DEFAULT:
        return f"Write a {breach.resource} limit beside the request, or raise {name}."
    least = breach.bound == MIN
    change = f"{'lower' if least else 'raise'} {name} to {_found(breach)}"
    if own:
        return f"Write {raw} or {'more' if least else 'less'}, or {change}."
    subject = "the claim" if breach.type == CLAIM else "the pod"
    return f"{change[0].upper()}{change[1:]}, or let {subject} ask for {'more' if least else 'less'}."


def _found(breach: Breach) -> str:
    return "" if breach.found is None else shown(breach.found, breach.resource)
