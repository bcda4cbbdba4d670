"""Judges a candidate on a node: functions of facts alone. Cheap certainties first, then what a probe showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.security.pod_security import LEVELS
from podrunner.preflight.facts import numbers
from podrunner.preflight.verdict import Answer, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import Facts, Node

_PRIVILEGED = "privileged"
SECCOMP_FIX = (
    "Name a seccomp profile that the nodes have and that allows clone, unshare, setns, mount and umount2 "
    "(podman.seccomp.type=Localhost, podman.seccomp.localhostProfile), which fits baseline; or podman.seccomp.type="
    "Unconfined, for which the namespace has to allow the Pod Security level privileged."
)


def judge_cluster(candidate: Candidate, facts: Facts, refusal: str) -> Reason | None:
    """What no node can change: the platform, and what the chart says (`refusal`) of this version of Kubernetes."""
    if candidate.mode == "openshift" and not facts.openshift:
        return Reason("no-openshift", "this is not OpenShift: the API security.openshift.io is not there")
    if refusal:
        return Reason("chart", f"the chart does not render: {refusal}")
    return None


def judge_level(level: str, facts: Facts) -> Reason | None:
    """What the namespace's labels say, for where admission cannot be asked."""
    enforced = facts.enforce
    if not enforced or enforced not in LEVELS or not level or LEVELS.index(level) <= LEVELS.index(enforced):
        return None
    return refused_by_level(facts.namespace, enforced, level)


def refused_by_level(namespace: str, enforced: str, level: str, fields: str = "") -> Reason:
    """Pod Security in the way: what the namespace enforces, and what the pod needs."""
    why = f": {fields}" if fields else ""
    return Reason(
        "pod-security",
        f"Pod Security refuses the pod, the namespace enforces {enforced} and it needs {level}{why}",
        f"kubectl label namespace {namespace} pod-security.kubernetes.io/enforce={level} --overwrite, "
        "or another namespace for jobs (--namespace).",
    )


def judge_node(candidate: Candidate, node: Node, needs: Mapping[str, Any]) -> Reason | None:
    """What a node says of itself; `needs` is the mode's entry in the chart's table."""
    reasons = (
        _resource(candidate, node),
        _kernel(node, needs),
        _runtime(node, needs),
        _user_namespaces(node, needs),
        _seccomp(candidate, node),
    )
    return next((reason for reason in reasons if reason), None)


def judge_resource(candidate: Candidate, node: Node) -> Reason | None:
    """What is certain of a node without a probe: what a device plugin would have to offer."""
    return _resource(candidate, node)


def _resource(candidate: Candidate, node: Node) -> Reason | None:
    if not candidate.resource or candidate.resource in node.resources:
        return None
    text = f"the node offers no {candidate.resource}"
    return Reason("fuse-resource", text, f"Install a device plugin that offers {candidate.resource} on this node.")


def _kernel(node: Node, needs: Mapping[str, Any]) -> Reason | None:
    wanted = str(needs.get("kernel") or "")
    has, least = numbers(node.kernel), numbers(wanted)
    if not has or not least or has >= least:
        return None
    return Reason("kernel", f"Linux {node.kernel} is older than {wanted}", f"Nodes with Linux {wanted} or newer.")


def _runtime(node: Node, needs: Mapping[str, Any]) -> Reason | None:
    # CRI-O calls itself cri-o there.
    wanted = str(needs.get(node.runtime_name.replace("-", "")) or "")
    has, least = numbers(node.runtime), numbers(wanted)
    if not has or not least or has >= least:
        return None
    name, _, version = node.runtime.partition("://")
    return Reason("runtime", f"{name} {version} is older than {wanted}", f"Nodes with {name} {wanted} or newer.")


def _user_namespaces(node: Node, needs: Mapping[str, Any]) -> Reason | None:
    owns = (needs.get("promise") or {}).get("hostUsers", True) is False
    if not owns or node.user_namespaces is not False:
        return None
    return Reason(
        "userns-runtime",
        "the container runtime has no user namespaces for pods",
        "Nodes with containerd 2.0 and runc 1.2, or CRI-O.",
    )


def _seccomp(candidate: Candidate, node: Node) -> Reason | None:
    if not node.seccomp_default or candidate.mode == _PRIVILEGED:
        return None
    if any(setting.startswith("podman.seccomp.type=") for setting in candidate.settings):
        return None
    return Reason(
        "seccomp",
        "the kubelet's seccompDefault gives it the runtime's profile, which denies unshare and mount",
        SECCOMP_FIX,
    )


def decide(candidate: Candidate, node: Node, needs: Mapping[str, Any], why_untried: str) -> Verdict:
    """The verdict where nothing was tried: by what the node says of itself."""
    reason = judge_node(candidate, node, needs)
    if reason:
        return Verdict(candidate, node.name, Answer.NO, reason)
    return Verdict(candidate, node.name, Answer.LIKELY, Reason("untried", why_untried))
