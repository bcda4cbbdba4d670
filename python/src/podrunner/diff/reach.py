"""What can be reached, or can connect, that could not before: NetworkPolicies that open or go, Services that leave the cluster."""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.manifests.difference.objects import identity_of
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.difference.objects import Identity
    from podrunner.manifests.rendering import Rendering

    Objects = dict[Identity, dict[str, Any]]

_INGRESS, _EGRESS = "Ingress", "Egress"
# The further up, the more can reach a Service.
_TYPES = {"NodePort": 1, "LoadBalancer": 2}


@dataclass(frozen=True, slots=True)
class Isolation:
    """What one NetworkPolicy lets through in one direction. `pods` are the requirements of its selector; none: all pods."""

    subject: str
    namespace: str
    direction: str
    pods: frozenset[str]
    allowed: tuple[Allowed, ...]

    def is_about(self, other: Isolation) -> bool:
        """Whether pods of another one may be among these."""
        same = (self.namespace, self.direction) == (other.namespace, other.direction)
        return same and (self.pods <= other.pods or other.pods <= self.pods)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A peer at a port, as a NetworkPolicy writes them; None for every one."""

    peer: Mapping[str, Any] | None
    port: Mapping[str, Any] | None

    def covers(self, other: Allowed) -> bool:
        """Whether all that the other one lets through is let through by this one."""
        return _covers_peer(self.peer, other.peer) and _covers_port(self.port, other.port)

    def __str__(self) -> str:
        port = table(self.port)
        number = "-".join(str(port[key]) for key in ("port", "endPort") if key in port)
        at = f" at {number or 'all ports'}/{port.get('protocol', 'TCP')}" if self.port is not None else ""
        return f"{_peer_in_words(self.peer)}{at}"


def reach(before: Rendering, after: Rendering) -> Iterator[DiffEntry]:
    """An entry for each Service and NetworkPolicy by which more is reached than before."""
    old, new = _objects(before, "Service"), _objects(after, "Service")
    for identity, service in new.items():
        gone = [one for key, one in old.items() if key not in new and _selects_the_same(one, service)]
        was = old.get(identity) or (gone[0] if gone else {})
        yield from _more_of_service(str(identity_of(service)), table(was.get("spec")), table(service.get("spec")))
    yield from _policies(_objects(before, "NetworkPolicy"), _objects(after, "NetworkPolicy"))


def _objects(rendering: Rendering, kind: str) -> Objects:
    return {identity_of(one).within(rendering.namespace): one for one in rendering.objects(kind)}


def _selects_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    selectors = [table(table(item.get("spec")).get("selector")) for item in (one, other)]
    return bool(selectors[0]) and selectors[0] == selectors[1]


def _more_of_service(subject: str, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> Iterator[DiffEntry]:
    rank, known = (_TYPES.get(str(spec.get("type")), 0) for spec in (is_now, was))
    old, new = (texts(spec.get("loadBalancerSourceRanges")) for spec in (was, is_now))
    addresses = [one for one in texts(is_now.get("externalIPs")) if one not in texts(was.get("externalIPs"))]
    whence = f"from {', '.join(new)}" if new else "from anywhere"
    if rank > known:
        how = f"type {is_now['type']}{', ' + whence if rank == _TYPES['LoadBalancer'] else ''}"
        yield DiffEntry(Consequence.WIDER, subject, f"can be reached from outside of the cluster: {how}")
    elif rank == _TYPES["LoadBalancer"] and old and not (new and all(_is_within_any(one, old) for one in new)):
        yield DiffEntry(Consequence.WIDER, subject, f"can be reached {whence}, not from {', '.join(old)} alone")
    if addresses:
        how = f"externalIPs {', '.join(addresses)}"
        yield DiffEntry(Consequence.WIDER, subject, f"can be reached from outside of the cluster: {how}")


def _policies(before: Objects, after: Objects) -> Iterator[DiffEntry]:
    old, new = ([one for key, item in side.items() for one in _isolations(key, item)] for side in (before, after))
    for one in new:
        known = [allowed for other in old if other.is_about(one) for allowed in other.allowed]
        is_isolated = any(other.is_about(one) for other in old)
        more = [allowed for allowed in one.allowed if is_isolated and not any(had.covers(allowed) for had in known)]
        if more:
            what = "lets in what was kept out" if one.direction == _INGRESS else "lets out what was kept in"
            yield DiffEntry(Consequence.WIDER, one.subject, f"{what}: {'; '.join(map(str, more))}")
    kept = {str(identity_of(item)) for key, item in before.items() if key not in after and _is_kept(item)}
    for one in old:
        # A policy that asks for less selects these pods, too.
        if not any(other.is_about(one) and other.pods <= one.pods for other in new):
            pods = f"pods {', '.join(sorted(one.pods))}" if one.pods else "all pods"
            what = f"connections to {pods} out" if one.direction == _INGRESS else f"{pods} from connecting anywhere"
            when = f"any more{' once it is deleted: helm upgrade leaves it' if one.subject in kept else ''}"
            yield DiffEntry(Consequence.WIDER, one.subject, f"no policy keeps {what} {when}")


def _is_kept(item: Mapping[str, Any]) -> bool:
    annotations = table(table(item.get("metadata")).get("annotations"))
    return annotations.get("helm.sh/resource-policy") == "keep"


def _isolations(identity: Identity, item: Mapping[str, Any]) -> Iterator[Isolation]:
    spec = table(item.get("spec"))
    directions = texts(spec.get("policyTypes")) or [_INGRESS, *([_EGRESS] if maps(spec.get("egress")) else [])]
    for direction, peers in ((_INGRESS, "from"), (_EGRESS, "to")):
        if direction not in directions:
            continue
        allowed = [
            Allowed(*pair)
            for rule in maps(spec.get(direction.lower()))
            for pair in itertools.product(_or_every(rule.get(peers)), _or_every(rule.get("ports")))
        ]
        pods = _requirements(spec.get("podSelector"))
        yield Isolation(str(identity_of(item)), identity.namespace, direction, pods, tuple(allowed))


def _or_every(items: object) -> list[dict[str, Any] | None]:
    return [*maps(items)] or [None]


def _requirements(selector: object) -> frozenset[str]:
    """What a selector asks for, one text each."""
    labels = (f"{key}={value}" for key, value in table(table(selector).get("matchLabels")).items())
    expressions = (
        f"{one.get('key')} {one.get('operator')} ({', '.join(sorted(texts(one.get('values'))))})"
        for one in maps(table(selector).get("matchExpressions"))
    )
    return frozenset((*labels, *(one.removesuffix(" ()") for one in expressions)))


def _covers_peer(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return one is None
    if "ipBlock" in one or "ipBlock" in other:
        return "ipBlock" in one and "ipBlock" in other and _covers_block(table(one["ipBlock"]), table(other["ipBlock"]))
    # Without a selector of namespaces, it is that of the policy.
    here, there = (
        _requirements(peer["namespaceSelector"]) if "namespaceSelector" in peer else None for peer in (one, other)
    )
    covers = there is None if here is None else here <= (there or frozenset())
    return covers and _selects_more(one, other)


def _selects_more(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return _requirements(one.get("podSelector")) <= _requirements(other.get("podSelector"))


def _covers_block(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a block holds another one, and leaves out no more than that."""
    cidr = str(other.get("cidr"))
    left_out = [text for text in texts(one.get("except")) if _is_within_any(text, [cidr])]
    return _is_within_any(cidr, [str(one.get("cidr"))]) and all(
        _is_within_any(text, texts(other.get("except"))) for text in left_out
    )


