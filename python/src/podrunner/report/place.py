"""Where a finding is shown to those who have the repository and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.manifests.rendering import CONFIG_TOML
from podrunner.output.paths import shown_path

if TYPE_CHECKING:
    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding


def placed(finding: Finding, result: Result) -> Finding:
    """The finding with the name of its file as a repository has it, of the case's file where it has none.

    config.toml is rendered, so no repository has it.
    """
    case = result.case
    if finding.file and finding.file != CONFIG_TOML:
        return replace(finding, file=shown_path(Path(finding.file)))
    if case.file:
        return replace(finding, file=shown_path(Path(case.file)), line=case.line, column=0)
    return replace(finding, file=_highest_file(result), line=0, column=0)


def _highest_file(result: Result) -> str:
    """The values file that a result is about: the last one that is laid over the others."""
    return next((shown_path(Path(layer.source)) for layer in reversed(result.case.layers) if layer.is_file), "")
