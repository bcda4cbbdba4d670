"""All rules by code, in the sections of docs/findings.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.findings.rules import (
    config_toml,
    coverage,
    ignores,
    importing,
    job_pods,
    manifests,
    matrix_file,
    pipelines,
    runner_version,
    values,
)
from podrunner.findings.rules.rule import Rule
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True, slots=True)
class Section:
    """Rules about one subject."""

    title: str
    rules: tuple[Rule, ...]


def _section(title: str, module: ModuleType) -> Section:
    return Section(title, tuple(one for one in vars(module).values() if isinstance(one, Rule)))


SECTIONS = (
    _section("Values", values),
    _section("Objects", manifests),
    _section("config.toml", config_toml),
    _section("The version of GitLab Runner", runner_version),
    _section("Job pods and the manager's Role", job_pods),
    _section("Pipelines", pipelines),
    _section("The matrix file", matrix_file),
    _section("Coverage", coverage),
    _section("Ignored findings", ignores),
    _section("Importing", importing),
)
RULES: dict[str, Rule] = {rule.code: rule for section in SECTIONS for rule in section.rules}


def find_rule(code: str) -> Rule:
    """The rule of a code. Raises UsageError with the nearest code when there is none."""
    if code not in RULES:
        near = did_you_mean(code, RULES) or f" `podrunner rule` lists all codes: {listed(RULES)}."
        raise UsageError(f"{code} is not the code of a finding.{near}")
    return RULES[code]
