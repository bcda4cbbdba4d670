"""Ignores in the files of values: `# podrunner: ignore[CODE] reason`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.check.policy.ignore import Ignore, Origin, refuse_code
from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.formats.placed import Values
    from podrunner.formats.remarks import Remark

_FORM = "`# podrunner: ignore[CODE] reason`"
_IGNORE = re.compile(r"ignore\[([^\]]*)\]:?\s*(.*)\Z")
# A word and a bracket is meant to be one; anything else is said to people.
_MEANT = re.compile(r"\w+\s*\[|ignore\b")


def read_comments(layers: Iterable[Values]) -> tuple[list[Ignore], list[str]]:
    """The ignores in some layers, each once, and a sentence with file and line for each that is wrong."""
    remarks = dict.fromkeys((layer.source, remark) for layer in layers for remark in layer.remarks)
    ignores, mistakes = [], []
    for source, remark in remarks:
        if not _MEANT.match(remark.text):
            continue
        ignore = _read(source, remark)
        if wrong := _mistake(ignore):
            mistakes.append(f"{source}:{remark.line}: {wrong}")
        elif ignore:
            ignores.append(ignore)
    return ignores, mistakes


def comments_of(layers: Iterable[Values]) -> tuple[Ignore, ...]:
    """The ignores in some layers. Raises UsageError with a line for each that is wrong."""
    ignores, mistakes = read_comments(layers)
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return tuple(ignores)


def _read(source: str, remark: Remark) -> Ignore | None:
    match = _IGNORE.match(remark.text)
    if not match:
        return None
    codes = tuple(code for part in match[1].split(",") if (code := part.strip()))
    at = {"file": source, "line": remark.about, "said_in": source, "said_at": remark.line}
    return Ignore(codes, match[2], Origin.COMMENT, **at)  # type: ignore[arg-type]


def _mistake(ignore: Ignore | None) -> str:
    if ignore is None:
        return f"not a comment that podrunner knows. Write {_FORM}."
    if not ignore.codes:
        return f"the ignore names no code. Write {_FORM}."
    if wrong := [sentence for code in ignore.codes if (sentence := refuse_code(code))]:
        return " ".join(wrong)
    if not ignore.reason:
        return f"the ignore of {', '.join(ignore.codes)} has no reason. Write {_FORM}."
    return ""
