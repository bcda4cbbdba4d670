"""The objects of the stand-in GitLab in a cluster."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from podrunner.cluster.objects import PATIENCE, deployment, secret, service

if TYPE_CHECKING:
    from podrunner.cluster.objects import Place

STAND_IN_PORT = 8080


def stand_in(place: Place, image: str, control: str, runners: dict[str, str]) -> list[dict[str, Any]]:
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
            "failureThreshold": PATIENCE,
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
        service(place, name, STAND_IN_PORT),
        deployment(place, name, container, volumes),
    ]


def _code() -> dict[str, str]:
    """The stand-in's modules: file name → text."""
    folder = files("podrunner.gitlab") / "stand_in"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".py")}
