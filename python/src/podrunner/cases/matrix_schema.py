"""The schema of a matrix file, for editors. What no schema can say, `load_matrix` finds: docs/matrix.md describes both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.cases.names import CHART_VERSION, LABEL, NAMESPACE_LIMIT, RELEASE_LIMIT
from podrunner.cases.settings import SETTINGS
from podrunner.cases.strategy import STRATEGIES
from podrunner.chart.partial_schema import partial_schema

if TYPE_CHECKING:
    from podrunner.chart.chart import Chart

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VALUES = "#/$defs/values"
# As it is written: 1.30 is a version, and not the number 1.3.
_WORD = ["string", "number", "boolean"]
_OF_LOOKUP = [*_WORD, "object"]
# A file, or an object by what it is found by; a list of objects has `items`.
_NAME: Schema = {"type": "string", "minLength": 1}
_OBJECT: Schema = {
    "minLength": 1,
    "if": {"type": "object", "not": {"required": ["items"], "properties": {"items": {"type": "array"}}}},
    "then": {
        "required": ["apiVersion", "kind", "metadata"],
        "properties": {
            "apiVersion": _NAME,
            "kind": _NAME,
            "metadata": {"type": "object", "required": ["name"], "properties": {"name": _NAME}},
        },
    },
}
_NAMES: dict[str, Schema] = {
    # 1.30 is a number in YAML, too; 1 is no version.
    "appVersion": {"type": _WORD},
    "chartVersion": {"type": ["string", "number"], "pattern": f"^{CHART_VERSION}$"},
    "includeCrds": {"type": "boolean"},
    "skipSchemaValidation": {"type": "boolean"},
    "kubeVersion": {"type": ["string", "number"], "pattern": r"^v?[0-9]+\.[0-9]+", "not": {"type": "integer"}},
    "namespace": {"type": _WORD, "pattern": f"^{LABEL}$", "maxLength": NAMESPACE_LIMIT},
    "revision": {"type": "integer", "minimum": 1},
    "release": {"type": _WORD, "pattern": rf"^{LABEL}(?:\.{LABEL})*$", "maxLength": RELEASE_LIMIT},
}
_ABOUT = {
    "apiVersions": "API versions that the cluster has, too.",
    "appVersion": "In place of the appVersion of Chart.yaml.",
    "chartVersion": "In place of the version of Chart.yaml.",
    "includeCrds": "Whether CRDs in crds/ are rendered and checked, too.",
    "kubeVersion": "The version of Kubernetes, such as 1.34.",
    "lookup": "What the template function `lookup` finds: objects, the name of a file of them relative to this file, or a list of those.",
    "namespace": "The namespace of the release.",
    "preset": "A preset of the chart, below all other values.",
    "release": "The name of the release.",
    "revision": "The revision of the release; from 2 on it is an upgrade.",
    "skipSchemaValidation": "Whether values are rendered that values.schema.json refuses.",
    "values": "Values, the name of a values file relative to this file, or a list of those.",
}


def matrix_schema(chart: Chart) -> Schema:
    """What a matrix file may say about a chart: its presets and its values are in the schema."""
    return {
        "$schema": _DRAFT,
        "title": "A matrix file of podrunner",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "strategy": {"enum": list(STRATEGIES), "description": "Which combinations of the axes become cases."},
            "base": {"$ref": "#/$defs/settings", "description": "Settings below those of every case."},
            "axes": _axes(),
            "exclude": _exclusions(),
            "cases": _named("#/$defs/case", "Cases beside those of the axes, by name."),
        },
        "$defs": {
            "settings": _settings(chart),
            "case": _settings(chart, expect=_expectation()),
            "axis": _axis(chart),
            **{f"axis-{name}": _list_or_axis(name, chart) for name in SETTINGS},
            "values": _moved(partial_schema(chart)),
        },
    }


def _named(reference: str, about: str) -> Schema:
    return {"type": ["object", "null"], "additionalProperties": {"$ref": reference}, "description": about}


def _axes() -> Schema:
    of_settings = {name: {"$ref": f"#/$defs/axis-{name}"} for name in SETTINGS}
    return {**_named("#/$defs/axis", "Axes, whose entries are combined, by name."), "properties": of_settings}


def _exclusions() -> Schema:
    entries = {"type": [*_WORD, "array"], "items": {"type": _WORD}}
    item = {"type": ["object", "null"], "additionalProperties": entries}
    return {"type": "array", "items": item, "description": "Entries, by axis, that never meet in a case."}


def _settings(chart: Chart, **more: Schema) -> Schema:
    properties = {name: {**_setting(name, chart), "description": about} for name, about in _ABOUT.items()}
    return {"type": ["object", "null"], "additionalProperties": False, "properties": {**properties, **more}}


def _setting(name: str, chart: Chart) -> Schema:
    """What a setting takes."""
    if name == "values":
        types, either = (
            [*_WORD, "object", "null"],
            {"if": {"type": "object"}, "then": {"$ref": _VALUES}, "minLength": 1},
        )
        return {"type": [*types, "array"], **either, "items": {"type": types, **either}}
    if name == "lookup":
        return {"type": [*_OF_LOOKUP, "null", "array"], **_OBJECT, "items": {"type": [*_OF_LOOKUP, "null"], **_OBJECT}}
    if name == "apiVersions":
        return {"type": [*_WORD, "array"], "items": {"type": _WORD}}
    if name == "preset":
        return {"enum": list(chart.presets)} if chart.presets else {"not": {}}
    return _NAMES[name]


def _expectation() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["fail"],
        "properties": {"fail": {"type": _WORD, "minLength": 1, "description": "A part of the message expected."}},
    }


def _axis(chart: Chart) -> Schema:
    """A map of entries, or `{SETTING: [ENTRY, …]}`."""
    one_list = [{"required": [name], "properties": {name: {"type": "array"}}} for name in SETTINGS]
    return {
        "type": "object",
        "minProperties": 1,
        "if": {"maxProperties": 1, "anyOf": one_list},
        "then": {"properties": {name: _entries(name, chart) for name in SETTINGS}},
        "else": {"additionalProperties": {"$ref": "#/$defs/settings"}},
    }


def _list_or_axis(name: str, chart: Chart) -> Schema:
    """An axis that is called as a setting is: then a list will do."""
    return {"if": {"type": "array"}, "then": _entries(name, chart), "else": {"$ref": "#/$defs/axis"}}


def _entries(name: str, chart: Chart) -> Schema:
    """Entries whose names are the values of one setting."""
    is_file = name in ("lookup", "values")
    item = {"type": [*_WORD, "null"], "minLength": 1} if is_file else _setting(name, chart)
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": item}


def _moved(part: Any) -> Any:
    """The schema of the values, as it is to be below `$defs`: its references begin there."""
    if isinstance(part, list):
        return [_moved(one) for one in part]
    if not isinstance(part, dict):
        return part
    moved = {word: _moved(said) for word, said in part.items() if word not in ("$schema", "$id")}
    reference = moved.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        moved["$ref"] = _VALUES + reference.removeprefix("#")
    return moved
