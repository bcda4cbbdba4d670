"""Whether the LimitRanges and quotas of a release take its own pods and those of its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.check.counted_objects import refused_objects
from podrunner.check.limit_ranges import refused_by_limit_range
from podrunner.check.placed_pods import placed_claims, placed_objects, placed_pods
from podrunner.check.quotas import refused_by_quota
from podrunner.check.refusals import Bounds, LimitedNamespace, to_findings
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.objects import namespace_of
from podrunner.values.places import written_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.check.placed_pods import PlacedClaim, PlacedObject, PlacedPod
    from podrunner.check.refusals import Refusal
    from podrunner.findings.finding import Finding
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Document, Rendering

_LIMIT_RANGE, _QUOTA = "LimitRange", "ResourceQuota"


def check_limits(rendering: Rendering, layers: Sequence[Values], kube_version: str) -> list[Finding]:
    """A finding for each bound that refuses pods of a namespace: the manager's, those of jobs, of `helm test`, of extraObjects.

    A quota also has to have room for the jobs that may run at the same time. `file` of a finding without a value is the
    template. What is in the cluster already is not known.
    """
    bounds = [one for one in rendering.documents if one.data.get("kind") in (_LIMIT_RANGE, _QUOTA)]
    if not bounds:
        return []
    spaces = dict.fromkeys(namespace_of(one, rendering.namespace) for one in bounds)
    found: list[tuple[PlacedPod | PlacedClaim | PlacedObject, Refusal]] = []
    for name in spaces:
        within = [one for one in bounds if namespace_of(one, rendering.namespace) == name]
        space = _namespace(name, within, rendering, layers, kube_version)
        found += refused_by_limit_range(space)
        found += refused_by_quota(space)
        found += refused_objects(space)
    return list(to_findings(found, layers))


def _namespace(
    name: str, within: Sequence[Document], rendering: Rendering, layers: Sequence[Values], kube_version: str
) -> LimitedNamespace:
    limit_ranges, quotas = tuple(_of_kind(_LIMIT_RANGE, within)), tuple(_of_kind(_QUOTA, within))
    here = [pod for pod in placed_pods(rendering) if pod.namespace == name]
    known = [(pod, pod.resources([one.data for one in limit_ranges], kube_version)) for pod in here]
    return LimitedNamespace(
        written_values(layers),
        limit_ranges,
        quotas,
        tuple((pod, resources) for pod, resources in known if resources is not None),
        (
            *(claim for claim in placed_claims(rendering) if claim.namespace == name),
            *(claim for pod in here for claim in pod.claims),
        ),
        tuple(one for one in placed_objects(rendering) if one.namespace == name),
    )


def _of_kind(kind: str, within: Sequence[Document]) -> Iterator[Bounds]:
    yield from (Bounds(one, with_defaults(one.data)) for one in within if one.data.get("kind") == kind)
