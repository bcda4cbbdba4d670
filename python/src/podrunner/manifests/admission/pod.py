"""A pod as the API server takes it, or as the kubelet can start it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.containers import container_faults
from podrunner.manifests.admission.fault import FieldFault, among, between, hold, need
from podrunner.manifests.admission.forms import address, dns_label, dns_name
from podrunner.manifests.admission.host import annotation_faults, host_faults
from podrunner.manifests.admission.scheduling import label_faults, scheduling_faults
from podrunner.manifests.admission.volumes import volume_faults
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_NAMES = ("serviceAccountName", "priorityClassName", "runtimeClassName")
_MOST_NAMESERVERS, _MOST_SEARCHES = 3, 32
_DNS_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")


def pod_faults(spec: Mapping[str, Any]) -> Faults:
    """Every field of a pod's spec that the API server refuses, or that no kubelet can do anything with."""
    for name in _NAMES:
        yield from hold(name, spec.get(name) or None, dns_name)
    for index, one in enumerate(maps(spec.get("imagePullSecrets"))):
        # An empty one is a Secret that there is not: the pod starts without.
        yield from hold(f"imagePullSecrets[{index}].name", one.get("name") or None, dns_name)
    yield from between("terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds"), 0, 2**63 - 1)
    yield from between("activeDeadlineSeconds", spec.get("activeDeadlineSeconds"), 1)
    yield from _security(table(spec.get("securityContext")))
    yield from volume_faults(spec)
    yield from container_faults(spec)
    yield from scheduling_faults(spec)
    yield from _network(spec)
    yield from host_faults(spec)


def whole_pod_faults(pod: Mapping[str, Any]) -> Faults:
    """The same of a pod with its metadata, and what other checks say of pods that are rendered.

    Labels, its namespace, the nodes it wants, containers of one name, mounts without a volume.
    """
    metadata, spec = table(pod.get("metadata")), table(pod.get("spec"))
    yield from hold("metadata.namespace", metadata.get("namespace"), dns_label)
    yield from label_faults("metadata.labels", table(metadata.get("labels")))
    # Kubernetes compares keys of annotations in lower case.
    yield from label_faults("metadata.annotations", dict.fromkeys(map(str.lower, table(metadata.get("annotations")))))
    yield from label_faults("nodeSelector", table(spec.get("nodeSelector")))
    for fault in annotation_faults(table(metadata.get("annotations")), spec):
        yield replace(fault, path=f"metadata.{fault.path}")
    yield from pod_faults(spec)
    volumes = [one.get("name") for one in maps(spec.get("volumes"))]
    names: list[object] = []
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            if container.get("name") in names:
                yield FieldFault(f"{kind}[{index}].name", "is the name of two containers", container.get("name"))
            names.append(container.get("name"))
            for place, mount in enumerate(maps(container.get("volumeMounts"))):
                # Of volumes that are no list, their schema speaks.
                if mount.get("name") not in volumes and isinstance(spec.get("volumes", []), list):
                    at = f"{kind}[{index}].volumeMounts[{place}].name"
                    yield FieldFault(at, "is not the name of a volume of the pod", mount.get("name"))


def _security(context: Mapping[str, Any]) -> Faults:
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from between(f"securityContext.{name}", context.get(name), 0)
    groups = context.get("supplementalGroups")
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        yield from between(f"securityContext.supplementalGroups[{index}]", group, 0)


def _network(spec: Mapping[str, Any]) -> Faults:
    policy, config = spec.get("dnsPolicy"), table(spec.get("dnsConfig"))
    servers, searches = texts(config.get("nameservers")), texts(config.get("searches"))
    yield from among("dnsPolicy", policy, _DNS_POLICIES)
    if policy == "None" and not servers:
        yield FieldFault("dnsConfig.nameservers", "missing: the DNS policy None needs a name server")
    if len(servers) > _MOST_NAMESERVERS:
        yield FieldFault("dnsConfig.nameservers", f"must be at most {_MOST_NAMESERVERS}", len(servers))
    if len(searches) > _MOST_SEARCHES:
        yield FieldFault("dnsConfig.searches", f"must be at most {_MOST_SEARCHES}", len(searches))
    for index, server in enumerate(servers):
        yield from hold(f"dnsConfig.nameservers[{index}]", server, address)
    for index, search in enumerate(searches):
        # A dot at its end says that it is complete; underscores are taken from 1.32 on.
        plain = search.removesuffix(".").replace("_", "a") if search != "." else "a"
        if reason := dns_name(plain):
            yield FieldFault(f"dnsConfig.searches[{index}]", reason, search)
    for index, option in enumerate(maps(config.get("options"))):
        yield from need(f"dnsConfig.options[{index}].name", option.get("name"), lambda _: "")
    for index, alias in enumerate(maps(spec.get("hostAliases"))):
        yield from need(f"hostAliases[{index}].ip", alias.get("ip"), address)
        for place, name in enumerate(texts(alias.get("hostnames"))):
            yield from hold(f"hostAliases[{index}].hostnames[{place}]", name, dns_name)
