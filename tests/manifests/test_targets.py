"""What objects name beside pods: for each, objects that trigger exactly one finding, and a near miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.finding import Finding
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.checks.release import check_release
from tests.renders import render_values

RBAC = "rbac.authorization.k8s.io"
ELSEWHERE = {"name": "x", "namespace": "elsewhere"}


@pytest.fixture(scope="module")
def small(small_chart: Path) -> Renderer:
    """Load the small chart once. Its Deployment is called podrunner, as is its release."""
    return renderer("library", Chart.open(small_chart))


def obj(kind: str, name: str = "x", api: str = "v1", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **parts}


def scaler(kind: str, name: str, api: str = "apps/v1") -> dict[str, Any]:
    target = {"apiVersion": api, "kind": kind, "name": name}
    return obj("HorizontalPodAutoscaler", api="autoscaling/v2", spec={"scaleTargetRef": target})


def binding(role: str, *, kind: str = "Role", account: str = "default", home: str = "podrunner") -> dict[str, Any]:
    subject = {"kind": "ServiceAccount", "name": account, "namespace": home}
    role_ref = {"apiGroup": RBAC, "kind": kind, "name": role}
    return obj("RoleBinding", api=f"{RBAC}/v1", roleRef=role_ref, subjects=[subject])


def ingress(service: str, port: dict[str, Any], **spec: Any) -> dict[str, Any]:
    way = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": service, "port": port}}}
    return obj("Ingress", api="networking.k8s.io/v1", spec={"rules": [{"http": {"paths": [way]}}], **spec})


def service(name: str = "web", *, labels: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels or {}}
    ports = [{"name": "http", "port": 80, "targetPort": 8080}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": ports}}


def stateful(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": []}}
    selector = {"matchLabels": {"app": "db"}}
    return obj("StatefulSet", api="apps/v1", spec={"serviceName": name, "selector": selector, "template": template})


def webhook(service: str, namespace: str = "podrunner") -> dict[str, Any]:
    config = {"service": {"name": service, "namespace": namespace}}
    return obj("ValidatingWebhookConfiguration", api="v1", webhooks=[{"name": "a.b.c", "clientConfig": config}])


def monitor(kind: str, port: str, labels: dict[str, str], **spec: Any) -> dict[str, Any]:
    endpoints = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    selector = {"selector": {"matchLabels": labels}, endpoints: [{"port": port}]}
    return obj(kind, api="monitoring.coreos.com/v1", spec={**selector, **spec})


def pod(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    safe = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    containers = [{"name": "c", "image": "x:1", "securityContext": safe, **(container or {})}]
    metadata = {"name": "p", "labels": {"app": "p"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers, **spec}}


WEB = {"app": "web"}
CLAIM = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]
METRICS = {"ports": [{"name": "metrics", "containerPort": 9252}]}

# What it is → (severity, rule and message's beginning, objects that trigger it, objects that nearly do).
PAIRS: dict[str, tuple[str, list[Any], list[Any]]] = {
    "an autoscaler of nothing": (
        "warning: reference: spec.scaleTargetRef: Deployment/podruner is not made by this release: "
        "it has to be there before. Did you mean `podrunner`?",
        [scaler("Deployment", "podruner")],
        [scaler("Deployment", "podrunner")],
    ),
    "an autoscaler of the wrong kind": (
        "warning: reference: spec.scaleTargetRef: StatefulSet/podrunner is not made by this release",
        [scaler("StatefulSet", "podrunner")],
        [scaler("Deployment", "podrunner")],
    ),
    "a stateful set without its service": (
        "note: reference: spec.serviceName: Service/db is not made by this release",
        [stateful("db")],
        [stateful("db"), service("db")],
    ),
    "a binding of no role": (
        "warning: reference: roleRef: Role/worker is not made by this release",
        [binding("worker")],
        [binding("worker"), obj("Role", "worker", f"{RBAC}/v1", rules=[])],
    ),
    "a binding of a cluster role that Kubernetes does not have": (
        "warning: reference: roleRef: ClusterRole/viewer is not made by this release",
        [binding("viewer", kind="ClusterRole")],
        [binding("view", kind="ClusterRole"), binding("system:auth-delegator", kind="ClusterRole")],
    ),
    "a binding for nobody": (
        "warning: reference: subjects[0]: ServiceAccount/worker is not made by this release",
        [binding("view", kind="ClusterRole", account="worker")],
        [binding("view", kind="ClusterRole", account="worker"), obj("ServiceAccount", "worker")],
    ),
    "a binding for an account of another namespace": (
        "note: reference: subjects[0]: ServiceAccount/prometheus is not made by this release",
        [binding("view", kind="ClusterRole", account="prometheus", home="monitoring")],
        [binding("view", kind="ClusterRole", account="default", home="monitoring")],
    ),
    "an ingress to no service": (
        "warning: reference: spec.rules[0].http.paths[0].backend.service: Service/wbe is not made by this release: "
        "it has to be there before. Did you mean `web`?",
        [service(), ingress("wbe", {"number": 80})],
        [service(), ingress("web", {"number": 80})],
    ),
    "an ingress to a port number that the service does not have": (
        "error: reference-port: spec.rules[0].http.paths[0].backend.service.port.number: "
        "Service/web has no port 8080. It has: 80.",
        [service(), ingress("web", {"number": 8080})],
        [service(), ingress("web", {"number": 80})],
    ),
    "an ingress to a port name that the service does not have": (
        "error: reference-port: spec.rules[0].http.paths[0].backend.service.port.name: "
        "Service/web has no port web. It has: http.",
        [service(), ingress("web", {"name": "web"})],
        [
            service(),
            ingress("web", {"name": "http"}),
            {**ingress("x", {"name": "use-annotation"}), "metadata": {"name": "y"}},
        ],
    ),
    "an ingress with a certificate that is not there": (
        "note: reference: spec.tls[0].secretName: Secret/web-tls is not made by this release",
        [service(), ingress("web", {"number": 80}, tls=[{"secretName": "web-tls"}])],
        [service(), ingress("web", {"number": 80}, tls=[{"hosts": ["example.com"]}])],
    ),
    "a webhook without its service": (
        "warning: reference: webhooks[0].clientConfig.service: Service/hook is not made by this release",
        [webhook("hook")],
        [webhook("web"), service()],
    ),
    "a webhook with a service of another namespace": (
        "note: reference: webhooks[0].clientConfig.service: Service/hook is not made by this release",
        [webhook("hook", "elsewhere")],
        [webhook("web", "elsewhere"), {**service(), "metadata": {"name": "web", "namespace": "elsewhere"}}],
    ),
    "an API without its service": (
        "warning: reference: spec.service: Service/api is not made by this release",
        [obj("APIService", spec={"service": {"name": "api", "namespace": "podrunner"}})],
        [obj("APIService", spec={"service": {"name": "web", "namespace": "podrunner"}}), service()],
    ),
    "a claim that is not there": (
        "warning: reference: spec.volumes[0].persistentVolumeClaim.claimName: PersistentVolumeClaim/data is not made",
        [pod(volumes=CLAIM)],
        [pod(volumes=CLAIM), obj("PersistentVolumeClaim", "data")],
    ),
    "a whole environment that is not there": (
        "warning: reference: spec.containers[0].envFrom[0].configMapRef: ConfigMap/env is not made by this release",
        [pod({"envFrom": [{"configMapRef": {"name": "env"}}]})],
        [pod({"envFrom": [{"configMapRef": {"name": "env", "optional": True}}]})],
    ),
    "a pull secret that is not there": (
        "note: reference: spec.imagePullSecrets[0]: Secret/login is not made by this release",
        [pod(imagePullSecrets=[{"name": "login"}])],
        [pod(imagePullSecrets=[{"name": "login"}]), obj("Secret", "login")],
    ),
    "a priority class that is not there": (
        "note: reference: spec.priorityClassName: PriorityClass/urgnt is not made by this release: "
        "it has to be there before. Did you mean `urgent`?",
        [pod(priorityClassName="urgnt"), obj("PriorityClass", "urgent", "scheduling.k8s.io/v1", value=1)],
        [pod(priorityClassName="system-node-critical")],
    ),
    "a monitor of services that are not there": (
        "warning: selector-empty: spec.selector: selects no service of this release: app=wbe.",
        [service(labels=WEB), monitor("ServiceMonitor", "http", {"app": "wbe"})],
        [service(labels=WEB), monitor("ServiceMonitor", "http", WEB)],
    ),
    "a monitor of a port that the service does not have": (
        "warning: reference-port: spec.endpoints[0].port: no selected service has a port `htpp`, "
        "x scrapes nothing there. Did you mean `http`?",
        [service(labels=WEB), monitor("ServiceMonitor", "htpp", WEB)],
        [service(labels=WEB), monitor("ServiceMonitor", "htpp", WEB, namespaceSelector={"any": True})],
    ),
    "a monitor of pods that are not there": (
        "warning: selector-empty: spec.selector: selects no pod of this release: app=q.",
        [pod(METRICS), monitor("PodMonitor", "metrics", {"app": "q"})],
        [pod(METRICS), monitor("PodMonitor", "metrics", {"app": "p"})],
    ),
    "a monitor of a port that the pods do not have": (
        "warning: reference-port: spec.podMetricsEndpoints[0].port: no selected pod has a port `metrisc`",
        [pod(METRICS), monitor("PodMonitor", "metrisc", {"app": "p"})],
        [pod(METRICS), monitor("PodMonitor", "metrics", {"app": "p"})],
    ),
}


def found(small: Renderer, objects: list[Any], values: dict[str, Any] | None = None) -> list[str]:
    findings = check_release(render_values(small, {"objects": objects}), values or {})
    return [line(one) for one in findings if one.object != "Deployment/podrunner"]


def line(finding: Finding) -> str:
    return f"{finding.severity.value}: {finding.rule.code}: {finding.message}"


@pytest.mark.parametrize("name", PAIRS)
def test_each_mistake_is_found_and_nothing_else(small: Renderer, name: str) -> None:
    message, wrong, _ = PAIRS[name]

    (said,) = found(small, wrong)

    assert said.startswith(message)


@pytest.mark.parametrize("name", PAIRS)
def test_a_near_miss_is_no_finding(small: Renderer, name: str) -> None:
    assert found(small, PAIRS[name][2]) == []


@pytest.mark.parametrize(
    ("objects", "name"),
    [
        ([scaler("Deployment", "other")], "other"),
        ([binding("other", account="default")], "other"),
        ([ingress("other", {"number": 80})], "other"),
    ],
)
def test_what_the_values_name_is_there_already(small: Renderer, objects: list[Any], name: str) -> None:
    assert found(small, objects, {"existing": name}) == []


def test_a_custom_workload_may_be_made_by_its_operator(small: Renderer) -> None:
    (said,) = found(small, [scaler("Rollout", "web", "argoproj.io/v1alpha1")])

    assert said.startswith("note: reference: spec.scaleTargetRef: Rollout/web is not made by this release")
