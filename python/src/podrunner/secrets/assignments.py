"""Secrets in texts by the name before them: `NAME=value`, `name: value`, `"name": "value"`, `<name>value</name>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.secrets.names import Likeness, likeness
from podrunner.secrets.patterns import compiled
from podrunner.secrets.value import is_opaque, is_secret

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    Span = tuple[int, int]

_NAME = (
    r"(?<![\w./-])-{0,2}(?P<name>[A-Za-z_.][\w.-]{0,200}+)"
    r"(?P<separator>\\*[\"']?[ \t]{0,20}(?:=>|[?+:]?=|:)|>|[ \t]+is:?(?=[ \t]))(?P<space>[ \t]{0,20})"
)
# `api key: …` in prose.
_WORD_BEFORE = r"(?P<word>[A-Za-z]{2,20}) \Z"
_VALUE = (
    r"(?:[!&]{1,2}\w+[ \t]+)?"
    r"(?:\"(?P<double>(?:[^\"\\\n]|\\[^\n]){1,20000})|'(?P<single>[^'\n]{1,20000})"
    r"|\\+[\"'](?P<escaped>(?:[^\"'\\\n]|\\++(?![\"'])){1,20000})|(?P<bare>[^\s\"'`]{1,4096}))"
)
_END = r"\s*(?:[,;)}\]]|#|\Z)"
# What a line may have before the name that it begins with.
_BEGINNING = r"[\s>#|│+-]*(?:(?:export|ENV|ARG|set) )?\Z"
_FLOW = r"(?:[{,\[]\s*|[\"'])\Z"
# In config.toml of this chart, `@podrunner-secret:PATH@` stands for a file that is put in when the manager starts.
_MARK = "podrunner-secret"
_CLOSED_BY = {")": "(", "}": "{", "]": "["}
# The name of a variable in YAML and JSON of Kubernetes, and what its value may look like.
_VARIABLE = r"\\*[\"']?(?P<name>[\w.-]{1,200})\\*[\"']?[ \t]*(?=[,\n])"
_IN_LINE = (
    r"(?i),\s{0,200}\\*[\"']?value\\*[\"']?\s{0,9}[:=]\s{0,9}"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.){1,20000})|'(?P<single>[^']{1,20000})|\\+[\"'](?P<escaped>[^\"'\\]{1,20000})"
    r"|(?P<bare>[^\s,}\"'\\]{1,4096}))"
)
_ON_LINES = r"\n(?P<indent>[ \t]{0,200})value:[ \t]*(?P<first>\S[^\n]{0,20000})"
_BLOCK = r"[ \t]*[|>][-+\d]{0,2}[ \t]*(?=\n)"


def find_assigned(text: str, start: int, end: int) -> Iterator[Span]:
    """(start, end) of the values in a line, and of those that go on below it, whose name is that of a secret."""
    while found := compiled(_NAME).search(text, start, end):
        start = found.end()
        if found["name"] == _MARK and text[found.start() - 1 : found.start()] == "@":
            continue
        if found["name"].lower() == "name":
            span = _of_variable(text, start)
        else:
            name = _whole_name(text, found)
            span = None if likeness(name) is Likeness.NONE else _assigned(text, name, found, end)
        if span:
            yield span
            start = max(start, span[1])


def _whole_name(text: str, found: re.Match[str]) -> str:
    name, start = found["name"], found.start("name")
    if name.lower() in ("key", "keys", "string") and (
        word := compiled(_WORD_BEFORE).search(text, max(start - 21, 0), start)
    ):
        return f"{word['word']}_{name}"
    before = text[start - 1 : start]
    # The `&` of a URL and the line end of a text, as JSON writes them.
    escaped = compiled(r"u[0-9a-fA-F]{4}|[ntr]").match(name) if before == "\\" else None
    name = name[escaped.end() :] if escaped else name
    # In the query of a URL, as Azure signs them.
    if name == "sig" and (before in ("?", "&", ";") or escaped):
        return "shared_access_signature"
    # Properties of Java.
    return name[1:] if before == "-" and name[:1] in ("D", "P") else name


def _assigned(text: str, name: str, found: re.Match[str], end: int) -> Span | None:
    if block := compiled(_BLOCK).match(text, found.end()):
        return _block(text, found, block.end())
    value = compiled(_VALUE).match(text, found.end(), end)
    # A map, a list, `${{ secrets.TOKEN }}`; `PASS: TestUser` is the result of a test.
    is_other = text.startswith(("{", "[", "${{"), found.end()) or (name == "PASS" and found["space"])
    if value is None or is_other:
        return None
    kind = str(value.lastgroup)
    start, stop = value.span(kind)
    separator = found["separator"].strip()
    if kind != "bare":
        is_told = not separator.startswith("is") or is_opaque(value[kind])
        return (start, stop) if is_told and is_secret(name, value[kind]) else None
    stop = start + len(_trimmed(value["bare"], whole=_begins_line(text, found)))
    accepted = stop > start and is_secret(name, text[start:stop]) and _is_in_place(text, found, stop, end)
    return (start, stop) if accepted else None


def _is_in_place(text: str, found: re.Match[str], stop: int, end: int) -> bool:
    """Whether a value without quotes stands where values do, and is not the next word of a sentence."""
    separator, space = found["separator"], found["space"]
    value = text[found.end() : stop]
    if separator == ">":
        return text[found.start("name") - 1 : found.start("name")] == "<" and text[stop : stop + 2] == "</"
    if separator.endswith(("=", "=>")) and not space:
        return True
    if is_opaque(value):
        return True
    if "is" in separator or not space or len(value) < 4:
        return False
    before = text[max(found.start("name") - 200, 0) : found.start("name")]
    return bool((_begins_line(text, found) or compiled(_FLOW).search(before)) and compiled(_END).match(text, stop, end))


def _begins_line(text: str, found: re.Match[str]) -> bool:
    start = found.start("name")
    line = text.rfind("\n", max(start - 80, 0), start) + 1
    return (line > 0 or start <= 80) and compiled(_BEGINNING).match(text, line, start) is not None


def _trimmed(value: str, *, whole: bool) -> str:
    """A value without quotes, without what follows it: another parameter, a bracket, the end of a sentence."""
    value = value.partition("</")[0]
    if not whole:
        value = compiled("[&;,]").split(value, maxsplit=1)[0]
    value = value.rstrip("\\.:,;")
    while value and value[-1] in _CLOSED_BY and value.count(value[-1]) > value.count(_CLOSED_BY[value[-1]]):
        value = value[:-1].rstrip("\\.:,;")
    return value


def _block(text: str, found: re.Match[str], start: int) -> Span:
    """The lines of a block of YAML: those that are more indented than that of its key."""
    line = text.rfind("\n", 0, found.start("name")) + 1
    indent = compiled(r"[ \t-]{0,200}").match(text, line)
    return start, _below(text, start, len(indent[0]) if indent else 0)


def _below(text: str, at: int, indent: int) -> int:
    """Where the lines that are more indented than that end."""
    further = compiled(rf"(?:\n[ \t]*(?=\n)|\n[ \t]{{{indent}}}[ \t]+[^\n]+)*")
    found = further.match(text, at, min(len(text), at + 20000))
    return found.end() if found else at


def _of_variable(text: str, start: int) -> Span | None:
    """The value beside a name: `{name: DB_PASSWORD, value: …}`."""
    name = compiled(_VARIABLE).match(text, start, start + 210)
    if name is None or likeness(name["name"]) is Likeness.NONE:
        return None
    if value := compiled(_IN_LINE).match(text, name.end(), name.end() + 20000):
        kind = str(value.lastgroup)
        return value.span(kind) if is_secret(name["name"], value[kind]) else None
    value = compiled(_ON_LINES).match(text, name.end(), name.end() + 20000)
    if value is None or not is_secret(name["name"], value["first"]):
        return None
    return value.start("first"), _below(text, value.end(), len(value["indent"]))
