"""What the API server refuses though its published schemas take it, as JSON schema."""

from __future__ import annotations

from typing import Any

from podrunner.manifests.quantity import FORM

# Go's decoder passes over line ends.
_SIXTH = r"[A-Za-z0-9+/][\r\n]*"
_PADDING = r"=[\r\n]*"
_BASE64 = rf"^[\r\n]*(?:(?:{_SIXTH}){{4}})*(?:(?:{_SIXTH}){{2}}{_PADDING}{_PADDING}|(?:{_SIXTH}){{3}}{_PADDING})?$"
_FORMATS: dict[str, dict[str, Any]] = {
    "byte": {"pattern": _BASE64, "x-reason": "is not base64"},
    "date-time": {
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})$",
        "x-reason": "is not a time",
    },
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}
_CORE, _MACHINERY = "io.k8s.api.core.v1", "io.k8s.apimachinery.pkg"
_TYPES: dict[str, dict[str, Any]] = {
    f"{_MACHINERY}.api.resource.Quantity": {
        "type": ["string", "number", "null"],
        "pattern": rf"^\s*(?:{FORM})\s*$",
        "x-reason": "is not an amount. Write it like 500m, 2 or 4Gi",
    },
    # null is neither text nor a number; in the published schema it is both, and so neither.
    f"{_MACHINERY}.util.intstr.IntOrString": {"type": ["string", "integer", "null"], **_FORMATS["int32"]},
}
_PULL = ["Always", "IfNotPresent", "Never"]
_OF_ANY_KIND = {field: {"type": ["string", "null"]} for field in ("apiVersion", "kind")}
_OPTIONS = (
    (f"{_CORE}.Container", "imagePullPolicy", _PULL),
    (f"{_CORE}.EphemeralContainer", "imagePullPolicy", _PULL),
    (f"{_CORE}.PodSpec", "restartPolicy", ["Always", "OnFailure", "Never"]),
)


def with_formats(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition in which bytes have to be base64, times times, and whole numbers those that there is room for."""
    properties = definition.get("properties")
    if not properties:
        return _formatted(definition)
    return {**definition, "properties": {field: _formatted(below) for field, below in properties.items()}}


def _formatted(schema: dict[str, Any]) -> dict[str, Any]:
    of_format = _FORMATS.get(schema.get("format", ""), {})
    if "x-reason" in schema:
        # Words of its own are about what it says itself.
        found = {**schema, "allOf": [*schema.get("allOf", ()), of_format]} if of_format else dict(schema)
    else:
        found = {**schema, **of_format}
    for keyword in ("items", "additionalProperties"):
        if isinstance(found.get(keyword), dict):
            found[keyword] = _formatted(found[keyword])
    return found


def with_types(definitions: dict[str, Any]) -> dict[str, Any]:
    """Definitions in which amounts are amounts and policies are those that there are; "" and null are the default."""
    found = {**definitions, **_TYPES}
    for name, field, options in _OPTIONS:
        properties = found[name]["properties"]
        properties = {**properties, field: {**properties[field], "enum": [*options, "", None]}}
        found[name] = {**found[name], "properties": properties}
    for name, definition in definitions.items():
        # What an object within another says of its own kind, nobody reads.
        if "x-kubernetes-group-version-kind" in definition and "properties" in definition:
            found[name] = {**found[name], "properties": {**found[name]["properties"], **_OF_ANY_KIND}}
    return found
