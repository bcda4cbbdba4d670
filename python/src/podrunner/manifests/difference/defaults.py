"""What the API server puts into objects that do not say it: what is so anyhow is no change."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.manifests.objects import find_pod_spec, is_built_in, maps, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from podrunner.manifests.objects import Object

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def with_defaults(item: Mapping[str, Any]) -> Object:
    """A copy of an object as the API server would keep it, but for what it makes up: addresses, ids, times.

    Source: kube-apiserver 1.34; the defaults of stable APIs do not change within a version of theirs.
    """
    found: Object = copy.deepcopy(dict(item))
    kind = str(found.get("kind"))
    if not is_built_in(str(found.get("apiVersion", ""))):
        return found
    pod = find_pod_spec(found)
    if pod is not None:
        _complete_pod(pod, kind)
    for claim in maps(table(found.get("spec")).get("volumeClaimTemplates")) if kind == "StatefulSet" else ():
        _fill(table(claim.get("spec")), "claim")
    _fill(found, kind)
    if kind in _DEPENDENT:
        _DEPENDENT[kind](found, table(found.get("spec")))
    return found


@lru_cache
def _table() -> dict[str, dict[str, Any]]:
    # Not by importlib.resources, which loads what reads packages out of archives.
    text = Path(__file__).with_name("defaults.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def _fill(item: Object, name: str) -> None:
    for path, value in _table().get(name, {}).items():
        way, _, key = path.rpartition(".")
        for parent in _reached(item, way.split(".") if way else []):
            parent.setdefault(key, copy.deepcopy(value))


def _reached(part: Any, way: list[str]) -> Iterator[Object]:
    """The maps at the end of a way."""
    if not isinstance(part, dict):
        return
    if not way:
        yield part
        return
    name, _, condition = way[0].partition("?")
    below = part.get(name.removesuffix("[]"))
    for one in maps(below) if name.endswith("[]") else [below]:
        key, _, value = condition.partition("=")
        if isinstance(one, dict) and (not condition or one.get(key) == value):
            yield from _reached(one, way[1:])


def _complete_pod(spec: Object, kind: str) -> None:
    _fill(spec, "pod")
    for container in (one for name in _CONTAINERS for one in maps(spec.get(name))):
        _fill(container, "container")
        container.setdefault("imagePullPolicy", _pull_policy(str(container.get("image", ""))))
        for probe in _PROBES:
            if isinstance(container.get(probe), dict):
                _fill(container[probe], "probe")
        resources = table(container.get("resources"))
        if kind == "Pod" and table(resources.get("limits")):
            resources["requests"] = {**resources["limits"], **table(resources.get("requests"))}
        if kind == "Pod" and spec.get("hostNetwork") is True:
            for port in maps(container.get("ports")):
                port.setdefault("hostPort", port.get("containerPort"))
    for volume in maps(spec.get("volumes")):
        # A volume that says nothing but its name.
        if volume.keys() == {"name"}:
            volume["emptyDir"] = {}
        template = table(table(volume.get("ephemeral")).get("volumeClaimTemplate"))
        _fill(table(template.get("spec")), "claim")
    # The old name of the field.
    if spec.get("serviceAccountName"):
        spec.setdefault("serviceAccount", spec["serviceAccountName"])


def _pull_policy(image: str) -> str:
    """By the tag alone: nothing after the last colon, or latest, is asked for each time."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "Always" if tag == "latest" or not (tag or digest) else "IfNotPresent"


def _of_replication_controller(item: Object, spec: Object) -> None:
    labels = table(table(table(spec.get("template")).get("metadata")).get("labels"))
    spec.setdefault("selector", dict(labels))
    table(item.get("metadata")).setdefault("labels", dict(labels))


def _of_job(_: Object, spec: Object) -> None:
    spec.setdefault("backoffLimit", 2147483647 if "backoffLimitPerIndex" in spec else 6)
    # With parallelism alone, a job is done when one of its pods is.
    if "parallelism" not in spec:
        spec.setdefault("completions", 1)
    spec.setdefault("parallelism", 1)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")


def _of_service(_: Object, spec: Object) -> None:
    for port in maps(spec.get("ports")):
        port.setdefault("targetPort", port.get("port"))


def _of_network_policy(_: Object, spec: Object) -> None:
    spec.setdefault("policyTypes", ["Ingress", *(["Egress"] if spec.get("egress") else [])])


def _of_limit_range(_: Object, spec: Object) -> None:
    for limit in (one for one in maps(spec.get("limits")) if one.get("type") == "Container"):
        limit["default"] = {**table(limit.get("max")), **table(limit.get("default"))}
        limit["defaultRequest"] = {
            **table(limit.get("min")),
            **limit["default"],
            **table(limit.get("defaultRequest")),
        }


def _of_definition(_: Object, spec: Object) -> None:
    names = table(spec.get("names"))
    kind = str(names.get("kind", ""))
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")


_DEPENDENT: dict[str, Callable[[Object, Object], None]] = {
    "ReplicationController": _of_replication_controller,
    "Job": _of_job,
    "Service": _of_service,
    "LimitRange": _of_limit_range,
    "NetworkPolicy": _of_network_policy,
    "CustomResourceDefinition": _of_definition,
}
