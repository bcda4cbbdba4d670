"""Objects as the API server keeps them, so that two that say the same in other words are equal.

Go reads null, [], {} of a map, and "", 0 and false of a field without a pointer as if the field were not there. Amounts are
numbers, and stringData goes into data. Custom kinds are left as they are.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.objects import table
from podrunner.manifests.quantity import resource_amount
from podrunner.manifests.schemas.constraints import short_name
from podrunner.manifests.schemas.kinds import known_versions, properties_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.objects import Object

_QUANTITY = ".Quantity"
# In place of a value that is as good as not there.
_NOTHING: Any = object()


class _Reading(NamedTuple):
    """With the types of which version, and whether the defaults are there already."""

    version: tuple[int, int]
    is_whole: bool


def as_stored(item: Mapping[str, Any], kube_version: str) -> Object:
    """A copy of an object as a server of a version, or else of the newest, keeps it: equal ones are no change."""
    for known in (minor_version(kube_version), known_versions()[-1]):
        name = type_of(str(item.get("apiVersion")), str(item.get("kind")), known)
        if name:
            # Defaults stand in for what is empty, also in maps that are, and some of them are empty themselves.
            written, whole = _Reading(known, is_whole=False), _Reading(known, is_whole=True)
            found: Object = _map(with_defaults(_map(item, name, written)), name, whole)
            found.pop("status", None)
            return _with_data(found) if short_name(name) == "core.v1.Secret" else found
    return with_defaults(item)


def _map(item: Mapping[str, Any], name: str, reading: _Reading) -> Object:
    """The fields of a type that say something."""
    properties, pointers = properties_of(name, reading.version), _pointers().get(short_name(name), ())
    found: Object = {}
    for field, value in item.items():
        kept = _value(value, properties.get(field, {}), reading)
        is_zero = field not in pointers and _is_zero(kept, properties.get(field, {}), reading)
        if kept is not _NOTHING and not is_zero:
            found[field] = kept
    return found


def _value(value: Any, schema: Mapping[str, Any], reading: _Reading) -> Any:
    if value is None:
        return _NOTHING
    below = str(schema.get("$ref", "")).rpartition("/")[2]
    if below.endswith(_QUANTITY):
        return _amount(value)
    if below:
        return (
            _map(value, below, reading) if isinstance(value, dict) and properties_of(below, reading.version) else value
        )
    if isinstance(value, list) and "items" in schema:
        return [_item(one, schema["items"], reading) for one in value] or _NOTHING
    each = schema.get("additionalProperties")
    if isinstance(value, dict) and isinstance(each, dict):
        return {key: _item(one, each, reading) for key, one in value.items()} or _NOTHING
    return value


def _item(value: Any, schema: Mapping[str, Any], reading: _Reading) -> Any:
    """An item of a list or map, which is there whatever it is."""
    kept = _value(value, schema, reading)
    return value if kept is _NOTHING else kept


def _amount(value: Any) -> Any:
    # As text, since it is compared with nothing else.
    amount = resource_amount(value)
    return value if amount is None or isinstance(value, bool) else f"{amount.normalize():f}"


def _is_zero(value: Any, schema: Mapping[str, Any], reading: _Reading) -> bool:
    """Whether Go cannot tell a value from none: of a type that is known, and that stands for no other."""
    is_plain = not {"$ref", "items", "additionalProperties"} & schema.keys() and "type" in schema
    if isinstance(value, dict):
        return not value and "$ref" in schema and reading.is_whole
    return is_plain and value in ("", 0, False)


def _with_data(secret: Object) -> Object:
    """A Secret whose stringData stand in data, as one text each that base64 can be written as."""
    data = {key: _bytes(value) for key, value in table(secret.get("data")).items()}
    data |= {key: base64.b64encode(str(value or "").encode()).decode() for key, value in _texts(secret)}
    rest = {key: value for key, value in secret.items() if key not in ("data", "stringData")}
    return {**rest, "data": data} if data else rest


def _texts(secret: Object) -> list[tuple[str, Any]]:
    return list(table(secret.get("stringData")).items())


def _bytes(value: Any) -> Any:
    try:
        return base64.b64encode(base64.b64decode(str(value or ""))).decode()
    except (binascii.Error, ValueError):
        return value


@lru_cache
def _pointers() -> dict[str, frozenset[str]]:
    # Not by importlib.resources, which loads what reads packages out of archives.
    text = Path(__file__).with_name("pointers.yaml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return {name: frozenset(fields) for name, fields in found.items()}
