"""References from object to object that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import REFERENCE_VOLUME
from podrunner.findings.suggest import did_you_mean
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.checks.ports import check_ports
from podrunner.manifests.checks.reference import ObjectReference, ReleaseObjects
from podrunner.manifests.checks.targets import find_targets
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.objects import Pod
    from podrunner.manifests.rendering import Document


def check_references(
    documents: Sequence[Document], pods: Sequence[Pod], namespace: str, written: Mapping[str, Any]
) -> Iterator[Finding]:
    """What is named and is not there: objects, keys, volumes, ports. `written` are the values that users wrote."""
    release = ReleaseObjects.of(documents, namespace, written)
    for pod in pods:
        for reference in _of_pod(pod):
            yield from release.dangling(reference)
        yield from _volumes(pod)
    for document in documents:
        for reference in find_targets(document, namespace):
            yield from release.dangling(reference)
    yield from check_ports(documents, pods, release)


def _of_pod(pod: Pod) -> Iterator[ObjectReference]:
    for field, kind in (
        ("serviceAccountName", "ServiceAccount"),
        ("priorityClassName", "PriorityClass"),
        ("runtimeClassName", "RuntimeClass"),
    ):
        yield ObjectReference(pod.document, f"{pod.path}.{field}", kind, pod.spec.get(field), pod.namespace)
    for index, one in enumerate(maps(pod.spec.get("imagePullSecrets"))):
        yield ObjectReference(
            pod.document, f"{pod.path}.imagePullSecrets[{index}]", "Secret", one.get("name"), pod.namespace
        )
    yield from _of_volumes(pod)
    for path, container in pod.containers():
        yield from _of_environment(pod, path, container)


def _of_volumes(pod: Pod) -> Iterator[ObjectReference]:
    for index, volume in enumerate(maps(pod.spec.get("volumes"))):
        at = f"{pod.path}.volumes[{index}]"
        yield from _of_source(pod, volume, at, "secretName")
        for place, source in enumerate(maps(table(volume.get("projected")).get("sources"))):
            yield from _of_source(pod, source, f"{at}.projected.sources[{place}]", "name")
        claim, path = (
            table(volume.get("persistentVolumeClaim")).get("claimName"),
            f"{at}.persistentVolumeClaim.claimName",
        )
        yield ObjectReference(pod.document, path, "PersistentVolumeClaim", claim, pod.namespace)


def _of_environment(pod: Pod, path: str, container: dict[str, Any]) -> Iterator[ObjectReference]:
    for index, one in enumerate(maps(container.get("env"))):
        source = table(one.get("valueFrom"))
        for name, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            at, found = f"{path}.env[{index}].valueFrom.{name}", table(source.get(name))
            yield _of_map(pod, at, kind, found, found.get("name"), found.get("key"))
    for index, one in enumerate(maps(container.get("envFrom"))):
        for name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            found = table(one.get(name))
            yield _of_map(pod, f"{path}.envFrom[{index}].{name}", kind, found, found.get("name"))


def _of_source(pod: Pod, source: dict[str, Any], at: str, secret_name: str) -> Iterator[ObjectReference]:
    for name, kind, field in (("configMap", "ConfigMap", "name"), ("secret", "Secret", secret_name)):
        found = table(source.get(name))
        for key in [item.get("key") for item in maps(found.get("items"))] or [None]:
            yield _of_map(pod, f"{at}.{name}", kind, found, found.get(field), key)


def _of_map(pod: Pod, at: str, kind: str, found: dict[str, Any], name: Any, key: Any = None) -> ObjectReference:
    return ObjectReference(pod.document, at, kind, name, pod.namespace, key, bool(found.get("optional")))


def _volumes(pod: Pod) -> Iterator[Finding]:
    # Of volumes that are no list, their schema speaks.
    if not isinstance(pod.spec.get("volumes") or [], list):
        return
    claims = maps(table(pod.document.data.get("spec")).get("volumeClaimTemplates"))
    there = [str(one.get("name")) for one in maps(pod.spec.get("volumes"))]
    there += [str(table(one.get("metadata")).get("name")) for one in claims]
    for path, container in pod.containers():
        for index, mount in enumerate(maps(container.get("volumeMounts"))):
            if mount.get("name") not in there:
                message = f"the pod has no volume `{mount.get('name')}`.{did_you_mean(str(mount.get('name')), there)}"
                path_of_name = f"{path}.volumeMounts[{index}].name"
                yield object_finding(pod.document, REFERENCE_VOLUME, path_of_name, message)
