"""docs/findings.md, made from the register of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.register import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.rules.register import Section
    from podrunner.findings.rules.rule import Rule

_HEAD = """\
# What a finding means

<!-- Made from python/src/podrunner/findings/rules/ by `make generate`. -->

Every finding of `podrunner check` ends with its code in brackets: `values/team-a.yaml:6:7: error: … [values-type]`.
`podrunner rule CODE` prints what stands here.
Errors make the check fail; warnings are worth a look; notes are good to know, some of them only shown by `--notes`.
Codes are the `rule` of the JSON report and the `check_name` of Code Quality.
"""
_TABLE = "| code | severity | what is wrong | what to do |\n| --- | --- | --- | --- |\n"


def text() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for section in SECTIONS:
        yield f"## {section.title}\n\n{_TABLE}{_rows(section)}"


def _rows(section: Section) -> str:
    return "".join(
        f"| `{rule.code}` | {_severity(rule)} | {rule.wrong} | {_remedy(rule)} |\n" for rule in section.rules
    )


def _severity(rule: Rule) -> str:
    return " or ".join(severity.value for severity in (rule.severity, *rule.also))


def _remedy(rule: Rule) -> str:
    return f"{rule.remedy} [More]({rule.more})" if rule.more else rule.remedy
