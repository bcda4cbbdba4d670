"""What is kept of a smoke that failed: a folder with everything somebody needs to see why, without secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.findings.errors import PodrunnerError
from podrunner.manifests.objects import containers_of
from podrunner.secrets.redact import redact_data
from podrunner.smoke.job import is_of_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from podrunner.cluster.api import Api
    from podrunner.manifests.objects import Object
    from podrunner.secrets.redact import Redactor
    from podrunner.smoke.job import JobRun

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class EvidenceFolder:
    """A folder that is made when the first file is written into it."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        self.folder = folder
        self.redactor = redactor
        self.problems: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Writes a file, without secrets."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _ESCAPES.sub("", text) if name.endswith(".log") else text
        (self.folder / name).write_text(self.redactor.redact(text), encoding="utf-8")

    def write_yaml(self, name: str, objects: Iterable[Object]) -> None:
        """Writes objects as YAML documents; none make no file."""
        import yaml

        documents = [redact_data(_without_managed_fields(item)) for item in objects]
        if documents:
            self.write(name, yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True))

    def gather(self, what: str, write: Callable[[], None]) -> None:
        """Calls `write`; that it fails is noted, since the rest is wanted all the same."""
        try:
            write()
        except (PodrunnerError, OSError, KeyError) as error:
            self.problems.append(self.redactor.redact(f"{what}: {error}"))


def keep_file(evidence: EvidenceFolder, file: Path, name: str) -> None:
    """Copies a file into the evidence, if it is there."""
    if file.is_file():
        evidence.write(name, file.read_text(encoding="utf-8", errors="replace"))


@dataclass(frozen=True, slots=True)
class Own:
    """What is a trial's own where others have pods, too: all that is named with its `word`, and its job's pods."""

    word: str
    run: JobRun

    def pod(self, pod: Object) -> bool:
        """Whether a pod is the trial's."""
        instance = (pod["metadata"].get("labels") or {}).get("app.kubernetes.io/instance", "")
        return self.word in instance or is_of_job(pod, self.run.job_id)

    def event(self, event: Object, pods: Iterable[Object]) -> bool:
        """Whether an event is about something of the trial's; `pods` are those that are there."""
        name = event["involvedObject"].get("name", "")
        return self.word in name or name in {*self.run.pods, *(pod["metadata"]["name"] for pod in pods)}


def gather_namespace(
    evidence: EvidenceFolder, api: Api, namespace: str, prefix: str = "", own: Own | None = None
) -> None:
    """Events, pods and their logs of a namespace, only the trial's `own` if given; file names begin with `prefix`."""
    pods: list[Object] = []
    evidence.gather("pods", lambda: pods.extend(_pods(api, namespace, own)))
    evidence.write_yaml(f"{prefix}pods.yaml", pods)
    evidence.gather("events", lambda: evidence.write(f"{prefix}events.txt", _events(api, namespace, pods, own)))
    evidence.gather("logs", lambda: _write_logs(evidence, api, pods, prefix))


def gather_nodes(evidence: EvidenceFolder, api: Api) -> None:
    """What is known of the nodes: versions, kernel, runtime, conditions, resources."""
    evidence.gather("nodes", lambda: evidence.write_yaml("nodes.yaml", map(_node_facts, api.list("Node"))))


def _pods(api: Api, namespace: str, own: Own | None) -> list[Object]:
    return [pod for pod in api.list("Pod", namespace) if own is None or own.pod(pod)]


def _events(api: Api, namespace: str, pods: list[Object], own: Own | None) -> str:
    wanted = [event for event in api.list("Event", namespace) if own is None or own.event(event, pods)]
    events = sorted(wanted, key=_event_time)
    lines = [
        f"{_event_time(event)}  {event.get('type', '')}  {event.get('reason', '')}  "
        f"{event['involvedObject'].get('kind', '')}/{event['involvedObject'].get('name', '')}  {event.get('message', '')}"
        for event in events
    ]
    return "\n".join([*lines, ""])


def _event_time(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or "")


def _write_logs(evidence: EvidenceFolder, api: Api, pods: Iterable[Object], prefix: str) -> None:
    for pod in pods:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        labels = pod["metadata"].get("labels") or {}
        for container in containers_of(pod):
            # `manager`, `stand-in`, `registry`, `push-registry`; other pods by their name.
            role = container["name"] if labels.get("app.kubernetes.io/name") else f"{name}-{container['name']}"
            evidence.write(f"{prefix}{role}.log", api.logs(namespace, name, container["name"]))


def _node_facts(node: Object) -> Object:
    status = node.get("status") or {}
    return {
        "name": node["metadata"]["name"],
        "labels": node["metadata"].get("labels"),
        "taints": node["spec"].get("taints"),
        "nodeInfo": status.get("nodeInfo"),
        "capacity": status.get("capacity"),
        "allocatable": status.get("allocatable"),
        "conditions": status.get("conditions"),
        "runtimeHandlers": status.get("runtimeHandlers"),
        "features": status.get("features"),
    }


def _without_managed_fields(item: Object) -> Object:
    metadata = item.get("metadata")
    if not isinstance(metadata, dict):
        return item
    return item | {"metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
