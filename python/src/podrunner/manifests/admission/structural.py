"""Schemas of custom kinds, as a CustomResourceDefinition may have them: every part says its type, and nothing but that.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{structural,validation}.go and pkg/apis/apiextensions/validation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

_INT_OR_STRING, _UNKNOWN = "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"
_EMBEDDED, _LIST, _KEYS = "x-kubernetes-embedded-resource", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
# Keywords of JSON schema that a custom kind cannot have at all.
_NEVER = (
    "$ref",
    "definitions",
    "dependencies",
    "patternProperties",
    "additionalItems",
    "id",
    "deprecated",
    "discriminator",
)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}
# Looking around, atomic groups, and references to groups; escapes and sets are passed over.
_OF_OTHERS = re.compile(r"(\(\?(?:<?[=!]|>|P=)|\\[1-9])|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
# Each part of a way to a field, such as .spec.color: an index or a wildcard is none.
_WAY = re.compile(r"(\.[A-Za-z_][-A-Za-z0-9_]*)+\Z")


def schema_faults(at: str, schema: Mapping[str, Any]) -> Faults:
    """What of one part of a schema and of all below it is refused."""
    kind = schema.get("type")
    is_open = schema.get(_UNKNOWN) is True or schema.get(_INT_OR_STRING) is True
    if not kind and not is_open:
        yield FieldFault(f"{at}.type", "missing: every part of the schema of a kind says its type")
    if kind and schema.get(_INT_OR_STRING) is True:
        yield FieldFault(f"{at}.type", f"cannot stand beside {_INT_OR_STRING}", kind)
    if schema.get(_EMBEDDED) is True and kind != "object":
        yield FieldFault(f"{at}.type", f"must be object with {_EMBEDDED}", kind)
    for keyword in (one for one in _NEVER if schema.get(one) not in (None, "", {}, [])):
        yield FieldFault(f"{at}.{keyword}", "cannot be in the schema of a custom kind")
    if schema.get("uniqueItems") is True:
        yield FieldFault(f"{at}.uniqueItems", f"cannot be true: write {_LIST}: set")
    if schema.get("properties") and schema.get("additionalProperties") is not None:
        yield FieldFault(f"{at}.additionalProperties", "cannot stand beside properties")
    yield from _list(at, schema)
    yield from _pattern(f"{at}.pattern", schema.get("pattern"))
    yield from _default(at, schema)
    for where, below in schema_parts(at, schema):
        yield from schema_faults(where, below)


def schema_parts(at: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, schema) of every part that a part is made of: its fields, or what all its items are."""
    for name, below in table(schema.get("properties")).items():
        if isinstance(below, dict):
            yield f"{at}.properties.{name}", below
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield f"{at}.{keyword}", schema[keyword]


def _list(at: str, schema: Mapping[str, Any]) -> Faults:
    """What a list has to say of its items."""
    kind, keys = schema.get(_LIST), schema.get(_KEYS)
    items = schema.get("items")
    if schema.get("type") == "array" and items is None:
        yield FieldFault(f"{at}.items", "missing: the type is array")
    if kind not in (None, "atomic", "set", "map"):
        yield FieldFault(f"{at}.{_LIST}", "must be atomic, set or map", kind)
    if kind is not None and schema.get("type") != "array":
        yield FieldFault(f"{at}.{_LIST}", "is for the type array", kind)
    if kind == "map" and not keys:
        yield FieldFault(f"{at}.{_KEYS}", f"missing: {_LIST} is map")
    if kind != "map" and keys:
        yield FieldFault(f"{at}.{_KEYS}", f"is for {_LIST}: map")
    known = table(table(items).get("properties"))
    for index, key in enumerate(keys if kind == "map" and isinstance(keys, list) else ()):
        if key not in known:
            yield FieldFault(f"{at}.{_KEYS}[{index}]", "is not a field of the items", key)
        elif key not in (table(items).get("required") or ()) and table(known[key]).get("default") is None:
            reason = f"missing, as the field is in {_KEYS}: it must have a default, or be among `required` of the items"
            yield FieldFault(f"{at}.items.properties.{key}.default", reason, in_schema=False)


def _pattern(at: str, pattern: Any) -> Faults:
    """What other languages have in expressions, and Go does not."""
    found = [match[1] for match in _OF_OTHERS.finditer(pattern) if match[1]] if isinstance(pattern, str) else []
    if found:
        reason = f"must be an expression of Go, which has no looking ahead or behind and no references: {found[0]}"
        yield FieldFault(at, reason, pattern)


def _default(at: str, schema: Mapping[str, Any]) -> Faults:
    """A default that its own schema refuses."""
    value, options = schema.get("default"), schema.get("enum")
    if value is None:
        return
    wanted = _TYPES.get(str(schema.get("type")))
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool)):
        yield FieldFault(f"{at}.default", f"must be of the type {schema['type']}", value)
    elif isinstance(options, list) and options and value not in options:
        yield FieldFault(f"{at}.default", f"must be one of enum: {', '.join(map(str, options))}", value)
    if isinstance(value, str):
        longest, least = schema.get("maxLength"), schema.get("minLength")
        if isinstance(longest, int) and len(value) > longest:
            yield FieldFault(f"{at}.default", f"must be at most {longest} characters, as maxLength says", value)
        if isinstance(least, int) and len(value) < least:
            yield FieldFault(f"{at}.default", f"must be at least {least} characters, as minLength says", value)


def selectable_faults(data: Mapping[str, Any]) -> Faults:
    """Fields of a CustomResourceDefinition to select by: each once, and a field that the schema has."""
    for index, version in enumerate(maps(table(data.get("spec")).get("versions"))):
        yield from _selectable(f"spec.versions[{index}]", version)


def _selectable(at: str, version: Mapping[str, Any]) -> Faults:
    schema = table(table(version.get("schema")).get("openAPIV3Schema"))
    known: list[Any] = []
    for index, one in enumerate(maps(version.get("selectableFields"))):
        path, where = one.get("jsonPath"), f"{at}.selectableFields[{index}].jsonPath"
        if path in known:
            yield FieldFault(where, "is there twice", path)
        elif not isinstance(path, str) or not _WAY.match(path) or not _has(schema, path[1:].split(".")):
            yield FieldFault(where, "must be a field of the schema, such as .spec.color", path)
        known.append(path)


def _has(schema: Mapping[str, Any], way: list[str]) -> bool:
    """Whether a plain field is at the end of a way."""
    for name in way:
        schema = table(table(schema.get("properties")).get(name))
    return schema.get("type") in ("string", "integer", "boolean")
