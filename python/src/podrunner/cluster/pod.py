"""What Kubernetes tells of a job's pod: status, events, logs, its node. Whatever may not be read is said, not missed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.cluster.kubeconfig import api_client
from podrunner.findings.errors import PodrunnerError, UsageError
from podrunner.manifests.objects import Object, containers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from kubernetes.client import CoreV1Api


# Seconds: no API server takes longer for such small questions.
_PATIENCE = 30
# Bytes of a log at once: a line that is longer comes in pieces.
_PIECE = 1 << 16
# What podman's user namespace takes; root maps root, too.
_NEEDED, _NEEDED_BY_ROOT = ("SETUID", "SETGID"), ("SETUID", "SETGID", "SETFCAP")


@dataclass(slots=True)
class PodEvidence:
    """`log` is that of the build container, `others` further texts by their names, `unread` what could not be read."""

    log: Iterable[str] = ()
    others: dict[str, Iterable[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def connect(kubeconfig: Path | None, context: str = "") -> CoreV1Api:
    """The API of the cluster that a kubeconfig and a context of it name, as kubectl chooses. Raises UsageError."""
    from kubernetes import client

    return client.CoreV1Api(api_client(kubeconfig, context))


def read_pod(api: CoreV1Api, namespace: str, name: str) -> PodEvidence:
    """Everything that may be read of a pod. Raises PodrunnerError when the API server cannot be reached."""
    found = PodEvidence()
    answer = _ask(
        found, f"pod {namespace}/{name}", "get pods", lambda: api.read_namespaced_pod(**_about(namespace, name))
    )
    pod: Object = json.loads(answer) if answer else {}
    if pod:
        found.others["pod"] = describe_pod(pod)
    selector = f"involvedObject.name={name}"
    answer = _ask(
        found,
        f"events of {namespace}/{name}",
        "list events",
        lambda: api.list_namespaced_event(namespace, field_selector=selector, **_raw()),
    )
    found.others["event"] = describe_events(json.loads(answer)["items"] if answer else [])
    _read_logs(found, api, pod)
    _read_node(found, api, pod)
    return found


def _raw() -> Object:
    return {"_preload_content": False, "_request_timeout": _PATIENCE}


def _about(namespace: str, name: str) -> Object:
    return {"name": name, "namespace": namespace, **_raw()}


def _ask(found: PodEvidence, what: str, right: str, call: Callable[[], Any]) -> str:
    """The body of an answer, empty with a note in `unread` when there is none."""
    answer = _open(found, what, right, call)
    return answer.data.decode(errors="replace") if answer else ""


def _open(found: PodEvidence, what: str, right: str, call: Callable[[], Any]) -> Any:
    import urllib3
    from kubernetes.client import ApiException

    try:
        return call()
    except ApiException as error:
        if error.status == 401:
            raise UsageError("the cluster does not know who asks: the kubeconfig's credentials are refused.") from None
        found.unread.append(_reason(what, right, error.status, error.body))
    except urllib3.exceptions.HTTPError as error:
        raise PodrunnerError(f"the API server cannot be reached: {error}") from None
    return None


def _reason(what: str, right: str, status: int | None, body: Any) -> str:
    if status == 404 and what.startswith("pod "):
        return f"{what}: not there. GitLab Runner deletes a job's pod when the job ends; its events stay for an hour."
    if status == 403:
        return f"{what}: this kubeconfig may not {right}."
    try:
        message = json.loads(body)["message"]
    except (TypeError, ValueError, KeyError):
        message = f"status {status}"
    return f"{what}: {message}."


def describe_pod(pod: Object) -> list[str]:
    """Lines of what spec and status say, as far as it can explain a failure."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    lines = list(_spec_lines(spec))
    if status.get("reason") or status.get("phase") == "Failed":
        lines.append(_joined(f"pod {status.get('phase')}", status.get("reason"), status.get("message")))
    for condition in status.get("conditions") or []:
        is_bad = condition.get("status") == ("True" if condition.get("type") == "DisruptionTarget" else "False")
        if is_bad and condition.get("reason") and condition.get("reason") not in {"PodCompleted", "ContainersNotReady"}:
            lines.append(_joined(f"{condition['type']}", condition["reason"], condition.get("message")))
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind) or []:
            lines += _container_lines(container)
    return lines


