"""Objects beside pods, as the API server takes them: LimitRanges, quotas, NetworkPolicies, Services."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.agreement import (
    autoscaler_faults,
    claim_faults,
    priority_class_faults,
    runtime_class_faults,
    secret_faults,
    volume_faults,
)
from podrunner.manifests.admission.contents import config_map_faults, secret_size_faults
from podrunner.manifests.admission.definitions import api_service_faults, definition_faults
from podrunner.manifests.admission.fault import FieldFault, among, between, hold
from podrunner.manifests.admission.forms import LAST_PORT, PROTOCOLS, amount, any_amount
from podrunner.manifests.admission.jobs import job_faults
from podrunner.manifests.admission.networking import (
    endpoints_faults,
    ingress_faults,
    service_faults,
    slice_faults,
)
from podrunner.manifests.admission.pod_security_labels import namespace_faults
from podrunner.manifests.admission.quota import scope_faults
from podrunner.manifests.admission.rollouts import daemon_set_faults, deployment_faults
from podrunner.manifests.admission.schedule import cron_job_faults
from podrunner.manifests.admission.scheduling import selector_faults
from podrunner.manifests.admission.uniques import unique_faults
from podrunner.manifests.admission.webhooks import policy_faults, webhook_faults
from podrunner.manifests.objects import is_built_in, maps, table, texts
from podrunner.manifests.quantity import resource_amount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podrunner.manifests.admission.fault import Faults

_DEFAULTS = ("default", "defaultRequest")
_BOUNDS = ("min", "defaultRequest", "default", "max")
_LIMITED = re.compile(r"cpu\Z|memory\Z|ephemeral-storage\Z|hugepages-.+\Z|.+/.+\Z")
_FINALIZERS, _FREE = ("kubernetes", "orphan", "foregroundDeletion"), ("CustomResourceDefinition", "APIService")
_PEERS = ("podSelector", "namespaceSelector", "ipBlock")
# What a quota can count or measure without a domain: k8s.io/kubernetes/pkg/apis/core/helper, IsStandardQuotaResourceName.
_COUNTED = (
    r"(pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims)\Z"
    r"|services\.(nodeports|loadbalancers)\Z"
)
_QUOTAS = re.compile(
    r"(requests\.|limits\.)?(cpu|memory|ephemeral-storage)\Z|requests\.storage\Z|(requests\.|limits\.)?hugepages-.+\Z"
    rf"|{_COUNTED}|.+/.+\Z"
)
# What the API server takes no half of: IsIntegerResourceName there. With `requests.` before a domain it takes one.
_WHOLE = re.compile(rf"{_COUNTED}|(?!requests\.|.*kubernetes\.io/).+/.+\Z")


def object_faults(data: Mapping[str, Any]) -> Faults:
    """What of an object the API server refuses, by its path in the object."""
    if not is_built_in(str(data.get("apiVersion", ""))):
        return
    kind = str(data.get("kind"))
    if of_spec := _OF_SPEC.get(kind):
        yield from of_spec(table(data.get("spec")))
    for of_object in _OF_OBJECT.get(kind, ()):
        yield from of_object(data)
    yield from unique_faults(data)
    yield from _finalizers(kind, table(data.get("metadata")))


def _finalizers(kind: str, metadata: Mapping[str, Any]) -> Faults:
    """Names without a domain, which are Kubernetes' own. Definitions of kinds and APIs are not asked."""
    for index, name in enumerate(() if kind in _FREE else texts(metadata.get("finalizers"))):
        if "/" not in name and name not in _FINALIZERS:
            reason = f"must have a domain, such as example.com/{name}, or be {' or '.join(_FINALIZERS)}"
            yield FieldFault(f"metadata.finalizers[{index}]", reason, name)


def _limit_range(spec: Mapping[str, Any]) -> Faults:
    for index, limit in enumerate(maps(spec.get("limits"))):
        at = f"spec.limits[{index}]"
        if limit.get("type") == "Pod":
            for part in _DEFAULTS:
                if limit.get(part):
                    yield FieldFault(f"{at}.{part}", "is for containers: a limit of pods has no defaults")
        if limit.get("type") == "PersistentVolumeClaim" and not any(
            table(limit.get(part)).get("storage") is not None for part in ("min", "max")
        ):
            yield FieldFault(at, "must have min or max of storage: the type is PersistentVolumeClaim")
        yield from _limited(at, limit)
        yield from _bounds(at, limit)


def _limited(at: str, limit: Mapping[str, Any]) -> Faults:
    """What is limited has to be something that there is, and a limit is at least the request."""
    for part in (*_BOUNDS, "maxLimitRequestRatio"):
        for name, value in table(limit.get(part)).items():
            if limit.get("type") in ("Pod", "Container") and not _LIMITED.match(str(name)):
                reason = "is not a resource of a container: cpu, memory, ephemeral-storage, or one with a domain"
                yield FieldFault(f"{at}.{part}.{name}", reason, name)
            found = resource_amount(value)
            if part == "maxLimitRequestRatio" and found is not None and found < 1:
                yield FieldFault(f"{at}.{part}.{name}", "must be 1 or more: no limit is below its request", value)


