"""What is kept of a smoke that failed: a folder with everything somebody needs to see why, without secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.diagnose.pod import containers_of
from podrunner.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from podrunner.diagnose.censor import Censor
    from podrunner.smoke.api import Api, Object

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Evidence:
    """A folder that is made when the first file is written into it."""

    def __init__(self, folder: Path, censor: Censor) -> None:
        self.folder = folder
        self.censor = censor
        self.problems: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Writes a file, without secrets."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _ESCAPES.sub("", text) if name.endswith(".log") else text
        (self.folder / name).write_text(self.censor.clean(text), encoding="utf-8")

    def write_yaml(self, name: str, objects: Iterable[Object]) -> None:
        """Writes objects as YAML documents; none make no file."""
        import yaml

        documents = [_without_managed_fields(item) for item in objects]
        if documents:
            self.write(name, yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True))

    def gather(self, what: str, write: Callable[[], None]) -> None:
        """Calls `write`; that it fails is noted, since the rest is wanted all the same."""
        try:
            write()
        except (PodrunnerError, OSError, KeyError) as error:
            self.problems.append(f"{what}: {error}")


def keep_file(evidence: Evidence, file: Path, name: str) -> None:
    """Copies a file into the evidence, if it is there."""
    if file.is_file():
        evidence.write(name, file.read_text(encoding="utf-8", errors="replace"))


def gather_namespace(evidence: Evidence, api: Api, namespace: str, prefix: str = "") -> None:
    """Events, pods and their logs of a namespace; file names begin with `prefix`."""
    evidence.gather("events", lambda: evidence.write(f"{prefix}events.txt", _events(api, namespace)))
    evidence.gather("pods", lambda: evidence.write_yaml(f"{prefix}pods.yaml", api.list("Pod", namespace)))
    evidence.gather("logs", lambda: _write_logs(evidence, api, namespace, prefix))


def gather_nodes(evidence: Evidence, api: Api) -> None:
    """What is known of the nodes: versions, kernel, runtime, conditions, resources."""
    evidence.gather("nodes", lambda: evidence.write_yaml("nodes.yaml", map(_node_facts, api.list("Node"))))


def _events(api: Api, namespace: str) -> str:
    events = sorted(api.list("Event", namespace), key=_event_time)
    lines = [
        f"{_event_time(event)}  {event.get('type', '')}  {event.get('reason', '')}  "
        f"{event['involvedObject'].get('kind', '')}/{event['involvedObject'].get('name', '')}  {event.get('message', '')}"
        for event in events
    ]
    return "\n".join([*lines, ""])


def _event_time(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or "")


def _write_logs(evidence: Evidence, api: Api, namespace: str, prefix: str) -> None:
    for pod in api.list("Pod", namespace):
        name = pod["metadata"]["name"]
        labels = pod["metadata"].get("labels") or {}
        for container in containers_of(pod):
            # `manager`, `stand-in`, `registry`; other pods by their name.
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
