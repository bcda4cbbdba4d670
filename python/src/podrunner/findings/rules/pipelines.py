"""Rules about pipeline files."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

PIPELINE_YAML = Rule(
    "pipeline-yaml",
    Severity.ERROR,
    wrong="The pipeline file is not YAML, or not a map of jobs.",
    remedy="Correct the line.",
)

PIPELINE_NO_JOB = Rule(
    "pipeline-no-job",
    Severity.WARNING,
    wrong="The pipeline file has no job: all its keys are keywords of GitLab or hidden.",
    remedy="Give the job another name, such as `build-image`.",
)

PIPELINE_REMOVED = Rule(
    "pipeline-removed",
    Severity.WARNING,
    wrong="A variable of the pipeline sets a feature flag that no longer has any effect.",
    remedy="Use what the message names instead.",
)

PIPELINE_UNKNOWN_FLAG = Rule(
    "pipeline-unknown-flag",
    Severity.WARNING,
    wrong="A variable of the pipeline looks like a feature flag, but GitLab Runner has none of that name.",
    remedy="Take the nearest flag.",
)
