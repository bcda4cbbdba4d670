"""Pods that say amounts of themselves as a whole to which their containers do not keep."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from podrunner.check.placed_pods import ANY_JOB, placed_pods
from podrunner.check.refusals import REFUSED, Refusal, to_findings
from podrunner.findings.path import dotted
from podrunner.findings.rules.job_pods import JOB_POD_FIELD
from podrunner.findings.rules.manifests import KUBERNETES_FIELD
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.manifests.admission.resources import REQUESTS
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.objects import namespace_of
from podrunner.manifests.quantity import shown
from podrunner.values.places import written_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podrunner.check.placed_pods import PlacedPod
    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering


def check_whole_pods(rendering: Rendering, layers: Sequence[Values], kube_version: str) -> list[Finding]:
    """An error for each amount of a pod as a whole that is less than what its containers ask for, or than the limit of one.

    Defaults of LimitRanges of the release count, too. Kubernetes before 1.34 does not heed such amounts.
    """
    pods = [pod for pod in placed_pods(rendering) if pod.spec.get("resources")]
    if not pods:
        return []
    values = written_values(layers)
    limit_ranges = [one for one in rendering.documents if one.data.get("kind") == "LimitRange"]
    found: list[tuple[PlacedPod, Refusal]] = []
    for pod in pods:
        here = [one for one in limit_ranges if namespace_of(one, rendering.namespace) == pod.namespace]
        resources = pod.resources([with_defaults(one.data) for one in here], kube_version)
        # The pod of `helm test` has what jobs have.
        said_by = pods[0] if pod.repeats == ANY_JOB and pods[0].is_of_job else pod
        told: set[Path] = set()
        for part, resource, most, shares in resources.beyond_whole() if resources else ():
            path = said_by.written(values, "", part, resource, most)
            # A limit may be the request, too.
            if path not in told:
                found.append((pod, _refusal(said_by, path, (part, resource), most, shares)))
            told |= {path} if path else set()
    return list(to_findings(found, layers))


def _refusal(
    pod: PlacedPod, path: Path | None, amount: tuple[str, str], most: Decimal, shares: Mapping[str, Decimal]
) -> Refusal:
    part, resource = amount
    field = f"resources.{part}.{resource}"
    parts = listed(f"{name} {shown(share, resource)}" for name, share in shares.items())
    than = "what its containers ask for together" if part == REQUESTS else "the limit of a container"
    enough = sum(shares.values(), Decimal(0)) if part == REQUESTS else max(shares.values())
    return Refusal(
        JOB_POD_FIELD if pod.is_of_job else KUBERNETES_FIELD,
        pod.document,
        pod.template,
        field,
        path,
        f"{dotted(path) if path else field}: {shown(most, resource)} for the whole pod is less than {than} ({parts})",
        REFUSED,
        f"Write {shown(enough, resource)} or more, or less for its containers.",
        Severity.ERROR,
    )
