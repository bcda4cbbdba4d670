"""Objects beside pods, as the API server takes them: LimitRanges, quotas, NetworkPolicies, Services."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, hold
from podrunner.manifests.admission.forms import amount
from podrunner.manifests.objects import maps, table, texts
from podrunner.manifests.quantity import quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podrunner.manifests.admission.fault import Faults

_DEFAULTS = ("default", "defaultRequest")
# Counted, and not measured: there is no half of it.
_MEASURED = ("cpu", "memory", "storage", "ephemeral-storage")


def object_faults(data: Mapping[str, Any]) -> Faults:
    """What of an object the API server refuses, by its path in the object."""
    rules = _RULES.get(str(data.get("kind")))
    if rules:
        yield from rules(table(data.get("spec")))


def _limit_range(spec: Mapping[str, Any]) -> Faults:
    for index, limit in enumerate(maps(spec.get("limits"))):
        at = f"spec.limits[{index}]"
        if limit.get("type") == "Pod":
            for part in _DEFAULTS:
                if limit.get(part):
                    yield FieldFault(f"{at}.{part}", "is for containers: a limit of pods has no defaults")
        yield from _bounds(at, limit)


def _bounds(at: str, limit: Mapping[str, Any]) -> Faults:
    """Each amount has to be within those that are beyond it: min, defaultRequest, default, max."""
    order = ("min", "defaultRequest", "default", "max")
    for place, part in enumerate(order):
        for name, value in table(limit.get(part)).items():
            yield from hold(f"{at}.{part}.{name}", value, amount)
            for above in order[place + 1 :]:
                most = table(limit.get(above)).get(name)
                here, beyond = quantity(value), quantity(most)
                if here is not None and beyond is not None and here > beyond:
                    yield FieldFault(f"{at}.{part}.{name}", f"must not be more than {above}, which is {most}", value)
                    break


def _quota(spec: Mapping[str, Any]) -> Faults:
    for name, value in table(spec.get("hard")).items():
        where, found = f"spec.hard.{name}", quantity(value)
        yield from hold(where, value, amount)
        is_counted = "/" in name or name.rpartition(".")[2] not in _MEASURED
        if found is not None and is_counted and found != int(found):
            yield FieldFault(where, "must be a whole number", value)


def _network_policy(spec: Mapping[str, Any]) -> Faults:
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(maps(spec.get(way))):
            for place, peer in enumerate(maps(rule.get(peers))):
                yield from _block(f"spec.{way}[{index}].{peers}[{place}].ipBlock", table(peer.get("ipBlock")))


def _block(at: str, block: Mapping[str, Any]) -> Faults:
    if not block:
        return
    yield from hold(f"{at}.cidr", block.get("cidr"), _network)
    around = _read(block.get("cidr"))
    for index, text in enumerate(texts(block.get("except"))):
        where, inside = f"{at}.except[{index}]", _read(text)
        yield from hold(where, text, _network)
        if around is None or inside is None:
            continue
        if inside.version != around.version or inside == around or not _is_within(inside, around):
            yield FieldFault(where, f"must be a part of {around}, and not all of it", text)


def _is_within(inside: Any, around: Any) -> bool:
    return bool(inside.subnet_of(around))


def _service(spec: Mapping[str, Any]) -> Faults:
    for index, text in enumerate(texts(spec.get("loadBalancerSourceRanges"))):
        yield from hold(f"spec.loadBalancerSourceRanges[{index}]", text.strip(), _network)


def _network(text: str) -> str:
    return "" if _read(text) else "must be a network such as 192.0.2.0/24"


def _read(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        # Kubernetes takes an address of a host within the network for the network.
        return ipaddress.ip_network(str(text), strict=False) if "/" in str(text) else None
    except ValueError:
        return None


_RULES: dict[str, Callable[[Mapping[str, Any]], Faults]] = {
    "LimitRange": _limit_range,
    "ResourceQuota": _quota,
    "NetworkPolicy": _network_policy,
    "Service": _service,
}
