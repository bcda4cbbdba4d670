"""Rules about the version of GitLab Runner that runs the jobs."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

_PAGE = "runner-versions.md"

RUNNER_VERSION = Rule(
    "runner-version",
    Severity.WARNING,
    wrong="`--runner-version` names another GitLab Runner than the manager's image has. The image's tag decides.",
    remedy="Let both name the same release, or leave the option out.",
    more=_PAGE,
)

RUNNER_VERSION_ASSUMED = Rule(
    "runner-version-assumed",
    Severity.NOTE,
    wrong="The tag of the manager's image says no version, so the chart's own is assumed; or its version is newer than those whose keys are known.",
    remedy="Say the version with `--runner-version`, or in `image.tag`, beside a digest too.",
    more=_PAGE,
)

RUNNER_TOO_OLD = Rule(
    "runner-too-old",
    Severity.ERROR,
    wrong="A mode or a feature of the chart needs a newer GitLab Runner.",
    remedy="Set `image.tag` to a newer release, or leave it empty.",
    more=_PAGE,
)

RUNNER_ADVISORY = Rule(
    "runner-advisory",
    Severity.ERROR,
    wrong="This release of GitLab Runner must not be used, and the message says why.",
    remedy="Take the release that the message names.",
    more=_PAGE,
)
