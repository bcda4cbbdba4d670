"""The register of rules: each code once, each rule used, and no sentence made out of another one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from podrunner.findings import rules
from podrunner.findings.errors import UsageError
from podrunner.findings.rules.register import RULES, SECTIONS, find_rule
from podrunner.findings.rules.rule import Rule
from tests.sources import PACKAGE, sources

REGISTER = PACKAGE / "findings" / "rules"
SENTENCES = re.compile(r"[A-Z`].*\.\Z")
# What makes findings, or what becomes one: their first argument is a rule.
MAKERS = ("Finding", "Fault")
CUTS = ("lstrip", "partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split")
# Messages that are nobody's finding, of commits and Helm's of several lines; and the one place that redacts secrets.
OTHER_MESSAGES = ("gitlab/repository.py", "gitlab/predefined.py", "findings/errors.py", "cases/case.py")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """(path below the package, syntax tree) of every module that is not in the register."""
    yield from ((name, tree) for name, tree in sources() if REGISTER not in (PACKAGE / name).parents)


def constants() -> dict[str, Rule]:
    """Name → rule for every constant of the register."""
    names = [one.name for one in pkgutil.iter_modules(rules.__path__)]
    every = [vars(importlib.import_module(f"{rules.__name__}.{name}")) for name in names]
    return {name: value for one in every for name, value in one.items() if isinstance(value, Rule)}


def test_every_code_is_there_once() -> None:
    codes = [rule.code for section in SECTIONS for rule in section.rules]

    assert len(codes) == len(set(codes))
    assert {rule.code for rule in constants().values()} == set(codes) == set(RULES)


def test_a_constant_is_named_after_its_code() -> None:
    names = {re.sub("([a-z])([A-Z])", r"\1_\2", rule.code).replace("-", "_").upper(): rule for rule in RULES.values()}

    assert constants() == names


@pytest.mark.parametrize("code", RULES)
def test_a_rule_says_in_sentences_what_is_wrong_and_what_to_do(code: str, checkout: Path) -> None:
    rule = RULES[code]

    assert SENTENCES.match(rule.wrong)
    assert SENTENCES.match(rule.remedy)
    assert not set("|\n") & set(rule.wrong + rule.remedy)
    assert rule.severity not in rule.also
    assert not rule.more or (checkout / "docs" / rule.more.partition("#")[0]).is_file()


def test_every_rule_is_used() -> None:
    used = {node.id for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert set(constants()) - used == set()


def test_no_finding_is_made_with_a_code_that_is_written_out() -> None:
    written = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MAKERS
        if call.args and isinstance(call.args[0], (ast.Constant, ast.JoinedStr))
    ]

    assert written == []


def test_no_code_is_written_out_elsewhere() -> None:
    # Codes of one word are words of the language, too; what preflight found has names of its own.
    codes = {code for code in RULES if "-" in code}
    written = [
        f"{name}:{node.lineno} {node.value}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in codes and not name.startswith("preflight/")
    ]

    assert written == []


def test_no_message_is_cut_or_replaced() -> None:
    cut = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name not in OTHER_MESSAGES
        for node in ast.walk(tree)
        if _cuts_a_message(node)
    ]

    assert cut == []


@pytest.mark.parametrize(
    ("code", "is_cut"),
    [
        ("finding.message.partition(': ')", True),
        ("error.message[:5]", True),
        ("re.sub('a', 'b', finding.message)", True),
        ("replace(finding, message='x')", True),
        ("str(finding).replace('error', 'x')", True),
        ("f'{finding.message} More.'", False),
        ("replace(finding, file='x')", False),
        ("name.partition(': ')", False),
    ],
)
def test_what_cuts_a_message_is_seen(code: str, is_cut: bool) -> None:
    assert any(map(_cuts_a_message, ast.walk(ast.parse(code)))) is is_cut


def _cuts_a_message(node: ast.AST) -> bool:
    """`one.message.partition(…)`, `one.message[…]`, `re.sub(…, one.message)` or `replace(one, message=…)`."""
    if isinstance(node, ast.Subscript):
        return _is_message(node.value)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        is_cut = node.func.attr in CUTS and _is_message(node.func.value)
        return is_cut or (node.func.attr in ("sub", "subn") and any(map(_is_message, node.args)))
    is_replace = isinstance(node.func, ast.Name) and node.func.id == "replace"
    return is_replace and any(keyword.arg == "message" for keyword in node.keywords)


def _is_message(node: ast.AST) -> bool:
    """`one.message`, or the text of a finding: `str(finding)`."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str" and node.args:
        return getattr(node.args[0], "id", "") == "finding"
    return isinstance(node, ast.Attribute) and node.attr == "message"


def test_a_rule_is_found_by_its_code() -> None:
    assert find_rule("values-type") is RULES["values-type"]


def test_a_misspelt_code_is_wrong_use_and_the_nearest_is_named() -> None:
    with pytest.raises(UsageError, match=r"\Avalue-type is not the code of a finding\. Did you mean `values-type`\?\Z"):
        find_rule("value-type")


def test_a_code_that_is_like_no_other_is_answered_with_some_and_where_all_are() -> None:
    with pytest.raises(
        UsageError,
        match=r"\Axyzzy is not the code of a finding\. `podrunner rule` lists all codes: values-yaml, .*, and \d+ more\.\Z",
    ):
        find_rule("xyzzy")
