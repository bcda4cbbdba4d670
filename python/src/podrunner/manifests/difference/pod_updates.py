"""What may change of a Pod, and of the pods of a Job or StatefulSet: the little that the API server lets through.

Source: ValidatePodUpdate of k8s.io/kubernetes/pkg/apis/core/validation, validatePodTemplateUpdate and validateCompletions of
pkg/apis/batch/validation; tests/admission/test_upgrades.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.difference.objects import ABSENT
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.difference.objects import Difference

_IMAGES = ("containers", "initContainers")
# What a pod that names none of them gets when it is made, and when it is changed: DefaultTolerationSeconds.
_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
# Of the pods of a Job that is suspended: where they may run.
_DIRECTIVES = ("nodeSelector", "tolerations", "schedulingGates")
_LABELS = {"labels", "annotations"}
# The feature gate MutablePodResourcesForSuspendedJobs is on from here.
_RESOURCES_OF_SUSPENDED = (1, 36)
# Before this version a StatefulSet keeps its revisionHistoryLimit. Source: https://github.com/kubernetes/kubernetes/issues/130263.
_HISTORY_MAY_CHANGE = (1, 33)


def pod_may(difference: Difference, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a Pod takes a change of its spec. `before` and `after` are the whole Pods."""
    name, *below = difference.parts[1:] or [""]
    was = table(before.get("spec"))
    if name in _IMAGES:
        return difference.parts[-1] == "image"
    if name == "activeDeadlineSeconds":
        # It may be set, and be made shorter.
        new, old = difference.after, difference.before
        return isinstance(new, int) and not (isinstance(old, int) and new > old)
    if name == "tolerations":
        return _keeps_tolerations(was, table(after.get("spec")))
    if name == "schedulingGates":
        return difference.after is ABSENT
    if not was.get("schedulingGates"):
        return False
    # Before it is scheduled, it may be bound to fewer nodes.
    if name == "nodeSelector":
        return difference.before is ABSENT
    return name == "affinity" and _narrows_affinity(difference, below, was)


def pods_of_job_may(difference: Difference, before: Mapping[str, Any], kube_version: str) -> bool:
    """Whether a Job takes a change of spec.template: when it was suspended, of what says where its pods run."""
    spec = table(before.get("spec"))
    if spec.get("suspend") is not True:
        return False
    below = difference.parts[2:]
    if below[:1] == ("metadata",):
        return {*below[1:2]} <= _LABELS and (len(below) > 1 or _keys(difference) <= _LABELS)
    name, *rest = below[1:] or [""]
    if name == "affinity":
        return rest[:1] == ["nodeAffinity"] or (not rest and _keys(difference) <= {"nodeAffinity"})
    return name in _DIRECTIVES or (
        name in _IMAGES and rest[1:2] == ["resources"] and minor_version(kube_version) >= _RESOURCES_OF_SUSPENDED
    )


def completions_may(after: Mapping[str, Any]) -> bool:
    """Whether a Job takes another number of completions: one that is indexed, when parallelism is the same number."""
    spec = table(with_defaults(after).get("spec"))
    return spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")


def history_may(kube_version: str) -> bool:
    """Whether a StatefulSet takes another number of old revisions of its pods."""
    return minor_version(kube_version) >= _HISTORY_MAY_CHANGE


def _keys(difference: Difference) -> set[str]:
    """What the maps of both sides have."""
    return {*table(difference.before), *table(difference.after)}


def _narrows_affinity(difference: Difference, below: list[str], was: Mapping[str, Any]) -> bool:
    if below[:1] != ["nodeAffinity"]:
        return not below and _keys(difference) <= {"nodeAffinity"} and difference.before is ABSENT
    required = table(table(was.get("affinity")).get("nodeAffinity")).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    # Of terms that are there, each may ask for more.
    asks_more = difference.before is ABSENT and {"matchExpressions", "matchFields"} & {*below}
    return (
        not table(required).get("nodeSelectorTerms")
        or below[1:2] == ["preferredDuringSchedulingIgnoredDuringExecution"]
        or bool(asks_more)
    )


def _keeps_tolerations(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> bool:
    """Whether every toleration is still there: others may come, and tolerationSeconds change."""
    old, new = (_tolerations(maps(spec.get("tolerations"))) for spec in (was, is_now))
    return all(one in new for one in old)


def _tolerations(written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All of a pod, with those that it gets anyhow, without their seconds."""
    said = [{key: value for key, value in one.items() if value and key != "tolerationSeconds"} for one in written]
    tolerated = [
        taint
        for taint in _TAINTS
        for one in said
        if one.get("key", taint) == taint and one.get("effect", "NoExecute") == "NoExecute"
    ]
    added = [{"key": taint, "operator": "Exists", "effect": "NoExecute"} for taint in _TAINTS if taint not in tolerated]
    return [*said, *added]
