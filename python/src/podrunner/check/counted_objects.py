"""Objects of a release, and what GitLab Runner makes beside the pod of a job, for which a quota has no room."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from podrunner.check.hard import hard_amounts
from podrunner.check.quotas import refused_together
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import listed
from podrunner.manifests.admission.quota import counts_claims, object_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.check.hard import Hard
    from podrunner.check.placed_pods import PlacedObject, PlacedPod
    from podrunner.check.refusals import LimitedNamespace, Refusal
    from podrunner.manifests.objects import Object

    Refused = Iterator[tuple[PlacedObject | PlacedPod, Refusal]]


# With each job, GitLab sends a login of its own registry, where that is on: the runner makes a Secret of it.
_LOGIN: Object = {"apiVersion": "v1", "kind": "Secret"}


def refused_objects(space: LimitedNamespace) -> Refused:
    """Every object of a kind of which a quota counts fewer than there are, then the jobs that make more of them."""
    for bounds in space.quotas:
        # Scopes are of pods.
        for hard in hard_amounts(bounds, space.values) if counts_claims(bounds.data) else ():
            shares = [(one, object_usage(one.data).get(hard.name, Decimal(0))) for one in space.objects]
            counted = [(one, amount) for one, amount in shares if amount]
            used = sum((amount for _, amount in counted), Decimal(0))
            if used > hard.most:
                for one, _ in counted:
                    yield one, _of_release(hard, used)
            else:
                refused = [*_of_jobs(hard, used, space)]
                yield from refused or _of_all_jobs(hard, used, space)


def _of_release(hard: Hard, used: Decimal) -> Refusal:
    what = f"{hard.called}: {hard.raw} is less than {hard.shown(used)}, which the release has of it"
    remedy = f"Write {hard.shown(used)} and what jobs need, or more."
    return hard.refusal(what, remedy, effect="so that Kubernetes refuses one of")


def _of_jobs(hard: Hard, used: Decimal, space: LimitedNamespace) -> Refused:
    for pod, _ in space.pods:
        amounts = [(one, object_usage(one).get(hard.name, Decimal(0))) for one in pod.made]
        made = [(one, amount) for one, amount in amounts if amount]
        need = used + sum((amount for _, amount in made), Decimal(0))
        if not made or need <= hard.most:
            continue
        kinds = listed(dict.fromkeys(str(one["kind"]) for one, _ in made))
        # GitLab sends a login with a job where its own registry is on.
        is_of_some = kinds == "Secret"
        job = "a job with a login of a registry" if is_of_some else "a job"
        what = f"{hard.called}: {hard.raw} is less than {hard.shown(need)}, which {job} and the release have of it"
        severity = Severity.WARNING if is_of_some else Severity.ERROR
        effect = f"so that Kubernetes refuses the {kinds} of"
        yield pod, hard.refusal(what, f"Write {hard.shown(need)} or more.", severity, effect=effect)


def _of_all_jobs(hard: Hard, used: Decimal, space: LimitedNamespace) -> Refused:
    """The runners whose jobs, as many as may run at the same time, make more than there is room for."""
    crowd: list[tuple[PlacedPod, Decimal]] = []
    kinds: dict[str, None] = {}
    for pod, _ in space.pods:
        has_login = any(one["kind"] == _LOGIN["kind"] for one in pod.made)
        made = [*pod.made, *([] if has_login else [_LOGIN])] if pod.most_jobs else []
        counted = {str(one["kind"]): object_usage(one).get(hard.name, Decimal(0)) for one in made}
        need = sum((object_usage(one).get(hard.name, Decimal(0)) for one in made), Decimal(0))
        if need:
            crowd.append((pod, need))
            kinds |= dict.fromkeys(kind for kind, amount in counted.items() if amount)
    standing = replace(hard, standing={"the release": used} if used else {})
    # A Secret is made for a login.
    what = "Secrets with a login of a registry," if [*kinds] == ["Secret"] else f"objects ({listed(kinds)})"
    yield from refused_together(standing, crowd, effect=f"so that Kubernetes refuses further {what} of")
