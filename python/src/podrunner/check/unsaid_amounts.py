"""Pods whose containers do not say the amounts that a ResourceQuota counts, with all that is to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.manifests.admission.quota import measured, unsaid
from podrunner.manifests.admission.resources import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.check.hard import Hard
    from podrunner.check.placed_pods import PlacedPod
    from podrunner.check.refusals import Refusal
    from podrunner.manifests.admission.resources import PodResources

    # Each of what is counted, with the containers that do not say it.
    Unsaid = Sequence[tuple[Hard, list[str]]]


def refused_as_unsaid(
    hards: Sequence[Hard], counted: Sequence[tuple[PlacedPod, PodResources]]
) -> Iterator[tuple[PlacedPod, Refusal]]:
    """Every pod that says less than a quota counts, once, at the first amount that it lacks."""
    for pod, resources in counted:
        found = [(hard, silent) for hard in hards if (silent := unsaid(hard.name, resources))]
        if found:
            yield pod, _refusal(pod, found)


def _refusal(pod: PlacedPod, found: Unsaid) -> Refusal:
    first = found[0][0]
    names = [hard.name for hard, _ in found]
    what = ", ".join([first.called, *names[1:]])
    amounts: dict[str, list[str]] = {}
    for hard, silent in found:
        amounts.setdefault(", ".join(silent), []).append(f"a {_amount(hard)}")
    clauses = "; ".join(
        f"every container needs {_all_of(needed)} then, and there {'is' if len(needed) == 1 else 'are'} none of {silent}"
        for silent, needed in amounts.items()
    )
    return first.refusal(f"{what}: {clauses}", _remedy(pod, found), about=" ".join(names[1:]))


def _all_of(words: Sequence[str]) -> str:
    """None is left out: who writes one of them is asked for no other one afterwards."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _amount(hard: Hard) -> str:
    part, resource = measured(hard.name) or ("", "")
    return f"{resource} {part[:-1]}"


def _remedy(pod: PlacedPod, found: Unsaid) -> str:
    keys: dict[str, None] = {}
    defaults: dict[str, None] = {}
    for hard, silent in found:
        part, resource = measured(hard.name) or ("", "")
        default = "default" if part == LIMITS else "defaultRequest"
        defaults[f"{default}.{resource}"] = None
        of_job = [str(pod.keys(one, part, resource)[0][-1]) for one in silent] if pod.is_of_job else []
        keys |= dict.fromkeys(of_job or [f"{part}.{resource}"])
    where = "the runner's config.kubernetes" if pod.is_of_job else "the container's resources"
    return f"Set {_all_of([*keys])} in {where}, or give containers a {_all_of([*defaults])} by a LimitRange."
