"""Errors of a JSON schema in the words of somebody who writes YAML."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import Path, dotted
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.schema.parts import homes_of, properties_of, subschema
from podrunner.secrets.show import is_hidden, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jsonschema_rs import ValidationError

    # The text of a scalar where YAML reads something else, None where it says what it is.
    Written = Callable[[Path], str | None]

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
    "null": "null",
}
# Of a variable of a container.
_VALUE, _VALUE_FROM = "value", "valueFrom"

# Keywords about several keys of a map, which say little without words of the schema's own.
_CHOICES = ("anyOf", "oneOf", "not")


class MistakeKind(Enum):
    """What a mistake is about."""

    UNKNOWN_KEY = "unknown key"
    REQUIRED = "required"
    TYPE = "type"
    ENUM = "enum"
    VALUE = "value"
    KEY = "key"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong at one path, in parts: `PATH: WHAT, is FOUND. HINT`.

    `missing` is the key that the map at `path` lacks, `found` what stands there instead. `hint` are sentences, each
    with a leading space.
    """

    kind: MistakeKind
    path: Path
    what: str
    found: str = ""
    hint: str = ""
    missing: str = ""

    @property
    def message(self) -> str:
        """The sentence."""
        about = (*self.path, self.missing) if self.missing else self.path
        subject = f"{dotted(about)}: " if about else ""
        return f"{subject}{self.reason}"

    @property
    def reason(self) -> str:
        """The sentence without the place."""
        found = f", is {self.found}" if self.found else ""
        return f"{self.what}{found}.{self.hint}"

    @property
    def dotted(self) -> str:
        """The path as text."""
        return dotted(self.path)


def explain(error: ValidationError, schema: dict[str, Any], written: Written) -> Iterator[Mistake]:
    """The mistakes behind one schema error: one for each unknown key, and only the branch that was meant."""
    path = tuple(error.instance_path)
    kind = error.kind.as_dict()
    name = error.kind.name
    if name in {"additionalProperties", "unevaluatedProperties"}:
        around = subschema(schema, error.schema_path[:-1])
        for key in kind["unexpected"]:
            allowed = sorted(name for name, below in properties_of(around, schema).items() if below is not False)
            yield _unknown_key((*path, key), allowed, schema)
    elif name in _CHOICES and _shows_nothing(error.instance) and (reason := _words(error, schema)):
        yield Mistake(MistakeKind.VALUE, path, str(reason))
    elif name in {"anyOf", "oneOf"} and any(kind["context"]):
        yield from _branches(error, kind["context"], schema, written)
    elif name == "required":
        # Of a value that is written the other way nothing is missing.
        if kind["property"] == _VALUE_FROM and isinstance(error.instance, dict) and _VALUE in error.instance:
            return
        yield _missing(path, kind["property"], subschema(schema, error.schema_path[:-1]))
    else:
        yield _wrong_value(error, path, schema, written)


def _shows_nothing(value: Any) -> bool:
    """Whether a value is too large or too little to be shown."""
    return isinstance(value, (dict, list)) or value in (None, "")


def _words(error: ValidationError, schema: dict[str, Any]) -> Any:
    """What a schema says itself of what is wrong."""
    return subschema(schema, error.schema_path[:-1]).get("x-reason")


def _unknown_key(path: Path, allowed: list[str], schema: dict[str, Any]) -> Mistake:
    key = str(path[-1])
    if path in {("axes",), ("cases",)}:
        return Mistake(
            MistakeKind.UNKNOWN_KEY, path, "unknown key", hint=" This is a matrix file: give it by --matrix."
        )
    # The other way to say a variable of a container is no misspelling of this one.
    if (key, allowed) == (_VALUE, [_VALUE_FROM]):
        hint = f" A value is written without this key, `{path[-2]}: …`. Keep it or {_VALUE_FROM}, not both."
        return Mistake(MistakeKind.UNKNOWN_KEY, path, "not allowed here", hint=hint)
    near = did_you_mean(key, allowed)
    # Items of a list elsewhere have such general keys as `name` and `value`.
    homes = [home for home in homes_of(key, schema) if not home.endswith("[]") or _is_below(home, path[:-1])]
    hint = near + (f" It is a key of {listed(homes[:3])}." if homes else "")
    # With a hint, a long list would only hide it.
    keys = "" if hint and len(allowed) > 12 else f" Allowed: {listed(allowed, 20)}." if allowed else " No keys here."
    return Mistake(MistakeKind.UNKNOWN_KEY, path, "unknown key", hint=f"{hint}{keys}")


def _is_below(home: str, path: Path) -> bool:
    parts = home.split(".")
    # Where a name is any name, the parts differ.
    return bool(path) and all(part in ("*", str(given)) for part, given in zip(parts, path, strict=False))


def _missing(path: Path, key: str, around: dict[str, Any]) -> Mistake:
    about = around.get("properties", {}).get(key, {}).get("description", "")
    sentence = f" {_sentence(about)}" if about else ""
    return Mistake(MistakeKind.REQUIRED, path, "missing", hint=sentence, missing=key)


