"""Reads what a cluster says of itself. Whatever may not be read is said, not missed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from podrunner.cluster.api import ApiError
from podrunner.findings.errors import UsageError
from podrunner.modes.runners import runner_keys
from podrunner.preflight.facts import Facts, Node, keeps_away, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podrunner.cluster.api import Api
    from podrunner.manifests.objects import Object

T = TypeVar("T")

_POD_SECURITY = "pod-security.kubernetes.io"
_OPENSHIFT = "/apis/security.openshift.io/v1"
_FORBIDDEN = frozenset([401, 403])


@dataclass(frozen=True, slots=True)
class Demand:
    """What jobs ask of nodes: the resource of a fuse device plugin, and the taints that they tolerate."""

    resource: str = ""
    tolerations: Mapping[str, str] = field(default_factory=dict)


def read_demand(values: Mapping[str, Any]) -> Demand:
    """What jobs ask of nodes, by all values; of several runners the first one counts, as it does for probes."""
    first = next(iter(runner_keys(values).values()))
    kubernetes = first.get("kubernetes") or {}
    return Demand(str(values["podman"]["fuse"]["resource"]), kubernetes.get("node_tolerations") or {})


class Survey:
    """Questions to one cluster, with notes of those that it does not answer."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self.unread: list[str] = []

    def read(self, version: str, selector: str, jobs: Demand) -> Facts:
        """Everything that may be read. Raises UsageError, ApiError."""
        enforce, warn = self._levels()
        nodes = self._nodes(selector, jobs)
        quotas = self._quotas()
        return Facts(
            version,
            self._namespace,
            enforce,
            warn,
            self._is_openshift(),
            nodes,
            quotas,
            tuple(dict.fromkeys(self.unread)),
        )

    def missing_rights(self) -> list[str] | None:
        """What a probe needs and this kubeconfig may not do, such as `create pods`; None when nobody says."""
        needed = [("create", "pods", ""), ("get", "pods", ""), ("delete", "pods", ""), ("get", "pods", "log")]
        return self._ask(
            "what this kubeconfig may do",
            "create selfsubjectaccessreviews",
            lambda: [
                f"{verb} {resource}{'/' + part if part else ''}"
                for verb, resource, part in needed
                if not _may(self._api, self._namespace, verb, resource, part)
            ],
        )

    def _levels(self) -> tuple[str | None, str | None]:
        found = self._ask(
            f"labels of the namespace {self._namespace}",
            "get namespaces",
            lambda: self._api.get("Namespace", self._namespace),
        )
        if found is None:
            return None, None
        labels = found["metadata"].get("labels") or {}
        return labels.get(f"{_POD_SECURITY}/enforce", ""), labels.get(f"{_POD_SECURITY}/warn", "")

    def _nodes(self, selector: str, jobs: Demand) -> tuple[Node, ...]:
        found = self._ask("nodes", "list nodes", lambda: self._api.list("Node", "", selector))
        if found is None:
            return ()
        nodes = tuple(read_node(item, jobs) for item in found if _is_linux(item))
        if not nodes:
            which = f" with the labels {selector}" if selector else ""
            raise UsageError(f"the cluster has no Linux node{which}.")
        chosen = {kind.node.name for kind in kinds(nodes)}
        return tuple(self._with_seccomp(node) if node.name in chosen else node for node in nodes)

    def _with_seccomp(self, node: Node) -> Node:
        path = f"/api/v1/nodes/{node.name}/proxy/configz"
        answer = self._ask("seccompDefault of the kubelets", "get nodes/proxy", lambda: self._api.request("GET", path))
        if answer is None:
            return node
        kubelet = json.loads(answer).get("kubeletconfig") or {}
        return replace(node, seccomp_default=bool(kubelet.get("seccompDefault")))

    def _quotas(self) -> tuple[str, ...]:
        what = f"quotas of the namespace {self._namespace}"
        found = self._ask(what, "list resourcequotas", lambda: self._api.list("ResourceQuota", self._namespace))
        return tuple(describe_quota(item) for item in found or [])

    def _is_openshift(self) -> bool:
        try:
            self._api.request("GET", _OPENSHIFT)
        except ApiError as error:
            if error.status in _FORBIDDEN:
                self.unread.append("whether this is OpenShift: this kubeconfig may not list API groups.")
            elif error.status != 404:
                raise
            return False
        return True

    def _ask(self, what: str, right: str, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except ApiError as error:
            if error.status == 404 and what.startswith("labels"):
                raise UsageError(
                    f"there is no namespace {self._namespace}: make it (kubectl create namespace {self._namespace}), "
                    "or name another with --namespace."
                ) from None
            if error.status == 0:
                raise
            why = f"this kubeconfig may not {right}" if error.status in _FORBIDDEN else str(error).rstrip(".")
            self.unread.append(f"{what}: {why}.")
        return None


def read_node(item: Object, jobs: Demand) -> Node:
    """A node as the API server has it, as far as it matters for builds."""
    status, spec = item.get("status") or {}, item.get("spec") or {}
    info = status.get("nodeInfo") or {}
    offered = {name for name, amount in (status.get("allocatable") or {}).items() if str(amount) != "0"}
    return Node(
        name=item["metadata"]["name"],
        kernel=info.get("kernelVersion", ""),
        runtime=info.get("containerRuntimeVersion", ""),
        system=info.get("osImage", ""),
        architecture=info.get("architecture", ""),
        kubelet=info.get("kubeletVersion", ""),
        user_namespaces=_user_namespaces(status.get("runtimeHandlers") or []),
        resources=frozenset(offered & {jobs.resource}),
        away=keeps_away(spec.get("taints") or [], jobs.tolerations, unschedulable=bool(spec.get("unschedulable"))),
    )


def _user_namespaces(handlers: list[dict[str, Any]]) -> bool | None:
    """What the runtime says of its default handler, whose name is empty."""
    for handler in handlers:
        if not handler.get("name"):
            features = handler.get("features") or {}
            return bool(features["userNamespaces"]) if "userNamespaces" in features else None
    return None


def _is_linux(item: Object) -> bool:
    return bool((item["metadata"].get("labels") or {}).get("kubernetes.io/os", "linux") == "linux")


def describe_quota(item: Object) -> str:
    """`team: pods 9 of 10, limits.memory 4Gi of 8Gi`."""
    status = item.get("status") or {}
    used = status.get("used") or {}
    parts = [f"{name} {used.get(name, '?')} of {hard}" for name, hard in (status.get("hard") or {}).items()]
    return f"{item['metadata']['name']}: {', '.join(parts) or 'nothing'}"


def _may(api: Api, namespace: str, verb: str, resource: str, part: str) -> bool:
    attributes = {"namespace": namespace, "verb": verb, "resource": resource, "subresource": part}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = json.loads(api.request("POST", path, body=json.dumps(body).encode()))
    return bool((answer.get("status") or {}).get("allowed"))
