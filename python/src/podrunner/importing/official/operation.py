"""How the manager is run and watched, in the terms of this chart: more functions that official.yaml names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Fate
from podrunner.importing.official.values import Official, put, table
from podrunner.manifests.objects import table as as_table
from podrunner.secrets.find import find_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.path import Path

_NOTHING: tuple[Any, ...] = (None, "", [], {})
_MONITOR = ("enabled", "namespace", "labels", "annotations", "interval", "relabelings", "metricRelabelings")
_SESSION = {
    "enabled": "enabled",
    "timeout": "timeout",
    "internalPort": "port",
    "labels": "service.labels",
    "annotations": "service.annotations",
    "nodePort": "service.nodePort",
    "loadBalancerSourceRanges": "service.loadBalancerSourceRanges",
    "externalTrafficPolicy": "service.externalTrafficPolicy",
}
# Where GitLab connects to, unless a values file says otherwise.
_PORT = 9000


def autoscaling(official: Official, path: Path, value: Any) -> None:
    """hpa: the bounds; what it measured is a metric of the chart's own now."""
    why = "the autoscaler goes by how busy the managers are: see manager.autoscaling.metric."
    _each(official, path, {"enabled": True, **value}, ("enabled", "minReplicas", "maxReplicas"), why)


def budget(official: Official, path: Path, value: Any) -> None:
    """podDisruptionBudget: on, where it says how many."""
    numbers = {key: value[key] for key in ("minAvailable", "maxUnavailable") if value.get(key) is not None}
    enabled = bool(value.get("enabled", numbers))
    _each(
        official, path, {**value, "enabled": enabled}, ("enabled", *numbers), "the budget says how many, and no more."
    )


def monitor(official: Official, path: Path, value: Any) -> None:
    """metrics.podMonitor and metrics.serviceMonitor."""
    _each(official, path, value, _MONITOR, "the manager answers plain HTTP at /metrics, and its monitor knows.")


def metrics_service(official: Official, path: Path, value: Any) -> None:
    """Service: of the metrics, within the cluster."""
    own = {key: item for key, item in value.items() if (key, item) != ("type", "ClusterIP")}
    why = "the Service of the metrics is of the type ClusterIP, and has one port."
    _each(official, path, own, ("enabled", "labels", "annotations"), why)


def session_server(official: Official, path: Path, value: Any) -> None:
    """SessionServer: its Service, and the address that GitLab is told."""
    to = table()[path]["to"]
    ingress = as_table(value.get("ingress"))
    port = value.get("externalPort") or _PORT
    host = value.get("publicIP")
    known = {key: f"{to}.{name}" for key, name in _SESSION.items()}
    apart = ("ingress", "externalPort", "publicIP", "serviceType")
    _each(
        official, path, {key: item for key, item in value.items() if key not in apart}, known, "the Service has none."
    )
    put(official, (*path, "externalPort"), f"{to}.service.port", port)
    kind = value.get("serviceType") or ("ClusterIP" if ingress.get("enabled") else "LoadBalancer")
    put(official, (*path, "serviceType"), f"{to}.service.type", "ClusterIP" if kind == "Headless" else kind)
    if ingress.get("enabled"):
        why = "the Ingress hands TLS through to the manager: there is no certificate to give."
        _each(
            official, (*path, "ingress"), ingress, _below(f"{to}.ingress", ("enabled", "className", "annotations")), why
        )
        put(official, (*path, "publicIP"), f"{to}.ingress.host", host or "")
    elif host:
        put(official, (*path, "publicIP"), f"{to}.address", f"{host}:{port}")
        if kind == "LoadBalancer":
            message = "is sessionServer.address: ask your cloud for this address by sessionServer.service.annotations."
            official.changes.add(Fate.CHANGED, (*path, "publicIP"), message)


def objects(official: Official, path: Path, value: Any) -> None:
    """extraObjects: a map by name here; Secrets stay out of values."""
    found: dict[str, Any] = {}
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            official.changes.add(Fate.UNSUPPORTED, (*path, index), "is not an object.")
            continue
        kind, name = str(item.get("kind", "")), str(as_table(item.get("metadata")).get("name", ""))
        if kind == "Secret" and (item.get("data") or item.get("stringData")):
            message = f"a Secret with what is in it, left out: make {name} yourself, by kubectl create secret."
            official.changes.add(Fate.SECRET, (*path, index), message)
            continue
        if any(find_secrets(item)):
            official.changes.add(Fate.SECRET, (*path, index), "looks as if it held a secret, and is left out.")
            continue
        key = re.sub(r"[^a-z0-9]+", "-", f"{kind}-{name}".lower()).strip("-")
        found[key if key not in found else f"{key}-{index}"] = item
    if found:
        put(official, path, table()[path]["to"], found)


def _below(to: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{to}.{name}" for name in names}


def _each(
    official: Official, path: Path, value: Mapping[str, Any], known: Mapping[str, str] | tuple[str, ...], why: str
) -> None:
    """Key by key: `known` keys go where they say (a tuple: below the value of `path`), for the others there is `why`."""
    places = known if not isinstance(known, tuple) else _below(table()[path]["to"], known)
    for key, item in value.items():
        if item in _NOTHING and not isinstance(item, bool):
            official.changes.add(Fate.EMPTY, (*path, key), "is not set.")
        elif key in places:
            put(official, (*path, key), places[key], item)
        else:
            official.changes.add(Fate.UNSUPPORTED, (*path, key), why)
