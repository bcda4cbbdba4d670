"""How many pods a rollout may take away or add: one of both has to be possible.

Source: k8s.io/kubernetes/pkg/apis/apps/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

# Seconds until a Deployment that makes no progress has failed, where it does not say.
_PROGRESS = 600


def deployment_faults(data: Mapping[str, Any]) -> Faults:
    """What of a Deployment is refused."""
    spec = table(data.get("spec"))
    rolling = table(table(spec.get("strategy")).get("rollingUpdate"))
    if _is_none(rolling.get("maxSurge")) and _is_none(rolling.get("maxUnavailable")):
        at = "spec.strategy.rollingUpdate.maxUnavailable"
        yield FieldFault(at, "must not be 0 where maxSurge is 0: no pod could ever be replaced")
    ready, progress = spec.get("minReadySeconds"), spec.get("progressDeadlineSeconds")
    most = _PROGRESS if progress is None else progress
    if isinstance(ready, int) and isinstance(most, int) and 0 <= most <= ready:
        at = "spec.progressDeadlineSeconds"
        yield FieldFault(at, f"must be more than minReadySeconds, which is {ready}", most)


def daemon_set_faults(data: Mapping[str, Any]) -> Faults:
    """What of a DaemonSet is refused: it takes away pods, or adds them, and not both."""
    rolling = table(table(table(data.get("spec")).get("updateStrategy")).get("rollingUpdate"))
    surge, unavailable = rolling.get("maxSurge", 0), rolling.get("maxUnavailable", 1)
    surge, unavailable = 0 if surge is None else surge, 1 if unavailable is None else unavailable
    if _is_none(surge) and _is_none(unavailable):
        at = "spec.updateStrategy.rollingUpdate.maxUnavailable"
        yield FieldFault(at, "must not be 0 where maxSurge is 0: no pod could ever be replaced")
    if _is_some(surge) and _is_some(unavailable):
        at = "spec.updateStrategy.rollingUpdate.maxSurge"
        yield FieldFault(at, f"must be 0 where maxUnavailable is not, which is {unavailable}", surge)


def _is_none(value: Any) -> bool:
    """Whether it is 0, or 0 percent."""
    text = str(value).removesuffix("%")
    return text.isdecimal() and int(text) == 0


def _is_some(value: Any) -> bool:
    """Whether it is more, and a number or share at all, which the schema asks for."""
    text = str(value).removesuffix("%")
    return text.isdecimal() and int(text) > 0
