"""Python code in lines of 88 characters, broken as `ruff format` breaks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 88
_OPERATORS = (" == ", " != ", " in ", " not in ", " >= ", " <= ", " < ", " > ", " / ")
_STATEMENTS = ("assert ", "return ")


@dataclass(frozen=True, slots=True)
class Brackets:
    """What stands in brackets: `items` are one to a line where they do not fit into one.

    Arguments of a call (`is_call`) go to a line of their own together, if they fit there. A text of several lines has
    its one-line form in `flat`.
    """

    open: str
    items: tuple[Code, ...]
    close: str
    is_call: bool = False
    comma: str = ","
    flat: str = ""

    def __str__(self) -> str:
        """All of it in one line."""
        inner = f"{self.comma} ".join(map(flat, self.items))
        only = "," if (self.open, len(self.items), self.is_call) == ("(", 1, False) and self.comma else ""
        return self.flat or f"{self.open}{inner}{only}{self.close}"


Part = str | Brackets
Code = tuple[Part, ...]


def flat(code: Code) -> str:
    """Code in one line."""
    return "".join(map(str, code))


def call(name: str, *arguments: Code | str) -> Code:
    """A call; arguments that are text are code as they are."""
    return (name, Brackets("(", tuple(_code(one) for one in arguments), ")", is_call=True))


def tuple_of(items: Iterable[Any]) -> Code:
    """Values in round brackets."""
    return (Brackets("(", tuple(literal(one) for one in items), ")"),)


def chosen(name: str, source: Code, condition: Code) -> Code:
    """`[name for name in source if condition]`."""
    return (Brackets("[", ((name,), (f"for {name} in ", *source), ("if ", *condition)), "]", comma=""),)


def _code(code: Code | str) -> Code:
    return (code,) if isinstance(code, str) else code


def quoted(text: str) -> str:
    """A text in the quotes that need fewer escapes."""
    inner = repr(f"'\"{text}")[1:-1].replace("\\'", "'").removeprefix("'\"")
    return f"'{inner}'" if '"' in text and "'" not in text else f'"{_escaped(inner)}"'


def _escaped(inner: str) -> str:
    return re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', inner)


def raw(pattern: str) -> str:
    """A regular expression, as a raw text where that can be."""
    quote = "'" if '"' in pattern and "'" not in pattern else '"'
    simple = pattern.isprintable() and quote not in pattern and not pattern.endswith("\\")
    if not simple:
        return quoted(pattern)
    return f"{'r' if chr(92) in pattern else ''}{quote}{pattern}{quote}"


def literal(value: Any) -> Code:
    """A value of YAML, as Python writes it."""
    if isinstance(value, dict):
        return (Brackets("{", tuple((f"{quoted(str(key))}: ", *literal(one)) for key, one in value.items()), "}"),)
    if isinstance(value, list):
        return (Brackets("[", tuple(map(literal, value)), "]"),)
    if isinstance(value, str):
        return _text(value)
    return (repr(value),)


def _text(value: str) -> Code:
    lines = value.splitlines(keepends=True)
    if len(lines) < 2:
        return (quoted(value),)
    return (Brackets("(", tuple((quoted(line),) for line in lines), ")", comma="", flat=quoted(value)),)


def lines(code: Code, indent: int = 0, end: str = "") -> list[str]:
    """Code in as many lines as it needs; `end` is what stands behind it."""
    if code[-1] == ":":
        return lines(code[:-1], indent, f":{end}")
    margin = " " * indent
    one = f"{margin}{flat(code)}{end}"
    if len(one) <= WIDTH:
        return [one]
    # What is looked for, in braces, and where: the braces are broken.
    if code[0] == "assert " and isinstance(code[1], Brackets) and code[2:]:
        return _broken(code[1], f"{margin}assert ", indent, f"{flat(code[2:])}{end}")
    # Within brackets, ruff breaks at the operator.
    if code[0] not in _STATEMENTS and any(part in _OPERATORS for part in code):
        return _in_brackets(code, indent, end)
    group, head = code[-1], flat(code[:-1])
    if isinstance(group, Brackets) and group.items and len(margin) + len(head) + len(group.open) <= WIDTH:
        return _broken(group, f"{margin}{head}", indent, end)
    return _in_brackets(code, indent, end) or [one]


def _broken(group: Brackets, head: str, indent: int, end: str) -> list[str]:
    if group.is_call or not (group.comma or group.flat):
        inside = f"{' ' * (indent + 4)}{f'{group.comma} '.join(map(flat, group.items))}"
        if len(inside) <= WIDTH:
            return [f"{head}(", inside, f"{' ' * indent}){end}"]
    inner = [line for item in group.items for line in lines(item, indent + 4, group.comma)]
    return [f"{head}{group.open}", *inner, f"{' ' * indent}{group.close}{end}"]


def _in_brackets(code: Code, indent: int, end: str) -> list[str]:
    """`assert (a == b)` in lines of its own; a part of an expression at its operator; nothing for what has none."""
    statement = next((one for one in _STATEMENTS if code[0] == one), "")
    inner = code[1:] if statement else code
    margin = " " * (indent + 4 if statement else indent)
    place = next((at for at, part in enumerate(inner) if part in _OPERATORS), None)
    if statement and (place is None or len(margin) + len(flat(inner)) <= WIDTH):
        body = [f"{margin}{flat(inner)}"]
    elif place is None:
        return []
    else:
        operator = str(inner[place]).lstrip()
        body = lines(inner[:place], len(margin))
        body += lines((operator, *inner[place + 1 :]), len(margin), "" if statement else end)
    return [f"{' ' * indent}{statement}(", *body, f"{' ' * indent}){end}"] if statement else body
