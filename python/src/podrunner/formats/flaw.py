"""Why a text is not YAML or not TOML, in one wording for all who read some."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import yaml

from podrunner.formats.yaml import forbidden_character

if TYPE_CHECKING:
    import tomllib

# What readers of YAML raise for a bad text.
NOT_YAML = (yaml.YAMLError, RecursionError, ValueError)
_UNCLOSED = {"while parsing a flow": "bracket", "while scanning a quoted": "quote"}
_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)")

Place = tuple[int, int]
_NOWHERE: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a text: `reason` has no full stop, `hint` is a sentence or nothing.

    `place` is the (line, column), from 1, where the reader gave up, (0, 0) when that is not known. `start` is where
    the mistake begins: the bracket or quote that is not closed, else the same place.
    """

    reason: str
    place: Place = _NOWHERE
    start: Place = _NOWHERE
    hint: str = ""

    def sentence(self, what: str, where: str = "") -> str:
        """The sentence: `what` says of what kind the text is not, `where` how people find the place."""
        hint = f" {self.hint}" if self.hint else ""
        return f"{what}: {self.reason}{where}.{hint}"


NESTED_TOO_DEEPLY = Flaw("nested too deeply")
# Python reads no number of more than 4300, and says no place; TOML's whole numbers have 19 at most.
TOO_MANY_DIGITS = Flaw("a number has more than 4300 digits")


def yaml_flaw(error: Exception, text: str) -> Flaw:
    """What is wrong with a YAML text for which a reader raised one of `NOT_YAML`."""
    if isinstance(error, RecursionError):
        return NESTED_TOO_DEEPLY
    if isinstance(error, yaml.reader.ReaderError):
        return _forbidden(forbidden_character(error), text)
    if not isinstance(error, yaml.MarkedYAMLError):
        return Flaw(" ".join(str(error).split()))
    place = _place(error.problem_mark or error.context_mark)
    # PyYAML has a bound of its own since 6.0.4; before, Python's recursion ended.
    if "nesting depth" in (error.problem or ""):
        return replace(NESTED_TOO_DEEPLY, place=place, start=place)
    reason = ", ".join(part for part in (error.context, error.problem) if part)
    return Flaw(reason, place, _start(error, place), _hint(error, text))


def toml_flaw(error: tomllib.TOMLDecodeError) -> Flaw:
    """What is wrong with a TOML text. Before Python 3.14 the place is in the error's text only."""
    reason = str(error)
    at = _AT_LINE.search(reason)
    place = (int(at[1]), int(at[2])) if at else _NOWHERE
    return Flaw(_AT_LINE.sub("", reason), place, place)


def _place(mark: yaml.Mark | None) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else _NOWHERE


def _start(error: yaml.MarkedYAMLError, place: Place) -> Place:
    """Lines below is where the parser gave up; the bracket or quote that was not closed is the mistake."""
    opened = _place(error.context_mark)
    is_open = (error.context or "").startswith((*_UNCLOSED, "while scanning a simple key"))
    return opened if is_open and opened[0] != place[0] and opened != _NOWHERE else place


def _hint(error: yaml.MarkedYAMLError, text: str) -> str:
    line, column = _start(error, _place(error.problem_mark or error.context_mark))
    lines = text.splitlines()
    if 0 < line <= len(lines) and lines[line - 1][:column].endswith("\t"):
        return "This is a tab. Indent with spaces."
    unclosed = [what for words, what in _UNCLOSED.items() if (error.context or "").startswith(words)]
    return f"Is a {unclosed[0]} not closed?" if unclosed else ""


def _forbidden(character: str, text: str) -> Flaw:
    before = text[: max(text.find(character), 0)]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    return Flaw(f"a character that YAML forbids, U+{ord(character):04X}", place, place)
