"""A release in the cluster: what Helm would apply, and what an administrator makes around it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart import Chart
from podrunner.helm.renderer import renderer
from podrunner.manifests.security.pod_security import LEVELS
from podrunner.modes.runners import Runner, pod_security, read_runners
from podrunner.runner.permissions import needs_of
from podrunner.smoke.overlay import new_token

from .cluster import ENFORCE, Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.cases.case import Case
    from podrunner.manifests.rendering import Rendering
    from podrunner.runner.permissions import NeededRight

CHART = Chart.open()
# Seconds until the API server knows a policy.
_PATIENCE = 30
_ANY = {"name": "any", "image": "registry.example.com/any:1"}
# As OpenShift annotates a namespace: the ids that its pods may have.
ID_RANGES = {
    "openshift.io/sa.scc.uid-range": "1000650000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000650000/10000",
    "openshift.io/sa.scc.mcs": "s0:c26,c5",
}


@dataclass(frozen=True)
class Release:
    """A case rendered for this cluster and this GitLab. `tokens`: runner → its token."""

    case: Case
    rendering: Rendering
    runners: tuple[Runner, ...]
    tokens: Mapping[str, str]
    kube_version: str

    @property
    def levels(self) -> dict[str, str]:
        """Namespace → Pod Security level that it enforces: for the manager `restricted`, unless its jobs need more."""
        levels = {self.rendering.namespace: "restricted"}
        for runner in self.runners:
            wanted = pod_security(CHART.modes, runner, self.kube_version) or "privileged"
            levels[runner.job_namespace] = max(levels.get(runner.job_namespace, ""), wanted, key=_rank)
        # What the chart makes is labelled by the chart.
        made = {one["metadata"]["name"]: one["metadata"]["labels"] for one in self.rendering.objects("Namespace")}
        return levels | {name: labels.get(ENFORCE, "privileged") for name, labels in made.items()}

    @property
    def account(self) -> str:
        """The manager's service account."""
        return str(manager_pod(self.rendering).get("serviceAccountName", "default"))


def manager_pod(rendering: Rendering) -> dict[str, Any]:
    """The spec of the manager's pod."""
    (workload,) = [*rendering.objects("Deployment"), *rendering.objects("StatefulSet")]
    spec: dict[str, Any] = workload["spec"]["template"]["spec"]
    return spec


def secret_files(pod: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(file, Secret, key) of what projected volumes of a pod have from Secrets."""
    for volume in pod["volumes"]:
        for source in (volume.get("projected") or {}).get("sources") or []:
            for item in (source.get("secret") or {}).get("items") or []:
                yield item["path"], source["secret"]["name"], item["key"]


def render(case: Case, url: str, kube_version: str) -> Release:
    """Render a case with nothing changed but GitLab's address, for the version of the API server."""
    final = replace(case, kube_version=kube_version, api_versions=()).with_values({"gitlab": {"url": url}}, "the test")
    rendering = renderer("library", CHART).render(final)
    runners = tuple(read_runners(CHART.effective(final.layers), rendering))
    made = {one["metadata"]["name"]: one.get("stringData", {}) for one in rendering.objects("Secret")}
    tokens = {one.name: made.get(one.secret, {}).get(one.key) or new_token() for one in runners}
    return Release(case, rendering, runners, tokens, kube_version)


@contextlib.contextmanager
def installed(release: Release, cluster: Cluster, *, levels: Mapping[str, str] | None = None) -> Iterator[None]:
    """Make everything in the cluster, and remove it afterwards. `levels` are in place of the release's own."""
    for name, level in (levels or release.levels).items():
        cluster.namespace(name, level, ID_RANGES)
    namespace = release.rendering.namespace
    rendered = [one for one in release.rendering.objects() if not is_hook(one) and one["kind"] != "Namespace"]
    objects = [*rendered, *_given(release)]
    elsewhere = {one["metadata"].get("namespace") or namespace for one in objects} - release.levels.keys()
    for name in elsewhere:
        # A namespace of nobody's jobs, such as that of a monitor.
        cluster.namespace(name, "restricted")
    try:
        for body in objects:
            cluster.create(body, namespace)
            if body["kind"] == "ResourceQuota":
                cluster.count(body)
        _until_judged(release, cluster, judged=True)
        yield
    finally:
        for body in release.rendering.objects("ValidatingAdmissionPolicyBinding"):
            cluster.remove(body)
        _until_judged(release, cluster, judged=False)
        for body in objects:
            cluster.remove(body, namespace)
        for name in release.levels:
            for kind in ("Pod", "Secret"):
                for left in cluster.objects(kind, name):
                    cluster.remove({"apiVersion": "v1", "kind": kind, **left})


def _until_judged(release: Release, cluster: Cluster, *, judged: bool) -> None:
    """Wait until the API server heeds a policy that was just made, or no longer: its account's pods have to name a runner."""
    # One that warns lets every pod through.
    bindings = release.rendering.objects("ValidatingAdmissionPolicyBinding")
    if not any("Deny" in one["spec"]["validationActions"] for one in bindings):
        return
    token = cluster.token(release.rendering.namespace, release.account)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "no-runners"}, "spec": {"containers": [_ANY]}}
    deadline = time.monotonic() + _PATIENCE
    with contextlib.closing(Cluster(cluster.plane, token)) as manager:
        while ("ValidatingAdmissionPolicy" in manager.refusal_of(pod, release.runners[0].job_namespace)) != judged:
            if time.monotonic() > deadline:
                raise AssertionError(f"the policy of {release.case.name} is not as it should be after {_PATIENCE} s")
            time.sleep(0.2)


