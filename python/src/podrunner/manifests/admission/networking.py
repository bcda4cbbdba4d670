"""Services and what is before and behind them, as the API server takes them, where one field says what others may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, hold
from podrunner.manifests.admission.forms import unicast
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_SOURCES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_CLASS = "kubernetes.io/ingress.class"


def service_faults(data: Mapping[str, Any]) -> Faults:
    """Ports without names where there are several, and addresses that contradict each other."""
    spec = table(data.get("spec"))
    ports = maps(spec.get("ports"))
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield FieldFault(f"spec.ports[{index}].name", "missing: each of several ports needs a name")
        if spec.get("type") in (None, "", "ClusterIP") and port.get("nodePort"):
            yield FieldFault(
                f"spec.ports[{index}].nodePort", "is for the types NodePort and LoadBalancer", port["nodePort"]
            )
    first, every = spec.get("clusterIP"), spec.get("clusterIPs")
    if isinstance(every, list) and every and (every[0] or "") != (first or ""):
        yield FieldFault("spec.clusterIPs[0]", f"must be clusterIP, which is {first or 'empty'}", every[0])
    for index, text in enumerate(texts(spec.get("externalIPs"))):
        yield from hold(f"spec.externalIPs[{index}]", text, unicast)
    annotations = table(table(data.get("metadata")).get("annotations"))
    # The field takes its place.
    if _SOURCES in annotations and spec.get("type") != "LoadBalancer" and not spec.get("loadBalancerSourceRanges"):
        yield FieldFault(f"metadata.annotations.{_SOURCES}", "is for the type LoadBalancer", annotations[_SOURCES])


def endpoints_faults(data: Mapping[str, Any]) -> Faults:
    """Ports without names where there are several, and addresses that are nobody else's."""
    for place, subset in enumerate(maps(data.get("subsets"))):
        for kind in ("addresses", "notReadyAddresses"):
            for index, one in enumerate(maps(subset.get(kind))):
                yield from hold(f"subsets[{place}].{kind}[{index}].ip", one.get("ip") or None, unicast)
        ports = maps(subset.get("ports"))
        for index, port in enumerate(ports):
            if len(ports) > 1 and not port.get("name"):
                yield FieldFault(f"subsets[{place}].ports[{index}].name", "missing: each of several ports needs a name")


def slice_faults(data: Mapping[str, Any]) -> Faults:
    """Addresses that are nobody else's."""
    for place, endpoint in enumerate(maps(data.get("endpoints"))):
        for index, text in enumerate(texts(endpoint.get("addresses"))):
            yield from hold(f"endpoints[{place}].addresses[{index}]", text, unicast)


def ingress_faults(data: Mapping[str, Any]) -> Faults:
    """Two classes, the annotation that there was before and the field: refused on create, and taken on change."""
    named = table(data.get("spec")).get("ingressClassName")
    before = table(table(data.get("metadata")).get("annotations")).get(_CLASS)
    if isinstance(named, str) and isinstance(before, str) and named != before:
        reason = f"must be ingressClassName, which is {named}, or not be there"
        yield FieldFault(f"metadata.annotations.{_CLASS}", reason, before)
