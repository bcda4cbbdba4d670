"""Helm's error texts, parsed: which template, which line, which sentence."""

from __future__ import annotations

import re

from podrunner.findings.errors import RenderError
from podrunner.findings.suggest import is_misspelt, nearest

_FAIL = re.compile(r"(?:execution|parse) error at \((?P<place>[^()]+)\): (?P<message>.*)\Z", re.DOTALL)
_NIL = re.compile(r"nil pointer evaluating interface \{\}\.(\w+)")
# What Helm gives to templates, beside the values.
_OBJECTS = ("Values", "Release", "Chart", "Subcharts", "Files", "Capabilities", "Template")
# Helm 4 puts each part on its own line; Helm 3 writes `template: chart/templates/x.yaml:9:30: executing "…" at <…>: why`.
_PLACE = re.compile(r"(?P<place>[^\s:()]+/templates/[^\s:()]+:\d+(?::\d+)?):?\s+(?P<message>.*)\Z", re.DOTALL)


def read_refusal(text: str) -> RenderError:
    """A RenderError from what Helm says on refusing to render."""
    # What the command adds for people at a terminal.
    text = text.strip().removeprefix("Error: ").partition("\n\nUse --debug flag")[0]
    match = _FAIL.search(text) or _PLACE.search(text)
    if not match:
        return RenderError(" ".join(text.split()))
    template, line, column = _split_place(match["place"])
    message = _last_reason(match["message"]) if "executing" in match["message"] else match["message"].strip()
    return RenderError(message, template=template, line=line, column=column)


def _split_place(place: str) -> tuple[str, int, int]:
    path, *numbers = place.split(":")
    line, column = ([int(number) for number in numbers] + [0, 0])[:2]
    # The first part is the name of the chart.
    return path.partition("/")[2], line, column


def _last_reason(message: str) -> str:
    """The innermost reason; a chain of `executing … at <…>` says only how Helm got there."""
    fail = _FAIL.search(message)
    if fail:
        return fail["message"].strip()
    reasons = re.split(r'executing "[^"]*" at <', message)
    expression, _, reason = " ".join(reasons[-1].split()).partition(">: ")
    if not reason:
        return " ".join(message.split())
    return f"`{expression}`: {_NIL.sub(_nothing_there, reason)}{_meant(expression) if _NIL.search(reason) else ''}"


def _meant(expression: str) -> str:
    """The object of Helm that the first word of a path is a misspelling of, as the rest of a sentence."""
    first = expression.lstrip("$").split(".")[1:2]
    near = nearest(first[0], _OBJECTS) if first else None
    return f". Did you mean `.{near}`?" if near and first[0] not in _OBJECTS and is_misspelt(first[0], near) else ""


def _nothing_there(match: re.Match[str]) -> str:
    return (
        f"there is no `{match[1]}`, for what is before it is not set (nil pointer). Set that, or ask for it with `if`"
    )
