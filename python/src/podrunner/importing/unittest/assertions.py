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
# `$` is an end of each line here, as it is for Python.
_OF_LINES = re.compile(r"\(\?[a-zA-Z]*m")
# What Python reads as one: an escape, a set in brackets, or the end.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
# What Helm says when the chart's schema refuses values, which `podrunner_render` says in words of its own.
_OF_SCHEMA = re.compile(
    r"meet the specifications|schema|additional propert|missing propert|got \w+, want|does not match pattern"
    r"|value must be|validation failed|m(?:in|ax)imum: got|m(?:in|ax)(?:Length|Items): got"
)
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
        return [("assert ", *_same(found, [params.get("value")], denied=True))]
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
    if _OF_LINES.search(text):
        return text
    # Without that, it is the end of the text for Go, and for Python before a line end there, too.
    return _PART.sub(lambda match: r"\Z" if match[0] == "$" else match[0], text)


def checked_refusal(text: str) -> str:
    """What Helm says on refusing to render, as far as the plugin says the same. Raises LeftOutError."""
    if _OF_SCHEMA.search(text):
        raise LeftOutError(
            f"the refusal `{text}` is of the chart's schema, of which podrunner says where and what to write instead: "
            "use pytest.raises(ValuesError, match=...) of podrunner"
        )
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
    each = ", ".join(flat(call("len", call("items", value_at(path)))) for path in paths)
    if count is None:
        return ("assert ", f"len({{{each}}})", " == ", "1")
    return ("assert ", f"{{{each}}}", " == ", f"{{{count}}}")


def _equal(params: dict[str, Any]) -> Claim:
    return lambda value, denied: _same(_decoded(params, value), params.get("value"), denied=denied)


def _same(found: Code, wanted: Any, *, denied: bool) -> Code:
    """Whether a value is another one: for Python, 1 is true, so that of numbers and what is true the types are asked for."""
    if wanted is None or isinstance(wanted, bool):
        return (*found, " is not " if denied else " is ", repr(wanted))
    if _has_numbers(wanted):
        return ("not " if denied else "", *call("same", found, literal(wanted)))
    return (*found, " != " if denied else " == ", *literal(wanted))


def _has_numbers(value: Any) -> bool:
    """Whether Python takes a value, or a part of it, for one of another type."""
    if isinstance(value, dict | list):
        return any(map(_has_numbers, value.values() if isinstance(value, dict) else value))
    return isinstance(value, bool | int | float)


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
    is_each = is_part or _has_numbers(content)

    def claim(value: Code, denied: bool) -> Code:
        listed = call("items", value)
        each = f"{_is_item(content, is_part=is_part)} for item in {flat(listed)}"
        if count is not None:
            number: Code = (f"{flat(listed)}.count", Brackets("(", (literal(content),), ")", is_call=True))
            return (*((f"sum({each})",) if is_each else number), " != " if denied else " == ", repr(count))
        if is_each:
            return (f"{'not ' if denied else ''}any({each})",)
        return (*literal(content), " not in " if denied else " in ", *listed)

    return claim


def _is_item(content: Any, *, is_part: bool) -> str:
    """Whether `item` is what a list has to contain, or has all of it."""
    return flat(_with_all("item", content, denied=False) if is_part else _same(("item",), content, denied=False))


def _with_all(name: str, content: Any, *, denied: bool) -> Code:
    """Whether a map has all that another one has."""
    both = f"{name} | {flat(literal(content))}"
    if _has_numbers(content):
        return ("not " if denied else "", *call("same", both, name))
    return (both, " != " if denied else " == ", name)


def _subset(params: dict[str, Any]) -> Claim:
    content = params.get("content")
    if not isinstance(content, dict):
        raise LeftOutError("isSubset of what is not a map")
    return lambda value, denied: _with_all(flat(value), content, denied=denied)


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
    return lambda value, denied: (*call("len", call("items", value)), " != " if denied else " == ", repr(count))


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
