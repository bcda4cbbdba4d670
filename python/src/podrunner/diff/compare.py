"""Both sides of a case rendered, and what differs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from podrunner.diff.crds import changed_crds
from podrunner.diff.entry import ComparedCase, Consequence, DiffEntry, group
from podrunner.diff.immutable import why_immutable
from podrunner.diff.refusals import refusals
from podrunner.diff.report import Comparison
from podrunner.diff.unsteady import is_unsteady, unsteady_fields
from podrunner.diff.widening import lowers_level, widenings, widens_constraints
from podrunner.findings.errors import RenderError, ValuesError
from podrunner.manifests.difference.objects import ABSENT, differences, identity_of
from podrunner.manifests.difference.stored import as_stored
from podrunner.manifests.objects import table
from podrunner.manifests.rendering import Rendering
from podrunner.runner.advisories import advisory_of_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from podrunner.cases.case import Case
    from podrunner.diff.pair import Pair
    from podrunner.diff.side import Side
    from podrunner.manifests.difference.objects import Difference

    Render = Callable[[Case], Rendering]

# kube.Client.update of Helm says "no … with the name … found" before these versions, which take over what is in the cluster.
_KEPT = (
    "It stays in the cluster (helm.sh/resource-policy: keep): delete it once nothing needs it. Until then `helm rollback` and "
    "--atomic fail with Helm before 3.22, 4.0 and 4.1: upgrade with the values of before instead."
)
_SCALED = (
    "Rendered without the cluster, as here, it drops to 1 at once, until {} raises it. `helm upgrade` of a chart that looks the "
    "number up, as podrunner does, keeps it."
)
_WORKLOADS = {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")}


def compare_all(pairs: Iterable[Pair], sides: tuple[Side, Side], renders: tuple[Render, Render]) -> Comparison:
    """What differs in every case, the same change of many cases once; each side has its way to render, always anew."""
    outcomes = [compare(pair, sides, renders) for pair in pairs]
    names = tuple(one.case for one in outcomes)
    refused = {one.case: one.refusal for one in outcomes if one.refusal}
    unsteady = tuple(dict.fromkeys(name for one in outcomes for name in one.unsteady))
    crds = changed_crds(sides[0].chart, sides[1].chart)
    return Comparison(sides[0].label, sides[1].label, names, refused, tuple(group(outcomes)), unsteady, crds)


def compare(pair: Pair, sides: tuple[Side, Side], renders: tuple[Render, Render]) -> ComparedCase:
    """What differs in one case. Never raises for what is wrong with values or chart."""
    old, new = (
        _rendered(case, side, render) if case else pair.lacking
        for case, side, render in zip((pair.old, pair.new), sides, renders, strict=True)
    )
    case = pair.new or pair.old
    if case is None or (isinstance(old, str) and isinstance(new, str)):
        # What is on one side only is refused by that one.
        reasons = [one for one in (new, old) if isinstance(one, str) and one != pair.lacking]
        return ComparedCase(pair.name, refusal=reasons[0] if reasons else pair.lacking)
    fullname = case.release if sides[1].name in case.release else f"{case.release}-{sides[1].name}"
    found = _entries(old, new, sides, case.kube_version)
    left = _steady(found, pair, (old, new), renders)
    unsteady = tuple(f"{one.subject}: {one.path}".removesuffix(": ") for one in found if one not in left)
    return ComparedCase(pair.name, tuple(left), fullname, sides[1].name, unsteady=unsteady)


def _steady(
    found: list[DiffEntry],
    pair: Pair,
    rendered: tuple[Rendering | str, Rendering | str],
    renders: tuple[Render, Render],
) -> list[DiffEntry]:
    """The entries without what differs whenever it is rendered. Only where something differs, all is rendered again."""
    if not found:
        return found
    again = [
        (first, render(case))
        for first, case, render in zip(rendered, (pair.old, pair.new), renders, strict=True)
        if case and isinstance(first, Rendering)
    ]
    fields = unsteady_fields(again)
    namespace = again[-1][0].namespace if again else ""
    return [one for one in found if not is_unsteady(one, fields, namespace)] if fields else found


def _rendered(case: Case, side: Side, render: Render) -> Rendering | str:
    """A rendering, or the sentence with which schema or chart refuse the values."""
    try:
        return render(case)
    except (RenderError, ValuesError) as error:
        return f"refused by {side.label}: {error.reason}"


def _entries(
    old: Rendering | str, new: Rendering | str, sides: tuple[Side, Side], kube_version: str
) -> list[DiffEntry]:
    if isinstance(old, Rendering) and isinstance(new, Rendering):
        namespace = new.namespace
        before = {identity_of(one.data).within(namespace): one.data for one in old.documents}
        after = {identity_of(one.data).within(namespace): one.data for one in new.documents}
        complete = partial(_as_kept, namespace=namespace, kube_version=kube_version)
        found = differences(before.values(), after.values(), namespace, complete)
        scaled = _autoscalers(after.values())
        entries = []
        for one in found:
            identity = one.identity.within(namespace)
            refused = why_immutable(one, before.get(identity, {}), after.get(identity, {}), kube_version)
            entries.append(_entry(one, refused, scaled))
        changed = {one.identity.within(namespace) for one in found}
        return [*entries, *refusals(old, new, changed, kube_version), *widenings(old, new, kube_version)]
    reason, other = (old, sides[1]) if isinstance(old, str) else (new, sides[0])
    return [DiffEntry(Consequence.CASE, "", f"{reason} {other.label} renders it.")]


def _as_kept(item: Mapping[str, Any], namespace: str, kube_version: str) -> Mapping[str, Any]:
    """An object as the API server would keep it; Helm puts what names no namespace into that of the release."""
    kept = as_stored(item, kube_version)
    if table(kept.get("metadata")).get("namespace") == namespace:
        del kept["metadata"]["namespace"]
    return kept


def _autoscalers(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """`KIND/NAME` of what is scaled → the same of its HorizontalPodAutoscaler."""
    scalers = [one for one in items if one.get("kind") == "HorizontalPodAutoscaler"]
    targets = [table(table(one.get("spec")).get("scaleTargetRef")) for one in scalers]
    return {
        f"{target.get('kind')}/{target.get('name')}": f"HorizontalPodAutoscaler/{table(one.get('metadata')).get('name')}"
        for one, target in zip(scalers, targets, strict=True)
    }


def _loses_replicas(difference: Difference) -> bool:
    """Whether a number of pods above 1 is not said any more."""
    return (
        difference.parts == ("spec", "replicas") and difference.after in (ABSENT, 1) and difference.before not in (0, 1)
    )


def _entry(difference: Difference, advice: str, scaled: Mapping[str, str]) -> DiffEntry:
    """`advice` says why it cannot be applied, empty when it can; for `scaled` see `_autoscalers`."""
    if _is_kept(difference):
        return DiffEntry(Consequence.OTHER, difference.object, difference.text, difference, _KEPT)
    scaler = scaled.get(difference.object)
    if scaler and _loses_replicas(difference):
        return DiffEntry(Consequence.RESTART, difference.object, difference.text, difference, _SCALED.format(scaler))
    consequence = Consequence.OTHER
    if advice:
        consequence = Consequence.IMMUTABLE
    elif _ends_pods(difference):
        consequence = Consequence.RESTART
    elif widens_constraints(difference) or lowers_level(difference):
        consequence = Consequence.WIDER
    return DiffEntry(consequence, difference.object, difference.text, difference, advice or _advisory(difference))


def _advisory(difference: Difference) -> str:
    """What is known of a release of GitLab Runner that an image comes to be of, or no longer is of."""
    if not difference.parts or difference.parts[-1] not in ("image", "helper_image"):
        return ""
    if why := advisory_of_image(str(difference.after)):
        return why
    why = advisory_of_image(str(difference.before))
    return f"It ends the use of a release: {why}" if why and difference.after is not ABSENT else ""


def _is_kept(difference: Difference) -> bool:
    """Whether an upgrade leaves in the cluster what the chart makes no more."""
    if difference.parts or difference.after is not ABSENT:
        return False
    annotations = table(table(difference.before.get("metadata")).get("annotations"))
    return annotations.get("helm.sh/resource-policy") == "keep"


def _ends_pods(difference: Difference) -> bool:
    """Whether pods of a workload are replaced, or end with it."""
    if (difference.identity.group, difference.identity.kind) not in _WORKLOADS:
        return False
    return difference.parts[:2] == ("spec", "template") or (not difference.parts and difference.after is ABSENT)
