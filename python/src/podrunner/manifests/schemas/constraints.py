"""What the API server's validation asks of fields beyond its published schemas, put into these as JSON schema.

`constraints.json` says it by type. It is made of ci/generate/constraints.yaml, where it says how a rule is written.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.suggest import listed
from podrunner.formats.kube_version import minor_version
from podrunner.manifests.schemas.field_forms import form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Schema = dict[str, Any]

_EMPTY: list[Any] = [None, "", []]
_TOGETHER = "together"
# Beside a constraint: the published schema does not say it.
MARK = "x-constraint"
_NOT_NULL = {"type": "object"}


def with_constraints(name: str, definitions: Mapping[str, Schema], version: tuple[int, int]) -> Schema:
    """A definition by its full name, with its constraints. Nothing cannot stand for a map that has to have something."""
    definition = _constrained(name, definitions, version)
    patched = {}
    for field, below in definition.get("properties", {}).items():
        items = below.get("items", {})
        if _needs_fields(items, definitions, version):
            patched[field] = {**below, "items": {**items, **_NOT_NULL}}
        elif field in definition.get("required", ()) and _needs_fields(below, definitions, version):
            patched[field] = {**below, **_NOT_NULL}
    return {**definition, "properties": {**definition["properties"], **patched}} if patched else definition


def _needs_fields(part: Schema, definitions: Mapping[str, Schema], version: tuple[int, int]) -> bool:
    """Whether a reference is to a type with fields that have to be there."""
    name = str(part.get("$ref", "")).rpartition("/")[2]
    return name in definitions and bool(_constrained(name, definitions, version).get("required"))


def _constrained(name: str, definitions: Mapping[str, Schema], version: tuple[int, int]) -> Schema:
    rules = _constraints().get(short_name(name))
    definition = definitions[name]
    return constrained(definition, rules, version) if rules and "properties" in definition else definition


def short_name(name: str) -> str:
    """Group, version and type of a definition: `core.v1.Pod` of `io.k8s.api.core.v1.Pod`."""
    return ".".join(name.rsplit(".", 3)[-3:])


def constrained(definition: Schema, rules: Mapping[str, Any], version: tuple[int, int]) -> Schema:
    """A type with its constraints. Fields that this version does not have are passed over."""
    properties, required = dict(definition["properties"]), list(definition.get("required", ()))
    several = _together(rules.get(_TOGETHER, ()), properties, version)
    for field, rule in rules.items():
        if field == _TOGETHER or field not in properties or not _is_of(rule, version):
            continue
        fragment, must = _of_one(rule, version)
        known = properties[field]
        if _is_word(rule, "optional"):
            required = [one for one in required if one != field]
            known = _or_null(known)
        properties[field] = _joined({} if _is_word(rule, "unchecked") else known, fragment)
        required += [field] if must and field not in required else []
    made = {key: value for key, value in definition.items() if key != "required"} | {"properties": properties}
    if required:
        made["required"] = required
    if several:
        made["allOf"] = [*definition.get("allOf", ()), *several]
    return made


def _is_of(rule: Any, version: tuple[int, int]) -> bool:
    """Whether a rule is one of this version."""
    since, until = (rule.get("since"), rule.get("until")) if isinstance(rule, dict) else (None, None)
    return not (since and version < minor_version(since)) and not (until and version >= minor_version(until))


def _is_word(rule: Any, word: str) -> bool:
    return rule == word or (isinstance(rule, dict) and rule.get(word) is True)


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [{"type": "null"}, schema]}
    known = schema.get("type", [])
    types = [known] if isinstance(known, str) else known
    return {**schema, "type": [*types, *(["null"] if "null" not in types else [])]}


@cache
def _constraints() -> dict[str, Any]:
    # Not by importlib.resources, which loads what reads packages out of archives.
    text = Path(__file__).with_name("constraints.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _joined(known: Schema, fragment: Schema) -> Schema:
    """A field's schema and what it has to be, too. What is said of the field by both is said by the second."""
    if "$ref" not in known and not known.keys() & fragment.keys() - {"type"}:
        return {**known, **fragment}
    return {**known, "allOf": [fragment]}


def _of_one(rule: Any, version: tuple[int, int]) -> tuple[Schema, bool]:
    """The schema of a rule, and whether the field has to be there."""
    schema, must = _read(rule, version)
    return _needed({**schema, MARK: True} if schema else {}, must), must


