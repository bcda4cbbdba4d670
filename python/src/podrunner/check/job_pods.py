"""What is wrong with job pods, at the value or patch that makes the key of config.toml, once for all runners that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.runner.job_pod.shared_fault import told_once
from podrunner.runner.origin import written_path
from podrunner.values.places import retold, written_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering
    from podrunner.runner.job_pod.shared_fault import SharedFault


def at_their_keys(faults: Iterable[SharedFault], rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """A finding for each value that makes a fault, and one at the object where no value does."""
    values = written_values(layers)
    configs = {f"ConfigMap/{config.name}": config.toml.data for config in rendering.configs}

    def written(fault: SharedFault) -> Path | None:
        return written_path(fault.path, configs[fault.object], values) if fault.path else None

    for fault, sentence in told_once(faults, lambda one: written(one) or one.place):
        finding, path = fault.finding(sentence), written(fault)
        yield retold(finding, layers, path, sentence) if path else finding
