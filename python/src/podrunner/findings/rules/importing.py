"""Rules about files that `podrunner import` cannot convert."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

IMPORT = Rule(
    "import",
    Severity.ERROR,
    wrong="A file has no runner that this chart could run.",
    remedy="Import a config.toml, or values of GitLab's chart, with a runner of the executor `kubernetes`.",
    more="import.md",
)

IMPORT_TEMPLATE = Rule(
    "import-template",
    Severity.ERROR,
    wrong="A value of GitLab's chart is a template that cannot be evaluated without a cluster.",
    remedy="Write there what it evaluates to, or import the config.toml of the running manager.",
    more="import.md",
)
