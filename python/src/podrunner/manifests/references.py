"""References from object to object that lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings import Finding, Severity
from podrunner.manifests.pods import maps, name_of, namespace_of, table
from podrunner.manifests.selectors import selects
from podrunner.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.helm import Document
    from podrunner.manifests.pods import Pod

# What Kubernetes itself makes in every namespace.
_GIVEN = {"ServiceAccount": ("default",), "ConfigMap": ("kube-root-ca.crt",)}


@dataclass(frozen=True, slots=True)
class _Reference:
    kind: str
    name: Any
    path: str
    key: Any = None
    optional: bool = False


def check_references(
    documents: Sequence[Document], pods: Sequence[Pod], namespace: str, values: Mapping[str, Any]
) -> Iterator[Finding]:
    """What is named and is not there: objects, keys, volumes, ports."""
    made = {(str(one.data.get("kind")), namespace_of(one, namespace), name_of(one)): one for one in documents}
    named = set(_texts(values))
    for pod in pods:
        for reference in _of_pod(pod):
            yield from _dangling(pod, reference, made, named)
        yield from _volumes(pod)
        yield from _probes(pod)
    for document in documents:
        if document.data.get("kind") == "Service":
            yield from _target_ports(document, pods, namespace)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _of_pod(pod: Pod) -> Iterator[_Reference]:
    if pod.spec.get("serviceAccountName"):
        yield _Reference("ServiceAccount", pod.spec["serviceAccountName"], f"{pod.path}.serviceAccountName")
    for index, volume in enumerate(maps(pod.spec.get("volumes"))):
        at = f"{pod.path}.volumes[{index}]"
        yield from _of_source(volume, at, "secretName")
        for place, source in enumerate(maps(table(volume.get("projected")).get("sources"))):
            yield from _of_source(source, f"{at}.projected.sources[{place}]", "name")
        claim = table(volume.get("persistentVolumeClaim")).get("claimName")
        if claim:
            yield _Reference("PersistentVolumeClaim", claim, f"{at}.persistentVolumeClaim.claimName")
    for path, container in pod.containers():
        for index, one in enumerate(maps(container.get("env"))):
            source = table(one.get("valueFrom"))
            for name, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                found = table(source.get(name))
                if found:
                    at = f"{path}.env[{index}].valueFrom.{name}"
                    yield _Reference(kind, found.get("name"), at, found.get("key"), bool(found.get("optional")))
        for index, one in enumerate(maps(container.get("envFrom"))):
            for name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                found = table(one.get(name))
                if found:
                    at = f"{path}.envFrom[{index}].{name}"
                    yield _Reference(kind, found.get("name"), at, None, bool(found.get("optional")))


def _of_source(source: dict[str, Any], at: str, secret_name: str) -> Iterator[_Reference]:
    for name, kind, field in (("configMap", "ConfigMap", "name"), ("secret", "Secret", secret_name)):
        found = table(source.get(name))
        if not found:
            continue
        keys = [item.get("key") for item in maps(found.get("items"))] or [None]
        for key in keys:
            yield _Reference(kind, found.get(field), f"{at}.{name}", key, bool(found.get("optional")))


def _dangling(
    pod: Pod, reference: _Reference, made: Mapping[tuple[str, str, str], Document], named: set[str]
) -> Iterator[Finding]:
    target = made.get((reference.kind, pod.namespace, str(reference.name)))
    if reference.optional or reference.name in _GIVEN.get(reference.kind, ()):
        return
    what = f"{reference.kind}/{reference.name}"
    if target is None:
        # Somebody who writes its name into the values has it already.
        if reference.name in named:
            return
        there = [name for kind, namespace, name in made if (kind, namespace) == (reference.kind, pod.namespace)]
        severity = Severity.NOTE if reference.kind == "Secret" else Severity.WARNING
        message = (
            f"{what} is not made by this release: it has to be there before.{did_you_mean(str(reference.name), there)}"
        )
        yield _finding(pod.document, "reference", severity, f"{reference.path}: {message}", reference.path)
    elif reference.key is not None:
        keys = [key for part in ("data", "stringData", "binaryData") for key in table(target.data.get(part))]
        if keys and reference.key not in keys:
            message = f"{what} has no key `{reference.key}`.{did_you_mean(str(reference.key), keys)}"
            yield _finding(
                pod.document, "reference-key", Severity.ERROR, f"{reference.path}: {message}", reference.path
            )


def _volumes(pod: Pod) -> Iterator[Finding]:
    claims = maps(table(pod.document.data.get("spec")).get("volumeClaimTemplates"))
    there = [str(one.get("name")) for one in maps(pod.spec.get("volumes"))]
    there += [str(table(one.get("metadata")).get("name")) for one in claims]
    for path, container in pod.containers():
        for index, mount in enumerate(maps(container.get("volumeMounts"))):
            if mount.get("name") not in there:
                at = f"{path}.volumeMounts[{index}].name"
                message = (
                    f"{at}: the pod has no volume `{mount.get('name')}`.{did_you_mean(str(mount.get('name')), there)}"
                )
                yield _finding(pod.document, "reference-volume", Severity.ERROR, message, at)


def _probes(pod: Pod) -> Iterator[Finding]:
    for path, container in pod.containers():
        ports = _port_names(container)
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            for way in ("httpGet", "tcpSocket"):
                port = table(table(container.get(probe)).get(way)).get("port")
                if isinstance(port, str) and not port.isdigit() and port not in ports:
                    at = f"{path}.{probe}.{way}.port"
                    message = f"{at}: the container has no port `{port}`.{did_you_mean(port, ports)}"
                    yield _finding(pod.document, "reference-port", Severity.ERROR, message, at)


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
        if chosen and isinstance(target, str) and not target.isdigit() and target not in there:
            at = f"spec.ports[{index}].targetPort"
            message = f"{at}: no container of the selected pods has a port `{target}`.{did_you_mean(target, there)}"
            yield _finding(service, "reference-port", Severity.ERROR, message, at)


def _finding(document: Document, rule: str, severity: Severity, message: str, path: str) -> Finding:
    return Finding(rule, severity, message, object=document.name, path=path, file=document.template)