def _wrong_value(error: ValidationError, path: Path, schema: dict[str, Any], written: Written) -> Mistake:
    kind, name = error.kind.as_dict(), error.kind.name
    value = error.instance
    shown = show(path, value)
    if name == "type":
        keys = sorted(properties_of(subschema(schema, error.schema_path[:-1]), schema))
        is_scalar = not isinstance(value, (dict, list)) and value is not None
        wanted = f" Its keys: {listed(keys, 12)}." if "object" in kind["types"] and keys and is_scalar else ""
        return _wrong_type(path, kind["types"], value, written, wanted)
    if name == "enum":
        options = [option for option in kind["options"] if option is not None]
        near = did_you_mean(value, [str(option) for option in options]) if isinstance(value, str) else ""
        return Mistake(MistakeKind.ENUM, path, f"{shown} is not allowed", hint=f"{near} Allowed: {_options(options)}.")
    if name == "falseSchema":
        return Mistake(MistakeKind.NOT_ALLOWED, path, "not allowed here", hint=" Remove it.")
    if name == "propertyNames":
        # The path ends with what the name does not keep, such as its pattern.
        about = subschema(schema, error.schema_path[:-1]).get("description")
        why = f"{json.dumps(kind['error'].instance)}: {about}" if about else kind["error"].message
        return Mistake(MistakeKind.KEY, path, f"a key does not fit: {why}")
    around = subschema(schema, error.schema_path[:-1])
    about = around.get("description", "")
    sentence = f" {_sentence(about)}" if about else ""
    # A pattern is for machines: a schema may have words for it.
    reason = str(around.get("x-reason") or _reason(name, kind))
    return Mistake(MistakeKind.VALUE, path, f"{shown} {reason}", hint=sentence)


def _reason(name: str, kind: dict[str, Any]) -> str:
    limits = {
        "minimum": "is less than {limit}",
        "maximum": "is more than {limit}",
        "minLength": "is shorter than {limit}",
        "maxLength": "is longer than {limit}",
        "minItems": "has fewer than {limit} items",
        "exclusiveMinimum": "is not more than {limit}",
        "exclusiveMaximum": "is not less than {limit}",
        "multipleOf": "is not a multiple of {multiple_of}",
        "oneOf": "fits more than one of the forms that are allowed",
        "maxItems": "has more than {limit} items",
        "minProperties": "has fewer than {limit} keys",
        "maxProperties": "has more than {limit} keys",
        "pattern": "does not match the pattern {pattern}",
        "const": "must be {expected_value}",
        "not": "is not allowed here",
        "uniqueItems": "has an item twice",
    }
    return limits[name].format(**kind) if name in limits else f"is refused by `{name}` of the schema"


def _types(types: Sequence[str]) -> str:
    # null only means "take the default away", which people who meet an error do not want to hear about first.
    names = [_TYPES.get(name, name) for name in types if name != "null"] or ["null"]
    return " or ".join(sorted(names))


def _wrong_type(path: Path, types: Sequence[str], value: Any, written: Written, keys: str = "") -> Mistake:
    text = written(path)
    is_number = isinstance(value, (bool, int, float))
    quoted = f" For text write {_quoted(path, value, text)}." if "string" in types and is_number else ""
    return Mistake(MistakeKind.TYPE, path, f"must be {_types(types)}", _is(path, value, text), f"{quoted}{keys}")


def _quoted(path: Path, value: Any, text: str | None) -> str:
    if is_hidden(path, value):
        return "it in quotes"
    return f'"{show(path, value) if text is None else text}"'


def _is(path: Path, value: Any, text: str | None) -> str:
    if value is None:
        return "null (nothing stands after the colon)" if text == "" else "null"
    if isinstance(value, (dict, list)):
        return _TYPES["object" if isinstance(value, dict) else "array"]
    if is_hidden(path, value):
        return show(path, value)
    if isinstance(value, str):
        return f"the text {show(path, value)}"
    if isinstance(value, float) and text is not None:
        return f"the number {text}"
    return f"{text}, which YAML reads as {show(path, value)}" if text is not None else show(path, value)


def _options(options: Sequence[Any]) -> str:
    return listed(['""' if option == "" else option for option in options], 20)


def _sentence(text: str) -> str:
    """The first sentence of a description."""
    text = re.sub(r"\Aan? ", lambda found: found[0].capitalize(), " ".join(text.split()))
    text = re.split(r"(?<=[.!?])\s", text)[0]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _branches(
    error: ValidationError, context: list[list[ValidationError]], schema: dict[str, Any], written: Written
) -> Iterator[Mistake]:
    """The branch of an `anyOf` that was meant: the one whose type fits, with the fewest errors."""
    root = list(error.instance_path)
    branches = [branch for branch in context if branch]
    fitting = [
        branch for branch in branches if not any(e.kind.name == "type" and e.instance_path == root for e in branch)
    ]
    if fitting:
        for inner in min(fitting, key=len):
            yield from explain(inner, schema, written)
        return
    kinds = [inner.kind.as_dict() for branch in branches for inner in branch if inner.kind.name == "type"]
    types = sorted({name for kind in kinds for name in kind["types"]})
    yield _wrong_type(tuple(root), types, error.instance, written)
