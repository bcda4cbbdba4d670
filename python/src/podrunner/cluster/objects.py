"""The Kubernetes objects that the smoke makes beside the release: a namespace, the stand-in GitLab, a registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.cluster.images import Registry
    from podrunner.manifests.objects import Object

_LABEL = "app.kubernetes.io/managed-by"
_NOBODY = 65534
# Seconds that a server may be silent without losing its endpoint: nodes that are busy with a build are slow.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects go: the namespace, and a word that makes their names unique in it."""

    namespace: str
    word: str

    def metadata(self, name: str) -> Object:
        """Metadata of an object `name`-<word>."""
        labels = {_LABEL: "podrunner-smoke", "app.kubernetes.io/name": name, "app.kubernetes.io/instance": self.word}
        return {"name": self.name(name), "namespace": self.namespace, "labels": labels}

    def name(self, name: str) -> str:
        """`name`-<word>."""
        return f"{name}-{self.word}"


def namespace(name: str, pod_security: str = "") -> Object:
    """A namespace that enforces a Pod Security level, if one is given."""
    labels = {_LABEL: "podrunner-smoke"}
    if pod_security:
        labels["pod-security.kubernetes.io/enforce"] = pod_security
    return {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name, "labels": labels}}


def secret(place: Place, name: str, data: dict[str, str], *, exact_name: bool = False) -> Object:
    """A Secret; `exact_name` when it is somebody else who looks for it."""
    metadata = place.metadata(name) | ({"name": name} if exact_name else {})
    return {"kind": "Secret", "apiVersion": "v1", "metadata": metadata, "stringData": data}


def registry(place: Place, wanted: Registry) -> list[Object]:
    """A registry that holds what its image brings along."""
    name = "registry"
    container = {
        "name": name,
        "image": wanted.image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": wanted.port}],
        "readinessProbe": {
            "httpGet": {"path": "/v2/", "port": "http"},
            "periodSeconds": 1,
            "failureThreshold": PATIENCE,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    volumes: list[Object] = [{"name": "tmp", "emptyDir": {}}]
    return [service(place, name, wanted.port), deployment(place, name, [container], volumes)]


def service(place: Place, name: str, port: int) -> Object:
    """A Service in front of the pods called `name`."""
    metadata = place.metadata(name)
    ports = [{"name": "http", "port": port, "targetPort": "http"}]
    return {
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": {"selector": metadata["labels"], "ports": ports},
    }


def deployment(place: Place, name: str, containers: list[Object], volumes: list[Object]) -> Object:
    """One pod that fits into a namespace of the Pod Security level `restricted`."""
    metadata = place.metadata(name)
    for container in containers:
        container["securityContext"] = {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "fsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": containers,
        "volumes": volumes,
    }
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": metadata,
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": metadata["labels"]},
            "template": {"metadata": {"labels": metadata["labels"]}, "spec": pod},
        },
    }
