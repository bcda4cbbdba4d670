"""Pods and claims outside of the bounds of a LimitRange, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from podrunner.check.placed_pods import ANY_JOB
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
from podrunner.manifests.admission.objects import object_faults
from podrunner.manifests.admission.resources import REQUESTS, amounts
from podrunner.manifests.objects import maps
from podrunner.manifests.quantity import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from podrunner.check.placed_pods import PlacedClaim, PlacedPod
    from podrunner.check.refusals import Bounds, LimitedNamespace
    from podrunner.findings.path import Path
    from podrunner.manifests.admission.fault import FieldFault
    from podrunner.manifests.admission.limit_range import Breach

# An amount of an item of a LimitRange.
_AMOUNT = re.compile(r"spec\.limits\[(\d+)\]\.\w+\.(.+)\Z")
_WHOSE = {POD: "a pod", CONTAINER: "a container", CLAIM: "a claim"}


def refused_by_limit_range(space: LimitedNamespace) -> Iterator[tuple[PlacedPod | PlacedClaim, Refusal]]:
    """Every pod and claim that a LimitRange of its namespace refuses, with the reason: one for all containers of a bound.

    Nothing is said of bounds that the API server itself refuses, as no pod is held to them.
    """
    for bounds in space.limit_ranges:
        is_held_to = partial(_is_held_to, [*object_faults(bounds.data)])
        yield from _of_pods(space, bounds, is_held_to)
        for claim in space.claims:
            for breach in filter(is_held_to, claim_breaches(bounds.data, amounts(_requests(claim.spec)))):
                yield claim, _refusal(space, bounds, [breach], None, [])


def _is_held_to(faults: Sequence[FieldFault], breach: Breach) -> bool:
    """Whether none of the amounts of this item and resource is refused."""
    refused = (_AMOUNT.match(fault.path) for fault in faults)
    return not any(found and found.groups() == (str(breach.item), breach.resource) for found in refused)


def _of_pods(
    space: LimitedNamespace, bounds: Bounds, is_held_to: Callable[[Breach], bool]
) -> Iterator[tuple[PlacedPod, Refusal]]:
    of_containers: dict[tuple[object, ...], list[tuple[PlacedPod, Breach]]] = {}
    of_jobs: dict[tuple[str, str], tuple[object, ...]] = {}
    for pod, resources in space.pods:
        for breach in filter(is_held_to, pod_breaches(bounds.data, resources)):
            own = _own_path(space, pod, breach)
            if breach.container:
                key: tuple[object, ...] = (own, breach.path, breach.part, breach.found is None)
                # What the pod of `helm test` has, it has from jobs, whose values say it.
                if key not in of_containers and pod.repeats == ANY_JOB:
                    key = of_jobs.get((breach.container, breach.path), key)
                of_jobs.setdefault((breach.container, breach.path), key)
                of_containers.setdefault(key, []).append((pod, breach))
                continue
            shares = resources.shares(breach.part).get(breach.resource, {})
            parts = [f"{name} {shown(share, breach.resource)}" for name, share in shares.items()]
            refusal = _refusal(space, bounds, [breach], own, parts if len(parts) > 1 else [])
            # A pod is beyond what it may have only with its service; a container is by itself.
            is_of_some = bool(pod.is_of_job and pod.repeats)
            yield pod, replace(refusal, severity=Severity.WARNING if is_of_some else Severity.ERROR)
    for found in of_containers.values():
        (pod, first), own = found[0], _own_path(space, *found[0])
        refusal = _refusal(space, bounds, [breach for _, breach in found], own, [])
        refusal = replace(refusal, about=f"{own} {first.part} {first.found is None}")
        yield from ((pod, refusal) for pod, _ in found)


def _own_path(space: LimitedNamespace, pod: PlacedPod, breach: Breach) -> Path | None:
    """Where the values say the amount that is beyond the bound."""
    if breach.found is None or breach.bound == RATIO:
        return None
    return pod.written(space.values, breach.container, breach.part, breach.resource, breach.found)


def _requests(claim: Mapping[str, object]) -> object:
    resources = claim.get("resources")
    return resources.get(REQUESTS) if isinstance(resources, dict) else None


def _refusal(
    space: LimitedNamespace, bounds: Bounds, breaches: Sequence[Breach], own: Path | None, parts: list[str]
) -> Refusal:
    """Of a bound that has several breaches these are of containers, and differ in container and amount alone."""
    breach = breaches[0]
    raw = maps(bounds.data["spec"]["limits"])[breach.item][breach.bound][breach.resource]
    path = bounds.written(space.values, raw, f"limits {breach.type} {breach.bound} {breach.resource}")
    name = dotted(path) if path else f"{breach.bound}.{breach.resource} of {bounds.document.name}"
    return Refusal(
        LIMIT_RANGE,
        bounds.document.name,
        bounds.document.template,
        breach.path,
        own or path,
        _own(breach, own, raw, name) if own else _bound(breaches, parts, raw, name),
        REFUSED_CLAIMS if breach.type == CLAIM else REFUSED,
        _remedy(_farthest(breaches), own, raw, name),
        Severity.ERROR,
    )


def _farthest(breaches: Sequence[Breach]) -> Breach:
    """The one that every other would be mended with."""
    order = min if breaches[0].bound == MIN else max
    return order(breaches, key=lambda one: one.found or 0)


def _own(breach: Breach, own: Path, raw: object, name: str) -> str:
    """What is wrong with an amount that the values say."""
    said = f"{dotted(own)}: {_found(breach)}"
    if breach.bound == DEFAULT:
        return f"{said} is more than the limit of a container that says none, {raw} ({name})"
    relation = "less than" if breach.bound == MIN else "more than"
    return (
        f"{said} is {relation} {_WHOSE[breach.type]} {'has to' if breach.bound == MIN else 'may'} have, {raw} ({name})"
    )


def _bound(breaches: Sequence[Breach], parts: list[str], raw: object, name: str) -> str:
    """What is wrong with an amount that comes from elsewhere: a default, a patch, the sum of a pod."""
    breach = breaches[0]
    amount = f"{breach.resource} {breach.part[:-1]}"
    if breach.found is None:
        return f"{name}: {raw}, and {_subject(breaches)} {'say' if _are_several(breaches) else 'says'} no {amount}"
    if breach.bound == RATIO:
        return f"{name}: {raw}, and the {breach.resource} limit of {_ratios(breaches)}"
    relation = "more than" if breach.bound == MIN else "less than"
    shares = f" ({listed(parts)})" if parts else ""
    if len({one.found for one in breaches}) == 1:
        return f"{name}: {raw} is {relation} the {amount} of {_subject(breaches)}, {_found(breach)}{shares}"
    return f"{name}: {raw} is {relation} the {amount} of containers {listed(_amounts(breaches))}"


def _ratios(breaches: Sequence[Breach]) -> str:
    if len({one.found for one in breaches}) == 1:
        of_each = "the request of each" if _are_several(breaches) else "its request"
        return f"{_subject(breaches)} is {_found(breaches[0])} times {of_each}"
    return f"containers {listed(_amounts(breaches))} is so many times the request"


def _amounts(breaches: Sequence[Breach]) -> dict[str, None]:
    return dict.fromkeys(f"{one.container} ({_found(one)})" for one in breaches)


def _are_several(breaches: Sequence[Breach]) -> bool:
    return len({one.container for one in breaches}) > 1


def _subject(breaches: Sequence[Breach]) -> str:
    """Who has the amount, as a part of a sentence."""
    breach = breaches[0]
    if breach.container:
        names = dict.fromkeys(one.container for one in breaches)
        return f"{'containers' if len(names) > 1 else 'container'} {listed(names)}"
    return "the claim" if breach.type == CLAIM else "the pod"


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
    if breach.found is None:
        return ""
    return f"{float(breach.found):g}" if breach.bound == RATIO else shown(breach.found, breach.resource)