def _is_within_any(text: str, networks: list[str]) -> bool:
    return any(_is_within(text, one) for one in networks)


def _is_within(text: str, network: str) -> bool:
    try:
        inner, outer = (ipaddress.ip_network(one, strict=False) for one in (text, network))
    except ValueError:
        return text == network
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _covers_port(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return one is None
    if one.get("protocol", "TCP") != other.get("protocol", "TCP"):
        return False
    if "port" not in one:
        return True
    first, last = one["port"], one.get("endPort", one["port"])
    begin, end = other.get("port"), other.get("endPort", other.get("port"))
    if all(isinstance(number, int) for number in (first, last, begin, end)):
        return bool(first <= begin and end <= last)
    return (first, last) == (begin, end)


def _peer_in_words(peer: Mapping[str, Any] | None) -> str:
    if peer is None:
        return "everything"
    if "ipBlock" in peer:
        block = table(peer["ipBlock"])
        left_out = ", ".join(texts(block.get("except")))
        return f"{block.get('cidr')}{' except ' + left_out if left_out else ''}"
    pods = ", ".join(sorted(_requirements(peer.get("podSelector"))))
    spaces = ", ".join(sorted(_requirements(peer.get("namespaceSelector"))))
    where = f" in namespaces {spaces}" if spaces else " in all namespaces" if "namespaceSelector" in peer else ""
    return f"{'pods ' + pods if pods else 'all pods'}{where}"
