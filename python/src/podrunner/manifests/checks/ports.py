"""Ports by name or number: of probes, services, ingresses and monitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import REFERENCE_PORT
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.checks.selectors import selects
from podrunner.manifests.checks.targets import ingress_services
from podrunner.manifests.objects import maps, namespace_of, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.checks.reference import ReleaseObjects
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document


def check_ports(documents: Sequence[Document], pods: Sequence[Pod], release: ReleaseObjects) -> Iterator[Finding]:
    """An error for each port that is named where there is none."""
    for pod in pods:
        yield from _probes(pod)
    for document in documents:
        if document.data.get("kind") == "Service":
            yield from _target_ports(document, pods, release.namespace)
        elif document.data.get("kind") == "Ingress":
            yield from _backend_ports(document, release)


def _probes(pod: Pod) -> Iterator[Finding]:
    for path, container in pod.containers():
        ports = _port_names(container)
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            for way in ("httpGet", "tcpSocket"):
                port = table(table(container.get(probe)).get(way)).get("port")
                if isinstance(port, str) and not port.isdigit() and port not in ports:
                    message = f"the container has no port `{port}`.{did_you_mean(port, ports)}"
                    yield object_finding(pod.document, REFERENCE_PORT, f"{path}.{probe}.{way}.port", message)


def _port_names(container: dict[str, Any]) -> list[str]:
    return [str(port["name"]) for port in maps(container.get("ports")) if port.get("name")]


def _target_ports(service: Document, pods: Sequence[Pod], namespace: str) -> Iterator[Finding]:
    spec = table(service.data.get("spec"))
    selector = table(spec.get("selector"))
    here = namespace_of(service, namespace)
    chosen = [pod for pod in pods if pod.namespace == here and selector and selects(selector, pod.labels, "Service")]
    there = [name for pod in chosen for _, container in pod.containers() for name in _port_names(container)]
    for index, port in enumerate(maps(spec.get("ports"))):
        target = port.get("targetPort")
        # An empty one is as good as none, which is `port`.
        if chosen and isinstance(target, str) and target and not target.isdigit() and target not in there:
            message = f"no container of the selected pods has a port `{target}`.{did_you_mean(target, there)}"
            yield object_finding(service, REFERENCE_PORT, f"spec.ports[{index}].targetPort", message)


def _backend_ports(ingress: Document, release: ReleaseObjects) -> Iterator[Finding]:
    here = namespace_of(ingress, release.namespace)
    for path, backend in ingress_services(ingress):
        service = release.find("Service", backend.get("name"), here)
        if service is None:
            continue
        ports = maps(table(service.data.get("spec")).get("ports"))
        for field, of_service in (("name", "name"), ("number", "port")):
            wanted = table(backend.get("port")).get(field)
            there = [port[of_service] for port in ports if port.get(of_service)]
            if wanted is not None and wanted not in there:
                message = f"{service.name} has no port {wanted}. It has: {listed(there) or 'none of that kind'}."
                yield object_finding(ingress, REFERENCE_PORT, f"{path}.port.{field}", message)
