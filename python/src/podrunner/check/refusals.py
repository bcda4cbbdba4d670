"""LimitRanges and quotas of a namespace beside the pods in it, and what is said of a pod that they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.check.placed_pods import ANY_JOB
from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted
from podrunner.findings.suggest import listed
from podrunner.values.places import locate
from podrunner.values.search import find_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podrunner.check.placed_pods import PlacedClaim, PlacedObject, PlacedPod
    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule
    from podrunner.findings.severity import Severity
    from podrunner.formats.placed import Values
    from podrunner.manifests.admission.resources import PodResources
    from podrunner.manifests.objects import Object
    from podrunner.manifests.rendering import Document

# How a sentence goes on that ends with those whose pods they are.
REFUSED, REFUSED_CLAIMS = "so that Kubernetes refuses the pods of", "so that Kubernetes refuses claims of"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A LimitRange or a ResourceQuota: `data` is the object with the defaults of the API server."""

    document: Document
    data: Object

    def written(self, values: Mapping[str, Any], amount: object, field: str) -> Path | None:
        """Where the values say an amount of it; `field` are words for what it is."""
        words = f"{self.document.template}.{field}"
        found = find_value(dict(values), amount, words)
        # What a quota counts has dots in its name, and the end of it is that of the key.
        return found if found and str(found[-1]) == field.split(" ")[-1] else None


@dataclass(frozen=True, slots=True)
class LimitedNamespace:
    """A namespace with LimitRanges or quotas of the release, and what of the release and its jobs is in it.

    `pods` are with their amounts, defaults of the LimitRanges filled in; a pod that says what is not an amount is not there.
    """

    values: Mapping[str, Any]
    limit_ranges: tuple[Bounds, ...]
    quotas: tuple[Bounds, ...]
    pods: tuple[tuple[PlacedPod, PodResources], ...]
    claims: tuple[PlacedClaim, ...]
    objects: tuple[PlacedObject, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why pods are refused: `what` and `remedy` are sentences around the names of those whose pods they are.

    `field` is the path in the object that has the bound, of `template` where it is rendered; `path` is that of the value
    that is at fault. `about` is what tells it from others there: why containers are beyond it, or all that a quota asks for; may be empty.
    """

    rule: Rule
    object: str
    template: str
    field: str
    path: Path | None
    what: str
    effect: str
    remedy: str
    severity: Severity
    about: str = ""

    def finding(self, who: Iterable[str], layers: Sequence[Values]) -> Finding:
        """At the value, else at the object."""
        message = f"{self.what}, {self.effect} {listed(who)}. {self.remedy}"
        if self.path:
            return locate(
                Finding(self.rule, message, path=dotted(self.path), severity=self.severity), layers, self.path
            )
        return Finding(
            self.rule, message, object=self.object, path=self.field, file=self.template, severity=self.severity
        )


def to_findings(
    refusals: Iterable[tuple[PlacedPod | PlacedClaim | PlacedObject, Refusal]], layers: Sequence[Values]
) -> Iterator[Finding]:
    """One for each reason, with all whom it is true of.

    What is so for every job is not said again of those with a service, and of the pod of `helm test` in the same sentence.
    """
    found: dict[tuple[object, ...], tuple[Refusal, list[str]]] = {}
    told: dict[tuple[str, ...], list[str]] = {}
    for placed, refusal in refusals:
        place = (str(refusal.rule), refusal.object, refusal.field, refusal.about)
        if placed.repeats and (*place, placed.repeats) in told:
            who = told[(*place, placed.repeats)]
            who += [] if placed.is_of_job or placed.who in who else [placed.who]
            continue
        _, who = found.setdefault((place[:-1], refusal.path, refusal.what, refusal.remedy), (refusal, []))
        # Two of its containers may have one key.
        who += [] if placed.who in who else [placed.who]
        told[(*place, placed.who)] = who
        if placed.is_of_job:
            told.setdefault((*place, ANY_JOB), who)
    for refusal, who in found.values():
        yield refusal.finding(who, layers)
