"""Waits for nodes, a Deployment or a StatefulSet, and says why when it will never be ready, instead of waiting until the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.api import Api
    from podrunner.manifests.objects import Object

# Seconds that a Deployment may take: images may have to be pulled on a slow line.
TIMEOUT = 300
# A container that waits for one of these does not start by itself.
STUCK = frozenset(
    [
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    ]
)
# Seconds in which a scheduler may still change its mind, and a Secret that a pod needs may still appear.
_PATIENCE = 15
_INTERVAL = 0.5


class RolloutError(PodrunnerError):
    """A Deployment or a node does not get ready; the text says why."""


def wait_for_nodes(api: Api, timeout: float = TIMEOUT) -> None:
    """Returns once each node is ready. Raises RolloutError that names those which are not after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while waiting := [node["metadata"]["name"] for node in api.list("Node") if not _is_ready(node)]:
        if time.monotonic() > deadline:
            raise RolloutError(f"not ready after {timeout:.0f} s: {', '.join(waiting)}.")
        time.sleep(_INTERVAL)


def _is_ready(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return any((one["type"], one["status"]) == ("Ready", "True") for one in conditions)


def wait_for_deployment(
    api: Api, namespace: str, name: str, timeout: float = TIMEOUT, kind: str = "Deployment"
) -> None:
    """Returns once a replica of the Deployment, or of a StatefulSet, is ready.

    Raises RolloutError: an image that cannot be pulled, a crash (with the last lines of its log), a pod that is refused
    or cannot be placed; or, after `timeout` seconds, what the pods wait for.
    """
    start = time.monotonic()
    while True:
        deployment = api.get(kind, name, namespace)
        if (deployment.get("status") or {}).get("readyReplicas"):
            return
        waited = time.monotonic() - start
        pods = _pods(api, namespace, deployment)
        reasons = [
            *_refusals(api, namespace, deployment),
            *(why for pod in pods for why in _obstacles(api, pod, waited)),
        ]
        if reasons:
            raise RolloutError(f"{name}: {reasons[0]}")
        if waited > timeout:
            raise RolloutError(f"{name}: not ready after {timeout:.0f} s: {_waits_for(pods)}.")
        time.sleep(_INTERVAL)


def _pods(api: Api, namespace: str, deployment: Object) -> list[Object]:
    labels = deployment["spec"]["selector"]["matchLabels"]
    return api.list("Pod", namespace, ",".join(f"{key}={value}" for key, value in labels.items()))


def _refusals(api: Api, namespace: str, deployment: Object) -> Iterator[str]:
    """What the API server says to the pods that the Deployment wants: Pod Security, quota, admission."""
    for replica_set in api.list("ReplicaSet", namespace):
        owners = replica_set["metadata"].get("ownerReferences") or []
        if any(owner.get("uid") == deployment["metadata"].get("uid") for owner in owners):
            for condition in (replica_set.get("status") or {}).get("conditions") or []:
                if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
                    yield f"its pod is refused: {condition.get('message')}"


def _obstacles(api: Api, pod: Object, waited: float) -> Iterator[str]:
    status = pod.get("status") or {}
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        state = container.get("state") or {}
        waiting = state.get("waiting") or {}
        if waiting.get("reason") in STUCK and (waiting["reason"] == "ImagePullBackOff" or waited > _PATIENCE):
            yield f"container {container['name']}: {waiting['reason']}: {waiting.get('message', '')}".rstrip(": ")
        if container.get("restartCount"):
            said = _last_words(api, namespace, name, container)
            yield f"container {container['name']} ends as soon as it starts:{said}"
    for condition in status.get("conditions") or []:
        if condition.get("reason") == "Unschedulable" and waited > _PATIENCE:
            yield f"no node takes its pod: {condition.get('message')}"


def _last_words(api: Api, namespace: str, pod: str, container: Object) -> str:
    """The last lines of a container that ended, indented."""
    running = bool((container.get("state") or {}).get("running"))
    # The log is that of the run before if it runs again. The kubelet may have removed one of the two.
    for previous in (running, not running):
        lines = api.logs(namespace, pod, container["name"], previous=previous).strip().splitlines()
        if lines and not lines[0].startswith(("[no log", "unable to retrieve container logs")):
            return "".join(f"\n    {line}" for line in lines[-5:])
    return " (its log is empty)"


def _waits_for(pods: list[Object]) -> str:
    """Why the pods are not ready, from their status."""
    if not pods:
        return "there is no pod"
    texts = []
    for pod in pods:
        status = pod.get("status") or {}
        for container in status.get("containerStatuses") or []:
            state = container.get("state") or {}
            waiting = state.get("waiting") or {}
            texts.append(
                str(waiting.get("reason") or ("runs, but is not ready" if state.get("running") else "has ended"))
            )
        texts = texts or [f"the pod is {status.get('phase', 'Unknown')}"]
    return ", ".join(texts)
