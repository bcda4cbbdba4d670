"""The reference of values in chart/README.md, from the comments of chart/values.yaml."""

from __future__ import annotations

import json
import re
from itertools import groupby
from textwrap import indent

from ci.generate import comments, schema, sources


def values() -> list[comments.Value]:
    """Every value of values.yaml, in order."""
    return comments.read(sources.read(schema.VALUES))


def below(section: str) -> list[comments.Value]:
    """Every value right below a section."""
    return [value for value in values() if value.path.rpartition(".")[0] == section]


def text() -> str:
    """A section for each key at the top of values.yaml, with an item for each key below it."""
    whole, _ = schema.build()
    sections = []
    for name, group in groupby(values(), key=lambda value: value.path.partition(".")[0]):
        first, *rest = group
        items = "".join(_item(value, whole) for value in rest)
        head = "" if rest else f"Default: {_default(first)}\n"
        sections.append(f"### {name}\n\n{_prose(first, whole)}\n{head}{items}")
    return "\n" + "\n".join(section.rstrip("\n") + "\n" for section in sections) + "\n"


def _item(value: comments.Value, whole: schema.Schema) -> str:
    text = indent(_prose(value, whole).rstrip(), "  ").removeprefix("  ")
    between = "\n\n  " if text.startswith("- ") else " "
    default = "" if isinstance(value.default, dict) and value.default else f" (default {_default(value)})"
    return f"- **`{value.path}`**{default}:{between}{text}\n"


def _default(value: comments.Value) -> str:
    return f"`{json.dumps(value.default, ensure_ascii=False)}`"


def _prose(value: comments.Value, whole: schema.Schema) -> str:
    """What is said of a value, as Markdown: paragraphs, choices as a list, examples as code."""
    node = schema.node_of(whole, value.path) or {}
    if not value.comment:
        return f"{node['description']}.\n"
    parts = []
    for code, lines in groupby(value.comment, key=lambda line: line.startswith(" ")):
        if code:
            parts.append("```yaml\n" + "".join(f"{line[2:]}\n" for line in lines) + "```\n")
        else:
            parts.append(_choices(" ".join(lines), node.get("enum", [])))
    return "\n".join(parts)


def _choices(text: str, allowed: list[str | None]) -> str:
    """A paragraph; sentences that begin with a value that is allowed, as in "vfs: works everywhere", as a list."""
    text = text.replace("<", "&lt;")
    names = "|".join(re.escape(name or "Empty") for name in allowed if name is not None)
    if not names:
        return f"{text}\n"
    choices = re.sub(rf"(?:^|(?<=\.) )({names}): ", r"\n- `\1`: ", text).lstrip("\n") + "\n"
    # Nobody writes the word: it stands for the empty text.
    return choices.replace("- `Empty`: ", "- empty: ")
