"""Probes and hooks of a container: whom they ask, when they may be there, how long they take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, between, need
from podrunner.manifests.admission.forms import LAST_PORT
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBED = ("exec", "httpGet", "tcpSocket", "grpc")
_HANDLED = ("exec", "httpGet", "tcpSocket", "sleep")
_HEADER = re.compile(r"[-A-Za-z0-9]+\Z")
# Seconds that a pod has to end in where it does not say.
_GRACE = 30


def probe_faults(at: str, container: Mapping[str, Any], spec: Mapping[str, Any], *, is_init: bool) -> Faults:
    """What is wrong with the probes and hooks of a container of a pod's spec."""
    present = [field for field in (*_PROBES, "lifecycle") if container.get(field)]
    if has_signal_alone(container):
        present.remove("lifecycle")
    if is_init and container.get("restartPolicy") != "Always":
        for field in present:
            yield FieldFault(
                f"{at}.{field}", "cannot be in an init container that ends: it needs restartPolicy: Always"
            )
        return
    grace = spec.get("terminationGracePeriodSeconds")
    longest = grace if isinstance(grace, int) else _GRACE
    yield from _lifecycle(f"{at}.lifecycle", table(container.get("lifecycle")), longest)
    for probe in _PROBES:
        if container.get(probe) is not None:
            yield from _probe(f"{at}.{probe}", table(container[probe]), is_of_readiness=probe == "readinessProbe")


def has_signal_alone(container: Mapping[str, Any]) -> bool:
    """Whether its hooks are a stopSignal and no handler: from 1.33 on the API server drops it and the hooks with it.

    The gate ContainerStopSignals is off by default up to 1.37. Source: dropContainerStopSignals in pkg/api/pod/util.go.
    """
    return set(table(container.get("lifecycle"))) == {"stopSignal"}


def _probe(at: str, probe: Mapping[str, Any], *, is_of_readiness: bool) -> Faults:
    if sum(probe.get(kind) is not None for kind in _PROBED) != 1:
        yield FieldFault(at, f"must have exactly one of {', '.join(_PROBED)}")
    for field in ("periodSeconds", "timeoutSeconds", "failureThreshold", "initialDelaySeconds"):
        yield from between(f"{at}.{field}", probe.get(field), 0)
    if not is_of_readiness and probe.get("successThreshold") not in (None, 0, 1):
        yield FieldFault(
            f"{at}.successThreshold", "must be 1: only readiness may ask for more", probe["successThreshold"]
        )
    grace = probe.get("terminationGracePeriodSeconds")
    if is_of_readiness and grace is not None:
        reason = "cannot be in a readinessProbe, which ends nothing"
        yield FieldFault(f"{at}.terminationGracePeriodSeconds", reason, grace)
    elif grace is not None:
        yield from between(f"{at}.terminationGracePeriodSeconds", grace, 1)
    yield from _headers(f"{at}.httpGet", table(probe.get("httpGet")))


def _headers(at: str, action: Mapping[str, Any]) -> Faults:
    for index, header in enumerate(maps(action.get("httpHeaders"))):
        yield from need(f"{at}.httpHeaders[{index}].name", header.get("name"), _header)


def _header(text: str) -> str:
    return "" if _HEADER.match(text) else "must be the name of a header: letters, digits and dashes"


def _lifecycle(at: str, lifecycle: Mapping[str, Any], longest: int) -> Faults:
    # stopSignal is no handler.
    for event, handler in ((name, one) for name, one in lifecycle.items() if isinstance(one, dict)):
        kinds = [kind for kind in _HANDLED if table(handler).get(kind) is not None]
        if len(kinds) != 1:
            yield FieldFault(f"{at}.{event}", "must have exactly one of exec, httpGet, tcpSocket and sleep")
        for kind in kinds:
            action, where = table(table(handler)[kind]), f"{at}.{event}.{kind}"
            if kind == "exec" and not action.get("command"):
                yield FieldFault(f"{where}.command", "missing")
            if kind in ("httpGet", "tcpSocket") and not isinstance(action.get("port"), str):
                yield from between(f"{where}.port", action.get("port", 0), 1, LAST_PORT)
            if kind == "sleep":
                yield from _sleep(f"{where}.seconds", action.get("seconds"), longest)
            yield from _headers(where, action)


def _sleep(at: str, seconds: Any, longest: int) -> Faults:
    if isinstance(seconds, int) and not 0 <= seconds <= longest:
        yield FieldFault(at, f"must be 0 to {longest}, the pod's terminationGracePeriodSeconds", seconds)