def _read(rule: Any, version: tuple[int, int]) -> tuple[Schema, bool]:
    if isinstance(rule, list):
        return {"enum": [*rule, "", None]}, False
    if isinstance(rule, str):
        if rule in ("optional", "unchecked"):
            return {}, False
        name, must = rule.removesuffix("!"), rule.endswith("!")
        return (form(name, version) if name else {}), must
    must = bool(rule.get("must"))
    parts = {key: value for key, value in rule.items() if key not in _WORDS}
    if "form" in rule:
        parts |= form(rule["form"], version)
    for key, keyword in _NESTED.items():
        if key in rule:
            parts[keyword] = _of_one(rule[key], version)[0]
    if "among" in rule:
        parts["enum"] = rule["among"] if must else [*rule["among"], "", None]
    if "is" in rule:
        parts["x-reason"] = rule["is"]
    if _TOGETHER in rule:
        parts["allOf"] = _together(rule[_TOGETHER], None, version)
    if "properties" in parts:
        parts["properties"] = {name: _of_one(below, version)[0] for name, below in parts["properties"].items()}
    return parts, must


_NESTED = {"each": "items", "keys": "propertyNames", "values": "additionalProperties"}
_WORDS = ("must", "since", "until", "optional", "unchecked", "form", "among", "is", _TOGETHER, *_NESTED)


def _needed(schema: Schema, must: bool) -> Schema:
    """The same, of what must not be empty. An option that is not among the allowed ones is told by these."""
    if not must or "enum" in schema:
        return schema
    needed = _said({"not": {"enum": [*_EMPTY, 0]}, MARK: True}, "must not be empty")
    return {"allOf": [schema, needed]} if schema else needed


def _together(
    rules: Iterable[Mapping[str, Any]], fields: Mapping[str, Any] | None, version: tuple[int, int]
) -> list[Schema]:
    """The schemas of rules about several fields, as far as a type has these; None for all that there are."""
    said = [one for rule in rules if _is_of(rule, version) for one in _of_several(rule, fields, version)]
    # What is not there has no fields that could be wrong.
    return [_said({"anyOf": [{"not": {"type": "object"}}, one]}, one["x-reason"]) for one in said]


def _of_several(
    rule: Mapping[str, Any], fields: Mapping[str, Any] | None, version: tuple[int, int]
) -> Iterator[Schema]:
    for word, keyword, text in _COUNTED:
        if word in rule:
            names = _known(rule[word], fields)
            alone = {"not": _two_of(names)} if keyword == "most" else {keyword: [_there(name) for name in names]}
            yield _said(alone, text.format(listed(names, 8)))
    frees, when = _condition(rule)
    then = [
        *(_said(_there(name), f"must have {name}{when}") for name in _known(rule.get("must", ()), fields)),
        *(_said({"not": _there(name)}, f"cannot have {name}{when}") for name in _known(rule.get("not", ()), fields)),
        *(_formed(name, below, version, when) for name, below in rule.get("forms", {}).items()),
        *(
            _said({"not": _is(name, values)}, f"cannot have {name} {_or(values)}{when}")
            for name, values in rule.get("not-values", {}).items()
        ),
    ]
    # A condition is not a part of what is refused: each stands for itself.
    yield from (_said({"anyOf": [*frees, one]}, one["x-reason"]) if frees else one for one in then)


def _known(names: Iterable[str], fields: Mapping[str, Any] | None) -> list[str]:
    return [name for name in names if fields is None or name in fields]


_COUNTED = (
    ("one", "oneOf", "must have exactly one of {}"),
    ("some", "anyOf", "must have one of {}"),
    ("most-one", "most", "must have at most one of {}"),
)


def _condition(rule: Mapping[str, Any]) -> tuple[list[Schema], str]:
    """What frees from a rule, and the words for what does not."""
    when = [(name, values) for name, values in rule.get("when", {}).items()]
    unless = [(name, values) for name, values in rule.get("unless", {}).items()]
    frees = [
        *({"not": _is(name, values)} for name, values in when),
        *(_is(name, values) for name, values in unless),
        *({"not": _there(name)} for name in rule.get("with", ())),
        *(_there(name) for name in rule.get("without", ())),
    ]
    words = [
        *(f"when {name} is {_or(values)}" for name, values in when),
        *(f"unless {name} is {_or(values)}" for name, values in unless),
        *(f"where there is {name}" for name in rule.get("with", ())),
        *(f"where there is no {name}" for name in rule.get("without", ())),
    ]
    return frees, "".join(f" {one}" for one in words)


def _or(values: list[Any]) -> str:
    return " or ".join(map(str, values))


def _is(name: str, values: list[Any]) -> Schema:
    return {"type": "object", "required": [name], "properties": {name: {"enum": values}}}


def _formed(name: str, rule: Any, version: tuple[int, int], when: str) -> Schema:
    fragment = _of_one(rule, version)[0]
    words = fragment.get("x-reason") or f"must be {_or(rule)}"
    return _said({"properties": {name: fragment}}, f"{name} {words}{when}")


def _there(name: str) -> Schema:
    return {"type": "object", "required": [name], "properties": {name: {"not": {"enum": _EMPTY}}}}


def _two_of(names: list[str]) -> Schema:
    return {
        "anyOf": [{"allOf": [_there(one), _there(other)]} for place, one in enumerate(names) for other in names[:place]]
    }


def _said(schema: Schema, reason: str) -> Schema:
    return {**schema, "x-reason": reason}