def _spec_lines(spec: Object) -> Iterator[str]:
    if spec.get("hostUsers") is False:
        yield "hostUsers: false"
    for container in spec.get("containers") or []:
        security = container.get("securityContext") or {}
        name = f"container {container['name']}"
        # Only the build container has to map ids.
        if container["name"] != "build":
            continue
        if security.get("allowPrivilegeEscalation") is False:
            yield f"{name} allowPrivilegeEscalation: false"
        capabilities = security.get("capabilities") or {}
        uid = security.get("runAsUser", (spec.get("securityContext") or {}).get("runAsUser"))
        needed = _NEEDED_BY_ROOT if uid == 0 else _NEEDED
        missing = [one for one in needed if one not in (capabilities.get("add") or [])]
        if missing and "ALL" in (capabilities.get("drop") or []) and not security.get("privileged"):
            yield f"{name} lacks the capabilities {', '.join(missing)}"


def _container_lines(container: Object) -> Iterator[str]:
    for kind, prefix in (("state", ""), ("lastState", "last ")):
        state = container.get(kind) or {}
        name = f"container {container.get('name')} {prefix}"
        if waiting := state.get("waiting"):
            yield _joined(f"{name}waiting", waiting.get("reason"), waiting.get("message"))
        ended = state.get("terminated")
        if ended and (ended.get("exitCode") or ended.get("reason") not in {"Completed", None}):
            text = f"{ended.get('reason') or 'Error'}, exit code {ended.get('exitCode')}"
            yield _joined(f"{name}terminated", text, ended.get("message"))


def _joined(*parts: str | None) -> str:
    return " ".join(": ".join(part for part in parts if part).split())


def describe_events(events: Iterable[Object]) -> list[str]:
    """Lines of the events that warn, the oldest first."""

    def when(event: Object) -> str:
        return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp"))

    wanted = [one for one in events if one.get("type") != "Normal" or one.get("reason") in {"Preempted", "Killing"}]
    return [_joined(event.get("reason"), event.get("message")) for event in sorted(wanted, key=when)]


def _read_logs(found: PodEvidence, api: CoreV1Api, pod: Object) -> None:
    if not pod:
        return
    status = pod.get("status") or {}
    statuses = {
        one["name"]: one for kind in ("initContainerStatuses", "containerStatuses") for one in status.get(kind) or []
    }
    names = [container["name"] for container in containers_of(pod)]
    main = "build" if "build" in names else pod["spec"]["containers"][0]["name"]
    for name in names:
        state = (statuses.get(name) or {}).get("state") or {}
        if "running" not in state and "terminated" not in state:
            # Nothing was started, so there is no log; the status says why.
            continue
        log = _log(found, api, pod, name)
        if name == main:
            found.log = log
        else:
            found.others[f"log of {name}"] = log


def _log(found: PodEvidence, api: CoreV1Api, pod: Object, container: str) -> Iterator[str]:
    metadata = pod["metadata"]
    answer = _open(
        found,
        f"log of container {container}",
        "get pods/log",
        lambda: api.read_namespaced_pod_log(**_about(metadata["namespace"], metadata["name"]), container=container),
    )
    return _streamed(answer) if answer else iter(())


def _streamed(answer: Any) -> Iterator[str]:
    """The lines of an answer, as they come."""
    rest = b""
    for chunk in answer.stream(_PIECE):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace") + "\n"
        if len(rest) > _PIECE:
            yield rest.decode(errors="replace")
            rest = b""
    if rest:
        yield rest.decode(errors="replace")


def _read_node(found: PodEvidence, api: CoreV1Api, pod: Object) -> None:
    name = (pod.get("spec") or {}).get("nodeName")
    if not name:
        return
    answer = _ask(found, f"node {name}", "get nodes", lambda: api.read_node(name, **_raw()))
    conditions = (json.loads(answer).get("status") or {}).get("conditions") if answer else None
    found.others["node"] = [
        _joined(f"node {name}", f"{one['type']} {one['status']}", one.get("reason"), one.get("message"))
        for one in conditions or []
        if one["status"] != ("True" if one["type"] == "Ready" else "False")
    ]
