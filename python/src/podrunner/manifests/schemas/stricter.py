"""What the API server refuses though its published schemas take it, and the other way round, as JSON schema."""

from __future__ import annotations

import json
from typing import Any

from podrunner.manifests.quantity import FORM

# Go's decoder passes over line ends.
_SIXTH = r"[A-Za-z0-9+/][\r\n]*"
_PADDING = r"=[\r\n]*"
_BASE64 = rf"^[\r\n]*(?:(?:{_SIXTH}){{4}})*(?:(?:{_SIXTH}){{2}}{_PADDING}{_PADDING}|(?:{_SIXTH}){{3}}{_PADDING})?$"
_BYTES = {"format": "byte", "pattern": _BASE64, "x-reason": "is not base64"}
_CORE, _MACHINERY = "io.k8s.api.core.v1", "io.k8s.apimachinery.pkg"
_TYPES: dict[str, dict[str, Any]] = {
    f"{_MACHINERY}.api.resource.Quantity": {
        "type": ["string", "number", "null"],
        "pattern": rf"^\s*(?:{FORM})\s*$",
        "x-reason": "is not an amount. Write it like 500m, 2 or 4Gi",
    },
    # null is neither text nor a number; in the published schema it is both, and so neither.
    f"{_MACHINERY}.util.intstr.IntOrString": {"type": ["string", "integer", "null"]},
}
_PULL = ["Always", "IfNotPresent", "Never"]
_OPTIONS = (
    (f"{_CORE}.Container", "imagePullPolicy", _PULL),
    (f"{_CORE}.EphemeralContainer", "imagePullPolicy", _PULL),
    (f"{_CORE}.PodSpec", "restartPolicy", ["Always", "OnFailure", "Never"]),
)
# Required by the published schema, and filled in by the API server where it is absent.
_FILLED_IN = (
    ("io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern", "status"),
    ("io.k8s.api.rbac.v1.RoleRef", "apiGroup"),
)


def with_bytes(text: str) -> str:
    """The text of a schema in which bytes have to be base64."""
    return text.replace('"format": "byte"', json.dumps(_BYTES)[1:-1])


def with_types(definitions: dict[str, Any]) -> dict[str, Any]:
    """Definitions in which amounts are amounts and policies are those that there are; "" and null are the default."""
    found = {**definitions, **_TYPES}
    for name, field, options in _OPTIONS:
        properties = found[name]["properties"]
        properties = {**properties, field: {**properties[field], "enum": [*options, "", None]}}
        found[name] = {**found[name], "properties": properties}
    for name, field in _FILLED_IN:
        if name in found:
            found[name] = {**found[name], "required": [one for one in found[name]["required"] if one != field]}
    return found