def _bounds(at: str, limit: Mapping[str, Any]) -> Faults:
    """Each amount has to be within those that are beyond it: min, defaultRequest, default, max."""
    for place, part in enumerate(_BOUNDS):
        for name, value in table(limit.get(part)).items():
            yield from hold(f"{at}.{part}.{name}", value, any_amount)
            for above in _BOUNDS[place + 1 :]:
                most = table(limit.get(above)).get(name)
                here, beyond = resource_amount(value), resource_amount(most)
                if here is not None and beyond is not None and here > beyond:
                    yield FieldFault(f"{at}.{part}.{name}", f"must not be more than {above}, which is {most}", value)
                    break


def _quota(spec: Mapping[str, Any]) -> Faults:
    for name, value in table(spec.get("hard")).items():
        where, found = f"spec.hard.{name}", resource_amount(value)
        yield from hold(where, value, amount)
        if not _QUOTAS.match(name):
            yield FieldFault(
                where, "is nothing that a quota counts: others have a domain, such as count/jobs.batch", name
            )
        if found is not None and _WHOLE.match(name) and found != int(found):
            yield FieldFault(where, "must be a whole number", value)
    yield from scope_faults(spec)


def _network_policy(spec: Mapping[str, Any]) -> Faults:
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(maps(spec.get(way))):
            for place, peer in enumerate(maps(rule.get(peers))):
                yield from _peer(f"spec.{way}[{index}].{peers}[{place}]", peer)
            for place, port in enumerate(maps(rule.get("ports"))):
                yield from _port(f"spec.{way}[{index}].ports[{place}]", port)
    yield from selector_faults("spec.podSelector", table(spec.get("podSelector")))


def _peer(at: str, peer: Mapping[str, Any]) -> Faults:
    said = [name for name in _PEERS if peer.get(name) is not None]
    if not said:
        yield FieldFault(at, f"says nothing: must have {', '.join(_PEERS[:-1])} or {_PEERS[-1]}")
    if "ipBlock" in said and len(said) > 1:
        yield FieldFault(f"{at}.ipBlock", "cannot stand beside a selector")
    yield from _block(f"{at}.ipBlock", table(peer.get("ipBlock")))
    for name in _PEERS[:-1]:
        yield from selector_faults(f"{at}.{name}", table(peer.get(name)))


def _port(at: str, port: Mapping[str, Any]) -> Faults:
    first, last = port.get("port"), port.get("endPort")
    yield from between(f"{at}.port", first, 1, LAST_PORT)
    yield from among(f"{at}.protocol", port.get("protocol"), PROTOCOLS)
    if port.get("protocol") == "":
        yield FieldFault(f"{at}.protocol", "must not be empty: without the field it is TCP")
    if last is None:
        return
    yield from between(f"{at}.endPort", last, 1, LAST_PORT)
    if not isinstance(first, int):
        yield FieldFault(f"{at}.endPort", "needs a port that is a number", last)
    elif isinstance(last, int) and last < first:
        yield FieldFault(f"{at}.endPort", f"must not be less than port, which is {first}", last)


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


_Rules = dict[str, "Callable[[Mapping[str, Any]], Faults]"]
_OF_SPEC: _Rules = {
    "LimitRange": _limit_range,
    "ResourceQuota": _quota,
    "NetworkPolicy": _network_policy,
    "Service": _service,
}
_OF_OBJECT: dict[str, tuple[Callable[[Mapping[str, Any]], Faults], ...]] = {
    "Service": (service_faults,),
    "Endpoints": (endpoints_faults,),
    "EndpointSlice": (slice_faults,),
    "Ingress": (ingress_faults,),
    "ConfigMap": (config_map_faults,),
    "Secret": (secret_faults, secret_size_faults),
    "PersistentVolume": (volume_faults,),
    "ValidatingWebhookConfiguration": (webhook_faults,),
    "MutatingWebhookConfiguration": (webhook_faults,),
    "ValidatingAdmissionPolicy": (policy_faults,),
    "Namespace": (namespace_faults,),
    "PersistentVolumeClaim": (claim_faults,),
    "HorizontalPodAutoscaler": (autoscaler_faults,),
    "RuntimeClass": (runtime_class_faults,),
    "PriorityClass": (priority_class_faults,),
    "Deployment": (deployment_faults,),
    "DaemonSet": (daemon_set_faults,),
    "Job": (job_faults,),
    "CronJob": (cron_job_faults, job_faults),
    "CustomResourceDefinition": (definition_faults,),
    "APIService": (api_service_faults,),
}
