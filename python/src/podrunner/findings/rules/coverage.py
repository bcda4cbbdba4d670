"""Rules about what no case exercises."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

COVERAGE = Rule(
    "coverage",
    Severity.NOTE,
    wrong="This is the share of branches and values that cases exercise. It is an error below what `--coverage-fail-under` asks for.",
    remedy="Add cases.",
    also=(Severity.ERROR,),
)

COVERAGE_BRANCH = Rule(
    "coverage-branch",
    Severity.WARNING,
    wrong="No case takes this branch of a template.",
    remedy="Add a case that does.",
)

COVERAGE_VALUE = Rule(
    "coverage-value",
    Severity.WARNING,
    wrong="No case sets this value.",
    remedy="Add a case that does.",
)

COVERAGE_VALUE_WITHOUT_EFFECT = Rule(
    "coverage-value-without-effect",
    Severity.WARNING,
    wrong="This value changes nothing in any case.",
    remedy="Remove it, or add a case in which it matters.",
)

COVERAGE_UNDECLARED = Rule(
    "coverage-undeclared",
    Severity.WARNING,
    wrong="A template uses a value that is not declared, so nobody can know of it.",
    remedy="Declare it in values.yaml. A comment is enough.",
)

COVERAGE_EXCEPTION = Rule(
    "coverage-exception",
    Severity.ERROR,
    wrong="An exception is not needed, or has no reason.",
    remedy="Remove it, or write the reason.",
)
