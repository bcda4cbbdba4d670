"""Runs probe pods, a few at a time, and removes each one when it has told what it knows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podrunner.cluster.api import ApiError
from podrunner.cluster.interruption import deferred
from podrunner.findings.errors import PodrunnerError
from podrunner.preflight.facts import ANY_NODE
from podrunner.preflight.job import OWNER, made_by, probe_pod
from podrunner.preflight.outcome import Ending, ProbeOutcome, find_ending, telling_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podrunner.cluster.api import Api
    from podrunner.cluster.removal import Removals
    from podrunner.manifests.objects import Object
    from podrunner.preflight.connection import Target
    from podrunner.preflight.job import ProbeJob

_INTERVAL = 0.5
_SECONDS_TO_GO = 60
_NO_LOG = "[no log"


@dataclass(frozen=True, slots=True)
class Probe:
    """A candidate to be tried on a node, or on any."""

    job: ProbeJob
    node: str


@dataclass(slots=True)
class _Running:
    probe: Probe
    name: str
    since: float = field(default_factory=time.monotonic)


class Prober:
    """Makes pods in one namespace. Every pod is noted in `removals` before it is made."""

    def __init__(self, api: Api, target: Target, run: str, timeout: float) -> None:
        """`run` makes names and labels unique, `timeout` is what one pod gets, in seconds."""
        self._api = api
        self._target = target
        self._run = run
        self._timeout = timeout
        self._names: list[str] = []
        self._made = 0

    def note(self, removals: Removals) -> None:
        """Has everything removed that will be made."""
        command = f"{self._target.kubectl()} delete pods --selector {made_by(self._run)}"
        removals.add("the probe pods", self._remove_all, command)

    def run(self, probes: Sequence[Probe], at_once: int, ended: Callable[[Probe, ProbeOutcome], None]) -> None:
        """Runs probes, so many at once; `ended` is told how each ended. Raises ApiError when the cluster is gone."""
        waiting, running, again = list(probes), list[_Running](), list[Probe]()
        while waiting or running:
            while waiting and len(running) < at_once:
                probe = waiting.pop(0)
                refused = self._start(probe, running)
                if refused:
                    ended(probe, refused)
            for one in list(running):
                if outcome := self._look(one):
                    running.remove(one)
                    self._api.delete("Pod", one.name, self._target.namespace, grace=0)
                    # Every probe tells about itself first: one that said nothing never began, and a node may hiccup.
                    if outcome.ending is Ending.FAILED and not outcome.log and one.probe not in again:
                        again.append(one.probe)
                        waiting.append(one.probe)
                    else:
                        ended(one.probe, outcome)
            if running:
                time.sleep(_INTERVAL)

    def _start(self, probe: Probe, running: list[_Running]) -> ProbeOutcome | None:
        """Makes the pod; how that ended when it was refused."""
        self._made += 1
        name = f"{OWNER}-{self._run}-{self._made}"
        pod = probe_pod(probe.job, name, self._run, _wanted(probe.node), int(self._timeout))
        try:
            # An interruption in the middle could leave a pod that nobody knows of.
            with deferred():
                self._names.append(name)
                self._api.create(pod)
        except ApiError as error:
            if error.status == 0:
                raise
            return ProbeOutcome(Ending.REFUSED, message=str(error), node=probe.node)
        running.append(_Running(probe, name))
        return None

    def _look(self, one: _Running) -> ProbeOutcome | None:
        pod = self._api.find("Pod", one.name, self._target.namespace)
        if pod is None:
            return ProbeOutcome(Ending.GONE, node=one.probe.node)
        waited = time.monotonic() - one.since
        # Events cost a request, and are of use only where nothing else tells.
        is_running = (pod.get("status") or {}).get("phase") == "Running"
        events = [] if is_running else self._events(one.name)
        ending = find_ending(pod, events, waited)
        if ending is None and waited > self._timeout:
            ending = Ending.LATE
        if ending is None:
            return None
        node = str(pod["spec"].get("nodeName") or one.probe.node)
        return ProbeOutcome(ending, self._log(pod), pod, telling_events(events, ending), node=node)

    def _events(self, name: str) -> list[Object]:
        try:
            return self._api.list("Event", self._target.namespace, fields=f"involvedObject.name={name}")
        except ApiError as error:
            if error.status == 0:
                raise
            return []

    def _log(self, pod: Object) -> str:
        metadata = pod["metadata"]
        log = self._api.logs(metadata["namespace"], metadata["name"], pod["spec"]["containers"][0]["name"])
        return "" if log.startswith(_NO_LOG) else log

    def _remove_all(self) -> None:
        """Removes what is left and waits until it is gone. Raises PodrunnerError when it does not go."""
        for name in self._names:
            self._api.delete("Pod", name, self._target.namespace, grace=0)
        deadline = time.monotonic() + _SECONDS_TO_GO
        left = self._names
        while left := [name for name in left if self._api.find("Pod", name, self._target.namespace)]:
            if time.monotonic() > deadline:
                raise PodrunnerError(f"pods {', '.join(left)} do not go away")
            time.sleep(_INTERVAL)


def _wanted(node: str) -> str:
    return "" if node == ANY_NODE else node
