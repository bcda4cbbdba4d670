"""Fields that have to agree with each other: keys of a Secret with its type, sources of a claim, bounds of an autoscaler."""

from __future__ import annotations

import json
from base64 import b64decode
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.admission.scheduling import label_faults, scheduling_faults
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_ACCOUNT = "kubernetes.io/service-account.name"
# Type of a Secret → keys that it has to have; of a tuple one is enough.
_KEYS: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/basic-auth": (("username", "password"),),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_LOGINS = (".dockerconfigjson", ".dockercfg")
_OF_THE_SYSTEM = ("system-node-critical", "system-cluster-critical")
# Metrics that there are without pods.
_OF_NO_PODS = ("Object", "External")
_SOURCE = ("apiGroup", "kind", "name")


def secret_faults(data: Mapping[str, Any]) -> Faults:
    """Keys that the type of a Secret wants and that are not there."""
    kind = str(data.get("type"))
    there = {*table(data.get("data")), *table(data.get("stringData"))}
    for wanted in _KEYS.get(kind, ()):
        options = (wanted,) if isinstance(wanted, str) else wanted
        if not there.intersection(options):
            yield FieldFault("data", f"must have {' or '.join(options)}: the type is {kind}")
    yield from _logins(kind, data)
    if kind == "kubernetes.io/service-account-token":
        annotations = table(table(data.get("metadata")).get("annotations"))
        if not annotations.get(_ACCOUNT):
            yield FieldFault("metadata.annotations", f"must have {_ACCOUNT}: the type is {kind}")


def _logins(kind: str, data: Mapping[str, Any]) -> Faults:
    for key in (one for one in _LOGINS if kind == f"kubernetes.io/{one.removeprefix('.')}"):
        # The API server lays stringData over data. A value of a Secret is not shown.
        plain, encoded = table(data.get("stringData")).get(key), table(data.get("data")).get(key)
        part, text = ("stringData", plain) if isinstance(plain, str) else ("data", _decoded(encoded))
        if text is not None and not _is_json_map(text):
            yield FieldFault(f"{part}[{key}]", f'must be JSON such as {{"auths": {{}}}}: the type is {kind}')


def _decoded(text: Any) -> str | None:
    try:
        return b64decode(str(text), validate=True).decode("utf-8", "replace") if text is not None else None
    except ValueError:
        # The schema says that it is not base64.
        return None


def _is_json_map(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return found is None or isinstance(found, dict)


def priority_class_faults(data: Mapping[str, Any]) -> Faults:
    """Names that are kept for Kubernetes' own."""
    name = str(table(data.get("metadata")).get("name"))
    if name.startswith("system-") and name not in _OF_THE_SYSTEM:
        yield FieldFault("metadata.name", "must not begin with system-, which is for Kubernetes' own classes", name)


def claim_faults(data: Mapping[str, Any]) -> Faults:
    """Two sources of a claim that are not the same."""
    spec = table(data.get("spec"))
    one, other = spec.get("dataSource"), spec.get("dataSourceRef")
    if isinstance(one, dict) and isinstance(other, dict) and any(one.get(key) != other.get(key) for key in _SOURCE):
        yield FieldFault("spec.dataSourceRef", "must be the same as dataSource")


def volume_faults(data: Mapping[str, Any]) -> Faults:
    """A volume whose cleaning would remove all of a node."""
    spec = table(data.get("spec"))
    path = table(spec.get("hostPath")).get("path")
    if (
        isinstance(path, str)
        and normpath(path) in ("/", "//")
        and spec.get("persistentVolumeReclaimPolicy") == "Recycle"
    ):
        yield FieldFault("spec.persistentVolumeReclaimPolicy", "removes what is in hostPath, which is /", "Recycle")


def autoscaler_faults(data: Mapping[str, Any]) -> Faults:
    """Fewer replicas at most than at least."""
    spec = table(data.get("spec"))
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and 0 < most < least:
        yield FieldFault("spec.minReplicas", f"must not be more than maxReplicas, which is {most}", least)
    if least == 0 and not scales_to_zero(data):
        yield FieldFault(
            "spec.minReplicas",
            "must be 1 or more: without pods, only metrics of an Object or External tell anything",
            0,
        )


def scales_to_zero(data: Mapping[str, Any]) -> bool:
    """Whether an autoscaler goes down to no pods, with a metric that tells something while there are none."""
    spec = table(data.get("spec"))
    return spec.get("minReplicas") == 0 and any(one.get("type") in _OF_NO_PODS for one in maps(spec.get("metrics")))


def runtime_class_faults(data: Mapping[str, Any]) -> Faults:
    """Tolerations and labels of the nodes of a RuntimeClass."""
    scheduling = table(data.get("scheduling"))
    for fault in scheduling_faults({"tolerations": scheduling.get("tolerations")}):
        yield FieldFault(f"scheduling.{fault.path}", fault.reason, fault.value)
    yield from label_faults("scheduling.nodeSelector", table(scheduling.get("nodeSelector")))
