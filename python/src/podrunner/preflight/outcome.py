"""How a probe pod ended, by its status and events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from podrunner.cluster.pod import describe_events, describe_pod
from podrunner.cluster.rollout import STUCK
from podrunner.explain.diagnosis import examine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.manifests.objects import Object

# Seconds in which a scheduler may still change its mind, and a network still come up.
PATIENCE = 20


class Ending(Enum):
    """STUCK: it will not start. REFUSED: the API server did not take it. GONE: somebody else removed it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STUCK = "stuck"
    LATE = "late"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """How a probe ended and what there is to judge it by; `pod` as the API server had it, `node` where it ran."""

    ending: Ending
    log: str = ""
    pod: Object | None = None
    events: tuple[str, ...] = ()
    message: str = ""
    node: str = ""

    def others(self) -> dict[str, Sequence[str]]:
        """What can explain a failure beside the log, by what to call it."""
        texts: dict[str, Sequence[str]] = {"pod": describe_pod(self.pod) if self.pod else (), "event": self.events}
        return {name: lines for name, lines in {**texts, "admission": [self.message]}.items() if any(lines)}


def find_ending(pod: Object, events: Sequence[Object], waited: float) -> Ending | None:
    """How a pod ended; None while it may still come to something. `waited` is in seconds."""
    status = pod.get("status") or {}
    if status.get("reason") == "DeadlineExceeded":
        return Ending.LATE
    if status.get("phase") in {"Succeeded", "Failed"}:
        return Ending(status["phase"].lower())
    reasons = set(_waiting(status))
    # While a sandbox is made anew, a container is missing the old one: that ends with the new sandbox.
    passing = {"CreateContainerConfigError", "CreateContainerError" if _about_sandboxes(events) else ""}
    if reasons & (STUCK - passing):
        return Ending.STUCK
    unscheduled = any(condition.get("reason") == "Unschedulable" for condition in status.get("conditions") or [])
    if waited > PATIENCE and (unscheduled or reasons & passing):
        return Ending.STUCK
    # The kubelet tries a sandbox again for ever; a cause that is known by name will not go away.
    if not reasons - {"ContainerCreating", "PodInitializing"} and _names_a_cause(events):
        return Ending.STUCK
    return None


def telling_events(events: Sequence[Object], ending: Ending) -> tuple[str, ...]:
    """Lines of the events that can explain an ending: a pod whose container ended has got over its sandbox's failures."""
    past = _about_sandboxes(events) if ending in {Ending.SUCCEEDED, Ending.FAILED} else []
    return tuple(describe_events(event for event in events if event not in past))


def _about_sandboxes(events: Sequence[Object]) -> list[Object]:
    return [event for event in events if event.get("reason") == "FailedCreatePodSandBox"]


def _waiting(status: Object) -> Iterator[str]:
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind) or []:
            if waiting := (container.get("state") or {}).get("waiting"):
                yield str(waiting.get("reason"))


def _names_a_cause(events: Sequence[Object]) -> bool:
    lines = describe_events(_about_sandboxes(events))
    found = examine([], others={"event": lines}).cause if lines else None
    return found is not None and found.id not in {"sandbox", "container-start"}
