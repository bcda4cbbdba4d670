"""The reference of values in chart/README.md, from the comments of chart/values.yaml."""

from __future__ import annotations

import json
import re
import sys
from itertools import groupby
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "ci/generate/schema"))

import comments  # noqa: E402 - it is a script's neighbour, not a package
import generate  # noqa: E402


def read(section: str) -> list[comments.Value]:
    """Every value right below a section."""
    values = comments.read((ROOT / "chart/values.yaml").read_text())
    return [value for value in values if value.path.rpartition(".")[0] == section]


def write() -> str:
    """A section for each key at the top of values.yaml, with an item for each key below it."""
    schema = json.loads(generate.build())
    values = comments.read((ROOT / "chart/values.yaml").read_text())
    sections = []
    for name, group in groupby(values, key=lambda value: value.path.partition(".")[0]):
        first, *rest = group
        items = "".join(_item(value, schema) for value in rest)
        head = "" if rest else f"Default: {_default(first)}\n"
        sections.append(f"### {name}\n\n{_prose(first, schema)}\n{head}{items}")
    return "\n" + "\n".join(section.rstrip("\n") + "\n" for section in sections) + "\n"


def _item(value: comments.Value, schema: generate.Schema) -> str:
    text = indent(_prose(value, schema).rstrip(), "  ").removeprefix("  ")
    between = "\n\n  " if text.startswith("- ") else " "
    default = "" if isinstance(value.default, dict) and value.default else f" (default {_default(value)})"
    return f"- **`{value.path}`**{default}:{between}{text}\n"


def _default(value: comments.Value) -> str:
    return f"`{json.dumps(value.default, ensure_ascii=False)}`"


def _prose(value: comments.Value, schema: generate.Schema) -> str:
    """What is said of a value, as Markdown: paragraphs, choices as a list, examples as code."""
    node = generate.node_of(schema, value.path) or {}
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
