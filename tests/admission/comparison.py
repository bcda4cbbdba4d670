"""The model of a job's objects against what was sent, field by field."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from podrunner.runner.job_pod import objects
from podrunner.runner.job_pod.containers import PROBE, SHELL
from podrunner.runner.job_pod.metadata import SUFFIX

from .drawing import CONFIGURED_TOKEN, JOB_TOKEN
from .recording import ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podrunner.runner.job_pod.objects import JobObjects

    from .recording import Recorded, Recorder

# Lists that the runner fills from a map, whose order changes from run to run, or that mean nothing by it.
_UNORDERED = frozenset(["add", "drop", "tolerations", "items", "env"])
_RANDOM_END = re.compile(r"-[a-z0-9]{8}$")
_SCRIPT = re.compile(r"(>'.*'; )?if \[ -x /usr/local/bin/bash \]")
_PROBE = re.compile(r'test -e "\$1"|gitlab-runner shell not up yet')


def modelled(recorded: Iterable[Recorded]) -> list[JobObjects]:
    """What the model says of each."""
    return [objects.job_objects(one.runner, one.job) for one in recorded]


def differences(recorded: list[Recorded], recorder: Recorder) -> dict[str, list[str]]:
    """Name of the runner → where model and runner differ, a line each; runners without a difference are not there."""
    models = modelled(recorded)
    read = iter(recorder.read([_numbered(model.pod, index) for index, model in enumerate(models) if not model.refusal]))
    found = {}
    for one, model in zip(recorded, models, strict=True):
        said = None if model.refusal else next(read)
        if lines := [*_pods(one, model, said), *_others(one, model)]:
            found[str(one.runner["name"])] = lines
    return found


def _numbered(pod: dict[str, Any], index: int) -> dict[str, Any]:
    """The pod with a name that no other has, for a namespace that takes none."""
    metadata = {**pod["metadata"], "name": f"model-{index}", "namespace": "drawn"}
    return {**pod, "metadata": metadata}


def _pods(one: Recorded, model: JobObjects, read: dict[str, Any] | None) -> Iterator[str]:
    if one.pod is None or read is None:
        if (one.pod is None) != (read is None):
            yield f"pod: sent {one.pod is not None}, the model says {model.refusal or 'it is made'}: {one.trace[-600:]}"
        return
    token = JOB_TOKEN if model.own_token else CONFIGURED_TOKEN if one.runner["kubernetes"].get("bearer_token") else ""
    if one.user != ACCOUNTS[token]:
        yield f"user: {one.user}, the model says {ACCOUNTS[token]}"
    if "unread" in read:
        yield f"pod: the API server cannot read that of the model: {read['unread']}"
        return
    sent, said = copy.deepcopy(one.pod), copy.deepcopy(read)
    said["metadata"] = {**said["metadata"], **{key: model.pod["metadata"][key] for key in ("name", "namespace")}}
    _leave_out_unknown_variables(sent, said)
    yield from _compared(_normal(sent), _normal(said), "")


def _others(one: Recorded, model: JobObjects) -> Iterator[str]:
    """What is made beside the pod: a namespace and a Secret before, a budget and Services after."""
    if one.pod is None:
        return
    made = (model.namespace, model.login, model.budget, *model.services)
    # What is made after the pod is not asked for where there is none.
    seen = {"Namespace", "Secret", *(body["kind"] for body in one.others)}
    said = _by_name(body for body in made if body and body["kind"] in seen)
    yield from _compared(_by_name(one.others), said, "others")


def _by_name(bodies: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Kind and name → what the model speaks of, of an object."""
    found = {}
    for body in bodies:
        spec, name = body.get("spec") or {}, _stable(body["metadata"]["name"].removesuffix("-pdb"))
        name = body["metadata"]["name"] if body["kind"] == "Namespace" else name
        parts = {key: spec[key] for key in ("minAvailable", "selector", "type") if key in spec}
        ports = [{key: port[key] for key in ("name", "port", "targetPort")} for port in spec.get("ports") or []]
        found[f"{body['kind']}/{name}"] = {**parts, "ports": ports, "namespace": body["metadata"].get("namespace")}
        if body["kind"] == "Secret":
            found[f"Secret/{name}"] |= {"type": body["type"]}
    return found


def _leave_out_unknown_variables(sent: dict[str, Any], said: dict[str, Any]) -> None:
    """The model knows some variables: those it does not are compared in nothing but that they are in a container."""
    known = {one["name"]: {entry["name"] for entry in one.get("env") or []} for one in said["spec"]["containers"]}
    for container in sent["spec"]["containers"]:
        names = known.get(container["name"])
        if names:
            container["env"] = [entry for entry in container.get("env") or [] if entry["name"] in names]


def _normal(value: Any, name: str = "") -> Any:
    """Without what is random, what is a script of the runner's, and what is empty."""
    if isinstance(value, dict):
        parts = {key: _normal(part, key) for key, part in value.items() if key not in ("creationTimestamp", "status")}
        return {key: part for key, part in parts.items() if part not in (None, {}, [], "") or key == "emptyDir"}
    if isinstance(value, list):
        items = [_normal(part, name) for part in value]
        return sorted(items, key=lambda one: json.dumps(one, sort_keys=True)) if name in _UNORDERED else items
    if isinstance(value, str):
        return _stable(value) if name == "name" and value.startswith("runner-") else _scripts(value)
    return value


def _stable(name: str) -> str:
    return _RANDOM_END.sub(f"-{SUFFIX}", name)


def _scripts(text: str) -> str:
    return SHELL if _SCRIPT.match(text) else PROBE if _PROBE.match(text) else text


def _compared(sent: Any, said: Any, path: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(said, dict):
        for key in sorted({*sent, *said}):
            yield from _compared(sent.get(key), said.get(key), f"{path}.{key}" if path else key)
    elif isinstance(sent, list) and isinstance(said, list) and len(sent) == len(said):
        for index, (one, other) in enumerate(zip(sent, said, strict=True)):
            yield from _compared(one, other, f"{path}[{index}]")
    elif sent != said:
        yield f"{path}: sent {_short(sent)}, the model says {_short(said)}"


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) < 400 else f"{text[:400]}…"
