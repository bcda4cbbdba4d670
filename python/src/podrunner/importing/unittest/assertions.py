"""Assertions of helm unittest about one object, as statements about `document`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.unittest.code import Brackets, Code, call, flat, literal, quoted, raw, tuple_of
from podrunner.importing.unittest.paths import leads_to_many, object_path

if TYPE_CHECKING:
    from collections.abc import Callable

    # The code of a value, whether it is denied → code that is true or not.
    Claim = Callable[[Code, bool], Code]

# Kind → (the kind that it is, whether it says the contrary).
ANTONYMS = {
    "notEqual": "equal",
    "notEqualRaw": "equalRaw",
    "notContains": "contains",
    "notExists": "exists",
    "isNull": "exists",
    "notMatchRegex": "matchRegex",
    "notMatchRegexRaw": "matchRegexRaw",
    "isNotSubset": "isSubset",
    "isNotNullOrEmpty": "isNullOrEmpty",
    "isNotEmpty": "isNullOrEmpty",
    "notFailedTemplate": "failedTemplate",
    "notGreaterOrEqual": "greaterOrEqual",
    "notLessOrEqual": "lessOrEqual",
    "notLengthEqual": "lengthEqual",
    "isNotType": "isType",
}
SYNONYMS = {"isNotNull": "exists", "isEmpty": "isNullOrEmpty"}
_DOCUMENT: Code = ("document",)
_VALUE: Code = ("value",)
# What Go calls the types of YAML.
_TYPES = {
    "string": "str",
    "int": "int",
    "float64": "float",
    "bool": "bool",
    "[]interface {}": "list",
    "map[string]interface {}": "dict",
}
# What Go's expressions have and Python's do not, or mean otherwise.
_OF_GO = re.compile(r"\[\[:|\\[pPQEzC]|\(\?[a-zA-Z]*U|(?<!\A)\(\?[a-zA-Z-]+\)")
_QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)")


class LeftOutError(Exception):
    """What cannot be said with the plugin; the message is why."""


def real_kind(kind: str) -> tuple[str, bool]:
    """The kind of an assertion, and whether its name denies it."""
    return (ANTONYMS[kind], True) if kind in ANTONYMS else (SYNONYMS.get(kind, kind), False)


def statements(kind: str, params: dict[str, Any], *, denied: bool) -> list[Code]:
    """The statements for one assertion of a real kind. Raises LeftOutError."""
    if kind in ("isKind", "isAPIVersion"):
        return [_field("kind" if kind == "isKind" else "apiVersion", params.get("of"), denied)]
    if kind == "containsDocument":
        return _document(params, denied)
    if kind == "lengthEqual" and "paths" in params:
        return [_lengths(params, denied)]
    path = checked_path(params)
    if kind == "exists":
        found = call("find_all", "document", quoted(path))
        return [("assert ", *found, " == ", "[]") if denied else ("assert ", *found)]
    if kind == "equal" and denied and not leads_to_many(path) and not params.get("decodeBase64"):
        found = call("find_all", "document", quoted(path))
        return [("assert ", *found, " != ", Brackets("[", (literal(params.get("value")),), "]"))]
    if kind not in _CLAIMS:
        raise LeftOutError(f"podrunner knows no assertion {kind}" if kind else "there is no kind of assertion")
    return _claimed(path, _CLAIMS[kind](params), denied=denied)


def checked_path(params: dict[str, Any]) -> str:
    """The path of an assertion, as `find` takes it. Raises LeftOutError."""
    try:
        return object_path(str(params.get("path") or ""))
    except ValueError as error:
        raise LeftOutError(f"`find` does not take {error}") from None


def checked_pattern(pattern: object) -> str:
    """A regular expression of Go that Python reads alike. Raises LeftOutError."""
    text = str(pattern or "")
    if not text or _OF_GO.search(text):
        raise LeftOutError(f"Python does not read the pattern {text} as Go does")
    try:
        re.compile(text)
    except re.error:
        raise LeftOutError(f"Python does not read the pattern {text}") from None
    return text


def value_at(path: str) -> Code:
    """The code of the one value at a path of `document`."""
    return call("find", "document", quoted(path)) if path else _DOCUMENT


def _claimed(path: str, claim: Claim, *, denied: bool) -> list[Code]:
    """A claim about every value at a path, of which there must be one unless it is denied."""
    if not denied and not leads_to_many(path):
        return [("assert ", *claim(value_at(path), False))]
    found = call("find_all", "document", quoted(path))
    every = Brackets("(", (claim(_VALUE, denied), ("for value in ", *found)), ")", comma="")
    there: list[Code] = [] if denied else [("assert ", *found)]
    return [*there, ("assert ", "all", every)]


def _field(name: str, value: Any, denied: bool) -> Code:
    return ("assert ", f'document["{name}"]', " != " if denied else " == ", *literal(value))


def _document(params: dict[str, Any], denied: bool) -> list[Code]:
    if denied:
        raise LeftOutError("containsDocument with `not` has no meaning for one object: write which objects there are")
    found = [_field("apiVersion", params.get("apiVersion"), False), _field("kind", params.get("kind"), False)]
    found += [
        ("assert ", *value_at(f"metadata.{name}"), " == ", *literal(params[name]))
        for name in ("name", "namespace")
        if params.get(name)
    ]
    return found


def contained(params: dict[str, Any], source: Code, *, denied: bool) -> Code:
    """`containsDocument` with `any`: one of several objects is it."""
    names = [name for name in ("apiVersion", "kind") if params.get(name)]
    paths = names + [f"metadata.{name}" for name in ("name", "namespace") if params.get(name)]
    wanted = [params[path.removeprefix("metadata.")] for path in paths]
    each = Brackets("(", tuple(call("find", "one", quoted(path)) for path in paths), ")")
    every = Brackets("[", ((each,), ("for one in ", *source)), "]", comma="")
    return ("assert ", flat(tuple_of(wanted)), " not in " if denied else " in ", every)


def _lengths(params: dict[str, Any], denied: bool) -> Code:
    paths = [checked_path({"path": path}) for path in params["paths"]]
    if denied:
        raise LeftOutError("notLengthEqual of several paths")
    count = params.get("count")
    each = ", ".join(flat(("len", Brackets("(", (value_at(path),), ")", is_call=True))) for path in paths)
    if count is None:
        return ("assert ", f"len({{{each}}})", " == ", "1")
    return ("assert ", f"{{{each}}}", " == ", f"{{{count}}}")


def _equal(params: dict[str, Any]) -> Claim:
    expected = literal(params.get("value"))

    def claim(value: Code, denied: bool) -> Code:
        return (*_decoded(params, value), " != " if denied else " == ", *expected)

    return claim


def _decoded(params: dict[str, Any], value: Code) -> Code:
    return (f"base64.b64decode({flat(value)}).decode()",) if params.get("decodeBase64") else value


def _match(params: dict[str, Any]) -> Claim:
    pattern = raw(checked_pattern(params.get("pattern")))

    def claim(value: Code, denied: bool) -> Code:
        return ("not " if denied else "", *call("re.search", pattern, _decoded(params, value)))

    return claim


def _contains(params: dict[str, Any]) -> Claim:
    content, count = params.get("content"), params.get("count")
    is_part = bool(params.get("any")) and isinstance(content, dict)

    def claim(value: Code, denied: bool) -> Code:
        if count is not None:
            number: Code = (f"{flat(value)}.count", Brackets("(", (literal(content),), ")", is_call=True))
            number = (f"sum({_is_part(content)} for item in {flat(value)})",) if is_part else number
            return (*number, " != " if denied else " == ", repr(count))
        if is_part:
            return (f"{'not ' if denied else ''}any({_is_part(content)} for item in {flat(value)})",)
        return (*literal(content), " not in " if denied else " in ", *value)

    return claim


def _is_part(content: Any) -> str:
    return f"item | {flat(literal(content))} == item"


def _subset(params: dict[str, Any]) -> Claim:
    content = literal(params.get("content"))
    if not isinstance(params.get("content"), dict):
        raise LeftOutError("isSubset of what is not a map")

    def claim(value: Code, denied: bool) -> Code:
        return (f"{flat(value)} | {flat(content)}", " != " if denied else " == ", *value)

    return claim


def _empty(_params: dict[str, Any]) -> Claim:
    return lambda value, denied: value if denied else ("not ", *value)


def _compared(operator: str, contrary: str) -> Callable[[dict[str, Any]], Claim]:
    def of(params: dict[str, Any]) -> Claim:
        bound = params.get("value")
        is_quantity = isinstance(bound, str) and bool(_QUANTITY.fullmatch(bound))

        def claim(value: Code, denied: bool) -> Code:
            sides = [call("quantity", one) if is_quantity else one for one in (value, literal(bound))]
            return (*sides[0], f" {contrary} " if denied else f" {operator} ", *sides[1])

        return claim

    return of


def _type(params: dict[str, Any]) -> Claim:
    name = str(params.get("type"))
    if name not in _TYPES:
        raise LeftOutError(f"isType {name}: no value of YAML has that type")
    return lambda value, denied: (*call("type", value), f" is {'not ' if denied else ''}{_TYPES[name]}")


def _length(params: dict[str, Any]) -> Claim:
    count = params.get("count")
    if not isinstance(count, int):
        raise LeftOutError("lengthEqual of one path without a count")
    if count == 0:
        # What is no list has no length for helm unittest, and null is as good as an empty one.
        return lambda value, denied: value if denied else ("not ", *value)
    return lambda value, denied: (*call("len", value), " != " if denied else " == ", repr(count))


_CLAIMS: dict[str, Callable[[dict[str, Any]], Claim]] = {
    "equal": _equal,
    "matchRegex": _match,
    "contains": _contains,
    "isSubset": _subset,
    "isNullOrEmpty": _empty,
    "greaterOrEqual": _compared(">=", "<"),
    "lessOrEqual": _compared("<=", ">"),
    "isType": _type,
    "lengthEqual": _length,
}
