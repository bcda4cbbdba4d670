"""What a LimitRange refuses: containers, pods and claims outside of its bounds.

Source: PodValidateLimitFunc and PersistentVolumeClaimValidateLimitFunc in
k8s.io/kubernetes/plugin/pkg/admission/limitranger/admission.go, 1.34.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.resources import LIMITS, REQUESTS, amounts
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from podrunner.manifests.admission.resources import Amounts, PodResources
    from podrunner.manifests.objects import Object

MIN, MAX, RATIO, DEFAULT = "min", "max", "maxLimitRequestRatio", "default"
POD, CONTAINER, CLAIM = "Pod", "Container", "PersistentVolumeClaim"


@dataclass(frozen=True, slots=True)
class Breach:
    """An amount outside of a bound.

    `item` is the index in spec.limits, `type` that of the item, `bound` one of min, max, maxLimitRequestRatio, or default
    where a default is below what the container itself asks for. `container` is empty where it is all of the pod, or a
    claim. `part` is `requests` or `limits`, `found` the amount or the ratio, None where nothing says it.
    """

    item: int
    type: str
    bound: str
    container: str
    resource: str
    part: str
    found: Decimal | None
    allowed: Decimal

    @property
    def path(self) -> str:
        """Of the bound, in the LimitRange."""
        return f"spec.limits[{self.item}].{self.bound}.{self.resource}"


def pod_breaches(limit_range: Object, pod: PodResources) -> Iterator[Breach]:
    """Everything for which a LimitRange refuses a pod that has its defaults."""
    for index, item in enumerate(maps(table(limit_range.get("spec")).get("limits"))):
        if item.get("type") == CONTAINER:
            for one in pod.containers:
                yield from _beyond(index, item, one.name, one.requests, one.limits)
        elif item.get("type") == POD:
            yield from _beyond(index, item, "", pod.total(REQUESTS), pod.total(LIMITS))


def claim_breaches(limit_range: Object, requests: Amounts) -> Iterator[Breach]:
    """The same for a PersistentVolumeClaim."""
    for index, item in enumerate(maps(table(limit_range.get("spec")).get("limits"))):
        if item.get("type") == CLAIM:
            for name, allowed in amounts(item.get(MIN)).items():
                if name not in requests or requests[name] < allowed:
                    yield Breach(index, CLAIM, MIN, "", name, REQUESTS, requests.get(name), allowed)
            for name, allowed in amounts(item.get(MAX)).items():
                if name not in requests or requests[name] > allowed:
                    yield Breach(index, CLAIM, MAX, "", name, REQUESTS, requests.get(name), allowed)


def _beyond(
    index: int, item: Mapping[str, Any], container: str, requests: Amounts, limits: Amounts
) -> Iterator[Breach]:
    def breach(bound: str, name: str, part: str, found: Decimal | None, allowed: Decimal) -> Breach:
        return Breach(index, str(item["type"]), bound, container, name, part, found, allowed)

    for name, allowed in amounts(item.get(MIN)).items():
        request, limit = requests.get(name), limits.get(name)
        if request is None or request < allowed:
            yield breach(MIN, name, REQUESTS, request, allowed)
        elif limit is not None and limit < allowed:
            yield breach(MIN, name, LIMITS, limit, allowed)
    most = amounts(item.get(MAX))
    for name, allowed in most.items():
        request, limit = requests.get(name), limits.get(name)
        if limit is None or limit > allowed:
            yield breach(MAX, name, LIMITS, limit, allowed)
        elif request is not None and request > allowed:
            yield breach(MAX, name, REQUESTS, request, allowed)
    for name, allowed in amounts(item.get(RATIO)).items():
        request, limit = requests.get(name), limits.get(name)
        if not request or not limit:
            yield breach(RATIO, name, LIMITS if request else REQUESTS, None, allowed)
        elif limit / request > allowed:
            yield breach(RATIO, name, LIMITS, limit / request, allowed)
    for name, limit in amounts(item.get(DEFAULT)).items():
        # The default is the limit of a container that says none, and no request may be above its limit.
        request = requests.get(name)
        if (
            container
            and limits.get(name) == limit
            and request is not None
            and limit < request <= most.get(name, request)
        ):
            yield breach(DEFAULT, name, REQUESTS, request, limit)
