"""What a pod tells its containers of itself, in variables and in files: its fields, and the amounts that they have.

The rules are those of k8s.io/kubernetes/pkg/apis/core/validation, 1.25 to 1.37: variables and files may have different
fields.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, among, between, hold, need
from podrunner.manifests.admission.forms import LAST_MODE, file_path, label_key
from podrunner.manifests.objects import maps, table
from podrunner.manifests.quantity import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podrunner.manifests.admission.fault import Faults, Form

_ANYWHERE = ("metadata.name", "metadata.namespace", "metadata.uid")
# spec.host is what spec.nodeName was called once.
_OF_VARIABLES = (
    *_ANYWHERE,
    *("spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
)
_OLD = ("spec.host",)
_OF_FILES = (*_ANYWHERE, "metadata.labels", "metadata.annotations")
_BY_KEY = re.compile(r"(metadata\.(?:labels|annotations))\['(.*)'\]\Z", re.DOTALL)
_KEYS = ("metadata.labels['KEY']", "metadata.annotations['KEY']")
_RESOURCE = re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)\Z")
_RESOURCES = (
    "limits.cpu, limits.memory, limits.ephemeral-storage, limits.hugepages-SIZE or one of the same names with requests"
)
_UNITS = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi or 1Ei"
_POWERS = range(7)
_EXPONENT = re.compile(r"[eE][-+]?[0-9]")


def variable_faults(at: str, source: Mapping[str, Any], containers: Sequence[Any]) -> Faults:
    """What is wrong with the source of a variable. `containers` are the names of all of the pod."""
    if "fieldRef" in source:
        yield from _field(f"{at}.fieldRef", table(source["fieldRef"]), _of_variable)
    if "resourceFieldRef" in source:
        yield from _amount(f"{at}.resourceFieldRef", table(source["resourceFieldRef"]), containers)


def file_faults(at: str, volume: Mapping[str, Any], containers: Sequence[Any]) -> Faults:
    """What is wrong with the files of a volume of the kind downwardAPI."""
    yield from between(f"{at}.defaultMode", volume.get("defaultMode"), 0, LAST_MODE)
    for index, item in enumerate(maps(volume.get("items"))):
        where = f"{at}.items[{index}]"
        yield from need(f"{where}.path", item.get("path"), file_path)
        yield from between(f"{where}.mode", item.get("mode"), 0, LAST_MODE)
        kinds = [kind for kind in ("fieldRef", "resourceFieldRef") if item.get(kind) is not None]
        if len(kinds) != 1:
            yield FieldFault(where, "must have exactly one of fieldRef and resourceFieldRef", item.get("path"))
        if "fieldRef" in kinds:
            yield from _field(f"{where}.fieldRef", table(item["fieldRef"]), _of_file)
        if "resourceFieldRef" in kinds:
            amount = table(item["resourceFieldRef"])
            container = amount.get("containerName")
            yield from need(f"{where}.resourceFieldRef.containerName", container, lambda _: "", in_schema=False)
            yield from _amount(f"{where}.resourceFieldRef", amount, containers)


def _field(at: str, field: Mapping[str, Any], form: Form) -> Faults:
    yield from among(f"{at}.apiVersion", field.get("apiVersion"), ("v1",))
    yield from need(f"{at}.fieldPath", field.get("fieldPath"), form)


def _of_variable(text: str) -> str:
    return _known(text, (*_OF_VARIABLES, *_OLD), f"must be {', '.join(_OF_VARIABLES)}, {' or '.join(_KEYS)}")


def _of_file(text: str) -> str:
    return _known(text, _OF_FILES, f"must be {', '.join(_OF_FILES)}, {' or '.join(_KEYS)} in a file of a volume")


def _known(text: str, fields: tuple[str, ...], otherwise: str) -> str:
    by_key = _BY_KEY.match(text)
    if by_key:
        # Kubernetes compares keys of annotations in lower case.
        key = by_key[2] if by_key[1] == "metadata.labels" else by_key[2].lower()
        return f"has a key that {reason}" if (reason := label_key(key)) else ""
    return "" if text in fields else otherwise


def _amount(at: str, amount: Mapping[str, Any], containers: Sequence[Any]) -> Faults:
    resource, container = amount.get("resource"), amount.get("containerName")
    yield from need(f"{at}.resource", resource, _resource)
    yield from hold(f"{at}.divisor", amount.get("divisor"), lambda text: _divisor(text, str(resource)))
    # The API server takes it, and the kubelet starts no container.
    if container and container not in containers:
        yield FieldFault(f"{at}.containerName", "is not the name of a container of the pod", container)


def _resource(text: str) -> str:
    return "" if _RESOURCE.match(text) else f"must be {_RESOURCES}"


def _divisor(text: str, resource: str) -> str:
    found = quantity(text)
    if found is None:
        return "must be an amount such as 1m or 1Mi"
    if found == 0 or not _RESOURCE.match(resource):
        return ""
    is_cpu = resource.endswith(".cpu")
    # An amount is compared as it is written: neither 1024 nor 1e3 is one of these.
    base = 1024 if text.endswith("i") else 1000
    units = [Decimal("0.001"), 1] if is_cpu else [base**power for power in _POWERS]
    if found == 1 or (found in units and not _EXPONENT.search(text)):
        return ""
    return f"must be {'1m or 1' if is_cpu else _UNITS} for {resource}"
