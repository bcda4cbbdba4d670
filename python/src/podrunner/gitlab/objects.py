"""The objects of the stand-in GitLab in a cluster."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from podrunner.cluster.objects import PATIENCE, deployment, secret, service

if TYPE_CHECKING:
    from podrunner.cluster.objects import Place

STAND_IN_PORT = 8080
_REGISTRY_PORT = 5000
_REGISTRY_FILE = "registry.json"
_IMAGES = "/images"
_REGISTRY_CONFIG = {
    "version": "0.1",
    "log": {"level": "warn", "accesslog": {"disabled": True}},
    "storage": {"filesystem": {"rootdirectory": _IMAGES}, "maintenance": {"uploadpurging": {"enabled": False}}},
    # Callers know it by the stand-in's address, whatever that is.
    "http": {"addr": f"127.0.0.1:{_REGISTRY_PORT}", "relativeurls": True},
}


def stand_in(
    place: Place, image: str, control: str, runners: dict[str, str], registry: str = ""
) -> list[dict[str, Any]]:
    """The stand-in GitLab. `control` is the token of the control calls, `runners` token → name.

    `registry` is the image of the container registry behind it, empty for none.
    """
    name = "stand-in"
    containers = [_stand_in(image, with_registry=bool(registry)), *([_registry(registry)] if registry else [])]
    volumes: list[dict[str, Any]] = [
        {"name": "code", "configMap": {"name": place.name(name)}},
        {"name": "tokens", "secret": {"secretName": place.name(name)}},
        {"name": "data", "emptyDir": {}},
    ]
    if registry:
        volumes.append({"name": "images", "emptyDir": {}})
    tokens = json.dumps({"control": control, "runners": runners})
    data = _code() | ({_REGISTRY_FILE: json.dumps(_REGISTRY_CONFIG)} if registry else {})
    return [
        {"kind": "ConfigMap", "apiVersion": "v1", "metadata": place.metadata(name), "data": data},
        secret(place, name, {"tokens.json": tokens}),
        service(place, name, STAND_IN_PORT),
        deployment(place, name, containers, volumes),
    ]


def _stand_in(image: str, *, with_registry: bool) -> dict[str, Any]:
    return {
        "name": "stand-in",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "stand_in", "--tokens", "/etc/stand-in/tokens.json", "--data", "/data"],
        "args": ["--port", str(STAND_IN_PORT), *(["--registry", str(_REGISTRY_PORT)] if with_registry else [])],
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
            "failureThreshold": PATIENCE,
        },
        "volumeMounts": [
            {"name": "code", "mountPath": "/opt/stand-in/stand_in", "readOnly": True},
            {"name": "tokens", "mountPath": "/etc/stand-in", "readOnly": True},
            {"name": "data", "mountPath": "/data"},
        ],
    }


def _registry(image: str) -> dict[str, Any]:
    """Reached through the stand-in alone, which also says whether it is ready."""
    return {
        "name": "push-registry",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["registry", "serve", f"/etc/registry/{_REGISTRY_FILE}"],
        # Version 3 sends traces otherwise, or says again and again that it cannot.
        "env": [{"name": "OTEL_TRACES_EXPORTER", "value": "none"}],
        "volumeMounts": [
            {"name": "code", "mountPath": "/etc/registry", "readOnly": True},
            {"name": "images", "mountPath": _IMAGES},
        ],
    }


def _code() -> dict[str, str]:
    """The stand-in's modules: file name → text."""
    folder = files("podrunner.gitlab") / "stand_in"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".py")}
