"""What is wrong with the pods of jobs, at the values that make them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.path import parse_dotted
from podrunner.findings.rules.job_pods import JOB_POD_NONE, JOB_POD_PROMISE, JOB_POD_SECURITY
from podrunner.runner.origin import written_path
from podrunner.values.places import retold, written_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering

_OF_KEYS = (JOB_POD_NONE, JOB_POD_PROMISE, JOB_POD_SECURITY)


def at_their_keys(findings: Sequence[Finding], rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """Findings of job pods, those whose path is a key of config.toml at the value or patch that it was written by."""
    values = written_values(layers)
    configs = {f"ConfigMap/{config.name}": config.toml.data for config in rendering.configs}
    for finding in findings:
        path: Path = parse_dotted(finding.path) if finding.rule in _OF_KEYS else ()
        written = written_path(path, configs[finding.object], values) if isinstance((*path, "", "")[1], int) else None
        if written is None:
            yield finding
            continue
        yield retold(finding, layers, written, finding.reason)
