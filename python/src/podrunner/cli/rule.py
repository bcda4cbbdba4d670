"""`podrunner rule`: what a finding means, and what to do about it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from podrunner.cli.options import add_options, option
from podrunner.cli.outputs import formats, read_outputs
from podrunner.cli.suggestions import codes
from podrunner.output.wrap import wrap

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from podrunner.findings.rules.rule import Rule

EXAMPLES = """\
examples:
  podrunner rule                          every code, with what is wrong
  podrunner rule values-type              what it means, and what to do
  podrunner rule values-type role-missing --format json

The code of a finding is the word in brackets at the end of its line.
"""
_CODES = option("codes", nargs="*", metavar="CODE", help="codes of findings", suggest=codes).default("all")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner rule`."""
    add_options(parser, "what to explain", _CODES)
    add_options(parser, "output", formats("text", "json"))


def run(args: Namespace) -> int:
    """Print the rules. Raises UsageError for a code that there is not."""
    from podrunner.findings.rules.register import RULES, find_rule
    from podrunner.output.files import write_text
    from podrunner.output.terminal import width_of

    outputs = read_outputs(args)
    rules = [find_rule(code) for code in dict.fromkeys(args.codes)]
    for output in outputs:
        width = None if output.file else width_of(sys.stdout)
        if output.format == "json":
            write_text(_json(rules or list(RULES.values())), output.file)
        else:
            write_text(_text(rules, width) if rules else _list(width), output.file, for_people=True)
    return 0


def _json(rules: Sequence[Rule]) -> str:
    entries = [
        {
            "code": rule.code,
            "severities": _severities(rule),
            "wrong": rule.wrong,
            "remedy": rule.remedy,
            "more": _page(rule),
        }
        for rule in rules
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _text(rules: Sequence[Rule], width: int | None) -> str:
    """What is wrong, what to do, and where more stands."""
    return "\n".join(f"{rule.code} ({' or '.join(_severities(rule))})\n{_told(rule, width)}" for rule in rules)


def _told(rule: Rule, width: int | None) -> str:
    parts = {"Wrong": rule.wrong, "To do": rule.remedy, "More": _page(rule)}
    lines = [wrap(text, width, first=f"  {name:5}  ", rest=" " * 9) for name, text in parts.items() if text]
    return "".join(f"{line}\n" for line in lines)


def _list(width: int | None) -> str:
    """Every code with what is wrong, in the sections of docs/findings.md."""
    from podrunner.findings.rules.register import RULES, SECTIONS

    column = max(len(code) for code in RULES) + 4
    parts = []
    for section in SECTIONS:
        lines = [
            wrap(one.wrong, width, first=f"  {one.code}".ljust(column), rest=" " * column) for one in section.rules
        ]
        parts.append("".join(f"{line}\n" for line in [section.title, *lines]))
    return "\n".join(parts)


def _severities(rule: Rule) -> list[str]:
    return [severity.value for severity in (rule.severity, *rule.also)]


def _page(rule: Rule) -> str:
    return f"docs/{rule.more}" if rule.more else ""
