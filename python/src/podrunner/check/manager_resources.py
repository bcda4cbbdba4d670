"""Whether the manager may use what it needs for as many jobs as it is to run."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.manifests import MANAGER_RESOURCES
from podrunner.findings.severity import Severity
from podrunner.manifests.objects import find_pods, table
from podrunner.manifests.quantity import quantity
from podrunner.values.places import locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering

_MANAGER = "manager"
# What is beyond is no number of jobs, and told elsewhere.
_MOST = 100_000
# Of GitLab Runner 19.4 with the Kubernetes executor: (for itself, for each job that runs, unit, how many of it are one).
_NEEDS = {
    "cpu": (Decimal(10), Decimal(6), "m", Decimal("0.001")),
    "memory": (Decimal(50), Decimal("2.5"), "M", Decimal(1_000_000)),
}


def check_manager_resources(rendering: Rendering, layers: Sequence[Values]) -> Iterator[Finding]:
    """A warning for a limit below what config.concurrent needs, a note for a request below the half of it."""
    concurrent = max((one.toml.data.get("concurrent", 1) for one in rendering.configs), default=1)
    if not isinstance(concurrent, int) or concurrent > _MOST:
        return
    for pod in find_pods(rendering.documents, rendering.namespace):
        for _, container in pod.containers():
            if container.get("name") == _MANAGER and pod.document.data.get("kind") in ("Deployment", "StatefulSet"):
                yield from _of_container(table(container.get("resources")), concurrent, layers)


def _of_container(resources: dict[str, Any], concurrent: int, layers: Sequence[Values]) -> Iterator[Finding]:
    for name, (own, job, unit, factor) in _NEEDS.items():
        needed = own + job * concurrent
        said = f"for config.concurrent {concurrent} the manager needs about {needed.normalize():f}{unit}"
        sum_of = f"{own}{unit} and {job}{unit} a job"
        for part, share, severity in (("limits", 1, Severity.WARNING), ("requests", 2, Severity.NOTE)):
            value = table(resources.get(part)).get(name)
            amount = quantity(value) if value not in (None, "") else None
            asked = quantity(table(resources.get("requests")).get(name) or "0")
            # A limit below the request is refused.
            is_refused = part == "limits" and amount is not None and asked is not None and asked > amount
            if amount is None or is_refused or amount * share >= needed * factor:
                continue
            path = ("manager", "resources", part, name)
            text = (
                f"manager.resources.{part}.{name}: {value}, and {said}: {sum_of}. Raise it, or lower config.concurrent."
            )
            finding = Finding(MANAGER_RESOURCES, text, path=".".join(path), severity=severity)
            yield locate(finding, layers, path)
            break
