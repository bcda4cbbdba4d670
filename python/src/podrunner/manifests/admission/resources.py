"""What a pod asks for and may use, as the API server counts it once it has filled in defaults.

Sources: SetDefaults_Pod (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go) and LimitRanger
(plugin/pkg/admission/limitranger/admission.go), Kubernetes 1.34. What a RuntimeClass adds as overhead is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.objects import maps, table
from podrunner.manifests.quantity import resource_amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.manifests.objects import Object

# Resource → amount.
Amounts = Mapping[str, Decimal]
REQUESTS, LIMITS = "requests", "limits"
# Since this version, what a pod says of itself as a whole is heeded, for these.
_WHOLE_PODS = (1, 34)
_OF_WHOLE_PODS = ("cpu", "memory")


@dataclass(frozen=True, slots=True)
class ContainerResources:
    """Amounts of one container. `starts`: it has ended before the pod's work begins; `stays`: it began before, and goes on."""

    name: str
    requests: Amounts
    limits: Amounts
    starts: bool = False
    stays: bool = False

    def amounts(self, part: str) -> Amounts:
        """`requests` or `limits`."""
        return self.requests if part == REQUESTS else self.limits


_NOTHING = ContainerResources("", {}, {})


@dataclass(frozen=True, slots=True)
class PodResources:
    """Amounts of all containers, in the order in which they start, and of the pod as a whole where it says them."""

    containers: tuple[ContainerResources, ...]
    whole: ContainerResources

    @property
    def says_whole(self) -> bool:
        """Whether the pod says anything of itself as a whole: then its containers need not."""
        return bool(self.whole.requests or self.whole.limits)

    def total(self, part: str) -> dict[str, Decimal]:
        """Resource → what the pod needs at its peak: that of one container of its start, or of all that run together."""
        shares = self.shares(part)
        return {name: sum(found.values(), Decimal(0)) for name, found in shares.items()}

    def shares(self, part: str) -> dict[str, dict[str, Decimal]]:
        """Resource → container → its share of the total. A share of the pod as a whole has no name."""
        together = _together((one for one in self.containers if not one.starts), part)
        for index, container in enumerate(self.containers):
            if not container.starts:
                continue
            stay = (one for one in self.containers[:index] if one.stays)
            for name, found in _together((*stay, container), part).items():
                if sum(found.values()) > sum(together.get(name, {"": Decimal(-1)}).values()):
                    together[name] = found
        return together | {name: {"": amount} for name, amount in self.whole.amounts(part).items()}

    def beyond_whole(self) -> Iterator[tuple[str, str, Decimal, dict[str, Decimal]]]:
        """What the pod says of itself as a whole and its containers do not keep to, for which it is refused.

        `requests` or `limits`, resource, the amount of the whole, container → what is more than that, together or alone.
        """
        together = replace(self, whole=_NOTHING).shares(REQUESTS)
        working = [one for one in self.containers if not one.starts and not one.stays]
        for name, request in self.whole.requests.items():
            asked = together.get(name, {})
            # Where it says a limit alone, it asks for as much as its containers, which may be more.
            most = min(request, self.whole.limits.get(name, request))
            if sum(asked.values()) > most:
                yield REQUESTS, name, most, asked
        for name, most in self.whole.limits.items():
            above = {one.name: one.limits[name] for one in working if one.limits.get(name, most) > most}
            if above:
                yield LIMITS, name, most, above


def _together(containers: Iterable[ContainerResources], part: str) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for container in containers:
        for name, amount in container.amounts(part).items():
            found.setdefault(name, {})[container.name] = amount
    return found


def pod_resources(spec: Mapping[str, Any], limit_ranges: Sequence[Object], kube_version: str) -> PodResources | None:
    """What a pod has in a namespace with these LimitRanges, defaults filled in. None where it says what is not an amount.

    `limit_ranges` are with the defaults of the API server, see `with_defaults` of manifests/difference/defaults.py.
    """
    try:
        own = [*_containers(spec)]
        whole = _whole(spec, own) if minor_version(kube_version) >= _WHOLE_PODS else _NOTHING
        defaults = [*_defaults(limit_ranges)]
    except _NotAnAmountError:
        return None
    return PodResources(tuple(_with_defaults(one, defaults) for one in own), whole)


class _NotAnAmountError(Exception):
    """Something that other checks refuse."""


def amounts(values: Any) -> dict[str, Decimal]:
    """Resource → amount; what is not one is left out."""
    found = {str(name): resource_amount(value) for name, value in table(values).items()}
    return {name: amount for name, amount in found.items() if amount is not None}


def _amounts(values: Any) -> dict[str, Decimal]:
    found = amounts(values)
    if len(found) != len(table(values)):
        raise _NotAnAmountError
    return found


def _containers(spec: Mapping[str, Any]) -> Iterator[ContainerResources]:
    for kind in ("initContainers", "containers"):
        for container in maps(spec.get(kind)):
            resources = table(container.get("resources"))
            limits = _amounts(resources.get(LIMITS))
            stays = kind == "initContainers" and container.get("restartPolicy") == "Always"
            yield ContainerResources(
                str(container.get("name")),
                # Who says a limit alone asks for all of it.
                {**limits, **_amounts(resources.get(REQUESTS))},
                limits,
                starts=kind == "initContainers" and not stays,
                stays=stays,
            )


def _whole(spec: Mapping[str, Any], containers: Sequence[ContainerResources]) -> ContainerResources:
    said = table(spec.get("resources"))
    requests, limits = (
        {name: amount for name, amount in _amounts(said.get(part)).items() if name in _OF_WHOLE_PODS}
        for part in (REQUESTS, LIMITS)
    )
    if limits:
        of_all = PodResources(tuple(containers), _NOTHING).total(REQUESTS)
        requests = {**limits, **{name: of_all[name] for name in _OF_WHOLE_PODS if name in of_all}, **requests}
    return ContainerResources("", requests, limits)


def _defaults(limit_ranges: Sequence[Object]) -> Iterator[tuple[Amounts, Amounts]]:
    """(requests, limits) that each LimitRange gives a container that says none."""
    for one in limit_ranges:
        items = [item for item in maps(table(one.get("spec")).get("limits")) if item.get("type") == "Container"]
        requests = {name: amount for item in items for name, amount in _amounts(item.get("defaultRequest")).items()}
        limits = {name: amount for item in items for name, amount in _amounts(item.get("default")).items()}
        yield requests, limits


def _with_defaults(own: ContainerResources, defaults: Sequence[tuple[Amounts, Amounts]]) -> ContainerResources:
    requests, limits = own.requests, own.limits
    for more_requests, more_limits in defaults:
        requests, limits = {**more_requests, **requests}, {**more_limits, **limits}
    return ContainerResources(own.name, requests, limits, starts=own.starts, stays=own.stays)