def is_hook(body: Mapping[str, Any]) -> bool:
    """Whether Helm leaves an object out of an install, such as the pod of `helm test`."""
    return "helm.sh/hook" in (body["metadata"].get("annotations") or {})


def _given(release: Release) -> Iterator[dict[str, Any]]:
    """What the values say is there already: Secrets with tokens, accounts, their rights, classes of pods."""
    made = {one["metadata"]["name"] for one in release.rendering.objects("ServiceAccount")}
    accounts = {(release.rendering.namespace, release.account)}
    classes: set[str] = set()
    priorities: set[str] = set()
    for runner in release.runners:
        if not runner.in_release:
            yield _object("Secret", runner.secret, "", stringData={runner.key: release.tokens[runner.name]})
        kubernetes = runner.entry.get("kubernetes") or {}
        accounts.add((runner.job_namespace, kubernetes.get("service_account") or "default"))
        classes |= {kubernetes["runtime_class_name"]} if "runtime_class_name" in kubernetes else set()
        priorities |= {kubernetes["priority_class_name"]} if "priority_class_name" in kubernetes else set()
    for namespace, name in sorted(accounts):
        if name not in {*made, "default"}:
            yield _object("ServiceAccount", name, namespace)
    for name in classes:
        yield {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": name}
    for name in priorities:
        yield {**_object("PriorityClass", name, ""), "apiVersion": "scheduling.k8s.io/v1", "value": 1}
    yield from _read_by_the_manager(release)
    roles = [*release.rendering.objects("Role"), *release.rendering.objects("ClusterRole")]
    if not any(_is_for_pods(role) for role in roles):
        yield from _rights(release)


def _read_by_the_manager(release: Release) -> Iterator[dict[str, Any]]:
    """Secrets beside those with tokens that the manager reads, from its environment or files: logins of a proxy, a cache."""
    pod = manager_pod(release.rendering)
    known = {runner.secret for runner in release.runners}
    known |= {one["metadata"]["name"] for one in release.rendering.objects("Secret")}
    needed: dict[str, dict[str, str]] = {}
    for variable in pod["containers"][0].get("env") or []:
        if reference := (variable.get("valueFrom") or {}).get("secretKeyRef"):
            needed.setdefault(reference["name"], {})[reference["key"]] = "given"
    for _, name, key in secret_files(pod):
        needed.setdefault(name, {})[key] = "given"
    for name, data in needed.items():
        if name not in known:
            yield _object("Secret", name, "", stringData=data)


def _is_for_pods(role: Mapping[str, Any]) -> bool:
    return any("pods" in rule["resources"] for rule in role["rules"])


def _rights(release: Release) -> Iterator[dict[str, Any]]:
    """What config.permissions says that the manager needs, and nothing else."""
    needed: dict[str, list[NeededRight]] = {}
    for runner in release.runners:
        for need in needs_of(dict(runner.entry)):
            needed.setdefault("" if need.cluster else runner.job_namespace, []).append(need)
    api, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": release.account, "namespace": release.rendering.namespace}
    for namespace, needs in needed.items():
        kind = "Role" if namespace else "ClusterRole"
        rules = [
            {"apiGroups": [need.group], "resources": [need.resource], "verbs": need.verbs.split()} for need in needs
        ]
        yield {**_object(kind, "given", namespace), "apiVersion": api, "rules": rules}
        binding = {**_object(f"{kind}Binding", "given", namespace), "apiVersion": api, "subjects": [subject]}
        yield {**binding, "roleRef": {"apiGroup": group, "kind": kind, "name": "given"}}


def _object(kind: str, name: str, namespace: str, **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


def _rank(level: str) -> int:
    return LEVELS.index(level) if level else -1
