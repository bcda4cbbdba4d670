"""The Kubernetes objects that the smoke makes beside the release: a namespace, the stand-in GitLab, a registry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.cluster.api import Object
    from podrunner.cluster.images import Registry

STAND_IN_PORT = 8080
_LABEL = "app.kubernetes.io/managed-by"
_NOBODY = 65534
# Seconds that a server may be silent without losing its endpoint: nodes that are busy with a build are slow.
_PATIENCE = 60


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


def stand_in(place: Place, image: str, control: str, runners: dict[str, str]) -> list[Object]:
    """The stand-in GitLab. `control` is the token of the control calls, `runners` token → name."""
    name = "stand-in"
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "stand_in", "--tokens", "/etc/stand-in/tokens.json", "--data", "/data"],
        "args": ["--port", str(STAND_IN_PORT)],
        "env": [
            {"name": "PYTHONPATH", "value": "/opt/stand-in"},
            {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
            {"name": "PYTHONUNBUFFERED", "value": "1"},
            {"name": "TMPDIR", "value": "/data"},
        ],
        "ports": [{"name": "http", "containerPort": STAND_IN_PORT}],
        "readinessProbe": {
            "httpGet": {"path": "/healthz", "port": "http"},
            "periodSeconds": 1,
            "failureThreshold": _PATIENCE,
        },
        "volumeMounts": [
            {"name": "code", "mountPath": "/opt/stand-in/stand_in", "readOnly": True},
            {"name": "tokens", "mountPath": "/etc/stand-in", "readOnly": True},
            {"name": "data", "mountPath": "/data"},
        ],
    }
    volumes = [
        {"name": "code", "configMap": {"name": place.name(name)}},
        {"name": "tokens", "secret": {"secretName": place.name(name)}},
        {"name": "data", "emptyDir": {}},
    ]
    tokens = json.dumps({"control": control, "runners": runners})
    return [
        {"kind": "ConfigMap", "apiVersion": "v1", "metadata": place.metadata(name), "data": _code()},
        secret(place, name, {"tokens.json": tokens}),
        _service(place, name, STAND_IN_PORT),
        _deployment(place, name, container, volumes),
    ]


def _code() -> dict[str, str]:
    """The stand-in's modules: file name → text."""
    folder = files("podrunner.smoke") / "stand_in"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".py")}


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
            "failureThreshold": _PATIENCE,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    volumes: list[Object] = [{"name": "tmp", "emptyDir": {}}]
    return [_service(place, name, wanted.port), _deployment(place, name, container, volumes)]


def _service(place: Place, name: str, port: int) -> Object:
    metadata = place.metadata(name)
    ports = [{"name": "http", "port": port, "targetPort": "http"}]
    return {
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": {"selector": metadata["labels"], "ports": ports},
    }


def _deployment(place: Place, name: str, container: Object, volumes: list[Object]) -> Object:
    """One pod that fits into a namespace of the Pod Security level `restricted`."""
    metadata = place.metadata(name)
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
        "containers": [container],
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
