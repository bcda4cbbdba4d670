"""Services as the API server takes them, where one field says what others may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults


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


def endpoints_faults(data: Mapping[str, Any]) -> Faults:
    """Ports without names where there are several."""
    for place, subset in enumerate(maps(data.get("subsets"))):
        ports = maps(subset.get("ports"))
        for index, port in enumerate(ports):
            if len(ports) > 1 and not port.get("name"):
                yield FieldFault(f"subsets[{place}].ports[{index}].name", "missing: each of several ports needs a name")
