"""Checks of a whole release: for each, objects that trigger exactly it, and a near miss that does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.checks.release import check_pod_security, check_release
from podrunner.manifests.checks.selectors import written
from tests.renders import render_values

SAFE = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


@pytest.fixture(scope="module")
def small(small_chart: Path) -> Renderer:
    """Load the small chart once."""
    return renderer("library", Chart.open(small_chart))


def obj(kind: str, name: str = "x", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **parts}


def pod(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "c", "image": "x:1", "securityContext": SAFE, **(container or {})}]
    labels = {"metadata": {"name": "p", "labels": {"app": "p"}}}
    return {"apiVersion": "v1", "kind": "Pod", **labels, "spec": {"containers": containers, **spec}}


def role(kind: str = "Role", **rule: Any) -> dict[str, Any]:
    return obj(kind, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}])


def service(**port: Any) -> dict[str, Any]:
    return obj("Service", spec={"selector": {"app": "p"}, "ports": [{"port": 80, **port}]})


def env(**variable: Any) -> dict[str, Any]:
    return {"env": [{"name": "A", **variable}]}


def key(name: str, key: str) -> dict[str, Any]:
    return env(valueFrom={"configMapKeyRef": {"name": name, "key": key}})


WEB = {"ports": [{"name": "web", "containerPort": 80}]}
MAP = obj("ConfigMap", "settings", data={"level": "info"})
SECRET_REF = {"valueFrom": {"secretKeyRef": {"name": "login", "key": "k"}}}

# What it is → (rule and beginning of the message, objects that trigger it, objects that nearly do).
PAIRS: dict[str, tuple[str, list[Any], list[Any]]] = {
    "an image without a tag": (
        "image-floating: spec.containers[0].image: reg:5000/x has neither tag nor digest",
        [pod({"image": "reg:5000/x"})],
        [pod({"image": "reg:5000/x@sha256:0"})],
    ),
    "the tag latest": (
        "image-floating: spec.containers[0].image: x:latest has the tag latest",
        [pod({"image": "x:latest"})],
        [pod({"image": "latest:1"})],
    ),
    "the tag stable": (
        "image-floating: spec.containers[0].image: x:stable has the tag stable",
        [pod({"image": "x:stable"})],
        [pod({"image": "x/stable:v5.8.7"})],
    ),
    "a cron job's name that leaves no room": (
        "name-length: metadata.name: 53 characters, at most 52",
        [obj("CronJob", "a" * 53)],
        [obj("CronJob", "a" * 52)],
    ),
    "a label value that is too long": (
        "label: metadata.labels.a: `",
        [{**MAP, "metadata": {"name": "m", "labels": {"a": "b" * 64}}}],
        [{**MAP, "metadata": {"name": "m", "labels": {"a": "b" * 63}}}],
    ),
    "a deployment that does not select its pods": (
        "selector-own: spec.selector: does not select the labels of spec.template",
        [obj("Deployment", spec={"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {}}})],
        [
            obj(
                "Deployment",
                spec={
                    "selector": {"matchLabels": {"a": "b"}},
                    "template": {"metadata": {"labels": {"a": "b", "c": "d"}}, "spec": {}},
                },
            )
        ],
    ),
    "a service that selects nothing": (
        "selector-empty: spec.selector: selects no pod of this release: app=p",
        [service()],
        [service(), pod()],
    ),
    "a budget for no pod": (
        "selector-empty: spec.selector: selects no pod of this release: app=q",
        [obj("PodDisruptionBudget", spec={"selector": {"matchLabels": {"app": "q"}}}), pod()],
        [obj("PodDisruptionBudget", spec={"selector": {"matchLabels": {"app": "p"}}}), pod()],
    ),
    "a ConfigMap that is not there": (
        "reference: spec.containers[0].env[0].valueFrom.configMapKeyRef: ConfigMap/setings is not made by this release: "
        "it has to be there before. Did you mean `settings`?",
        [MAP, pod(key("setings", "level"))],
        [MAP, pod(key("settings", "level"))],
    ),
    "a key that is not there": (
        "reference-key: spec.containers[0].env[0].valueFrom.configMapKeyRef: ConfigMap/settings has no key `levle`. "
        "Did you mean `level`?",
        [MAP, pod(key("settings", "levle"))],
        [MAP, pod(env(valueFrom={"configMapKeyRef": {"name": "settings", "key": "levle", "optional": True}}))],
    ),
    "a service account that is not there": (
        "reference: spec.serviceAccountName: ServiceAccount/worker is not made by this release",
        [pod(serviceAccountName="worker")],
        [pod(serviceAccountName="default")],
    ),
    "a Secret that is not there": (
        "reference: spec.containers[0].env[0].valueFrom.secretKeyRef: Secret/login is not made by this release",
        [pod(env(**SECRET_REF))],
        [pod(env(**SECRET_REF)), obj("Secret", "login", stringData={"k": "v"})],
    ),
    "a volume that is not there": (
        "reference-volume: spec.containers[0].volumeMounts[0].name: the pod has no volume `tmp`.",
        [pod({"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]})],
        [pod({"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}, volumes=[{"name": "tmp", "emptyDir": {}}])],
    ),
    "a probe's port that is not there": (
        "reference-port: spec.containers[0].livenessProbe.httpGet.port: the container has no port `wbe`. "
        "Did you mean `web`?",
        [pod({**WEB, "livenessProbe": {"httpGet": {"port": "wbe"}}})],
        [pod({**WEB, "livenessProbe": {"httpGet": {"port": "web"}}})],
    ),
    "a service's port that is not there": (
        "reference-port: spec.ports[0].targetPort: no container of the selected pods has a port `http`.",
        [service(targetPort="http"), pod(WEB)],
        [service(targetPort="web"), pod(WEB)],
    ),
    "a wildcard in a role": (
        "rbac: rules[0]: verbs: [*] allows what is not there yet, too",
        [role(verbs=["*"])],
        [role(verbs=["get", "list"])],
    ),
    "a verb that leads to more": (
        "rbac: rules[0]: verb escalate: whoever has it may give itself any permission",
        [role(verbs=["escalate"])],
        [role(verbs=["update"])],
    ),
    "a verb that binds": (
        "rbac: rules[0]: verb bind: whoever has it may bind itself to any role",
        [role(apiGroups=["rbac.authorization.k8s.io"], resources=["roles"], verbs=["bind"])],
        [role(resources=["pods/binding"], verbs=["create"])],
    ),
    "a verb that impersonates": (
        "rbac: rules[0]: verb impersonate: whoever has it may act as anybody",
        [role(resources=["users"], verbs=["impersonate"])],
        [role(resources=["serviceaccounts"], verbs=["list"])],
    ),
    "every container of a node": (
        "rbac: rules[0]: nodes/proxy: reaches every container of the node",
        [role("ClusterRole", resources=["nodes/proxy"])],
        [role("ClusterRole", resources=["nodes/metrics"])],
    ),
    "tokens of any service account": (
        "rbac: rules[0]: serviceaccounts/token create: may become any service account there",
        [role(resources=["serviceaccounts/token"], verbs=["create"])],
        [role(resources=["serviceaccounts/token"], verbs=["create"], resourceNames=["ci"])],
    ),
    "secrets of the whole cluster": (
        "rbac: rules[0]: reads the secrets of every namespace",
        [role("ClusterRole", resources=["secrets"])],
        [role("Role", resources=["secrets"])],
    ),
    "cluster-admin": (
        "rbac: roleRef: binds cluster-admin",
        [obj("ClusterRoleBinding", roleRef={"name": "cluster-admin"})],
        [obj("ClusterRoleBinding", roleRef={"name": "view"})],
    ),
    "a password in the environment": (
        "secret-in-plain-sight: spec.containers[0].env[0]: a secret in plain sight: DB_PASSWORD: everybody",
        [pod({"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]})],
        [pod({"env": [{"name": "DB_PASSWORD_FILE", "value": "/run/password"}]})],
    ),
    "a switch that is called a password": (
        "secret-in-plain-sight: spec.containers[0].env[0]: a secret in plain sight: ALLOW_EMPTY_PASSWORD: everybody",
        [pod({"env": [{"name": "ALLOW_EMPTY_PASSWORD", "value": "yes-sir"}]})],
        [pod({"env": [{"name": "ALLOW_EMPTY_PASSWORD", "value": "yes"}]})],
    ),
    "an ssh key in the environment": (
        "secret-in-plain-sight: spec.containers[0].env[0]: a secret in plain sight: SSH_KEY: everybody",
        [pod({"env": [{"name": "SSH_KEY", "value": "hunter2"}]})],
        [pod({"env": [{"name": "PATH", "value": "hunter2"}, {"name": "BYPASS", "value": "example.com"}]})],
    ),
    "a token in an annotation": (
        "secret-in-plain-sight: metadata.annotations.example.com/token: a secret in plain sight: everybody",
        [obj("Service", metadata={"name": "x", "annotations": {"example.com/token": "hunter2"}})],
        [obj("Service", metadata={"name": "x", "annotations": {"checksum/token": "0a1b2c3d"}})],
    ),
    "a token in an argument": (
        "secret-in-plain-sight: spec.containers[0].args[1]: a secret in plain sight: arguments are visible",
        [pod({"args": ["--token", "glrt-0123456789abcdefghij"]})],
        [pod({"args": ["--token", "$(RUNNER_TOKEN)", "glrt-short"]})],
    ),
    **{
        f"{key} in a ConfigMap": (
            f"secret-in-plain-sight: data.{key}: a secret in plain sight: everybody who may read ConfigMaps",
            [obj("ConfigMap", data={key: "hunter2hunter2"})],
            [obj("ConfigMap", data={key: "$(HUNTER)", near: "hunter2hunter2"})],
        )
        for key, near in {
            "dbPassword": "dbPasswordFile",
            "authToken": "tokenizer",
            "clientSecret": "existingSecret",
            "accessKey": "cacheKey",
        }.items()
    },
    "a password in a file of a ConfigMap": (
        "secret-in-plain-sight: data.app.properties: a secret in plain sight",
        [obj("ConfigMap", data={"app.properties": "db.host=db\ndb.password=hunter2hunter2\n"})],
        [obj("ConfigMap", data={"app.properties": "db.host=db\ndb.password=${DB_PASSWORD}\n"})],
    ),
    "a password behind an option": (
        "secret-in-plain-sight: spec.containers[0].args[1]: a secret in plain sight: arguments are visible",
        [pod({"args": ["--db-password", "hunter2hunter2"]})],
        [pod({"args": ["--db-password", "$(PASSWORD)", "--db-password-file", "/run/password"]})],
    ),
    "a private key in a ConfigMap": (
        "secret-in-plain-sight: data.tls.key: a secret in plain sight",
        [obj("ConfigMap", data={"tls.key": "-----BEGIN RSA PRIVATE KEY-----\nMII"})],
        [obj("ConfigMap", data={"tls.crt": "-----BEGIN CERTIFICATE-----\nMII"})],
    ),
    "a pod that may escalate": (
        "pod-security: Pod Security level baseline: "
        "spec.containers[0].securityContext.allowPrivilegeEscalation is not false.",
        [pod({"securityContext": {**SAFE, "allowPrivilegeEscalation": True}})],
        [pod()],
    ),
    "a pod with a folder of its node": (
        "pod-security: Pod Security level privileged: spec.volumes[0].hostPath.",
        [pod(volumes=[{"name": "h", "hostPath": {"path": "/"}}])],
        [pod(volumes=[{"name": "h", "emptyDir": {}}])],
    ),
}


def found(small: Renderer, objects: list[Any], values: dict[str, Any] | None = None) -> list[str]:
    rendering = render_values(small, {"objects": objects})
    findings = [*check_release(rendering, values or {}), *check_pod_security(rendering, "1.34")]
    return [f"{one.rule.code}: {one.message}" for one in findings if one.object != "Deployment/podrunner"]


@pytest.mark.parametrize("name", PAIRS)
def test_each_mistake_is_found_and_nothing_else(small: Renderer, name: str) -> None:
    message, wrong, _ = PAIRS[name]

    (line,) = found(small, wrong)

    assert line.startswith(message)


@pytest.mark.parametrize("name", PAIRS)
def test_a_near_miss_is_no_finding(small: Renderer, name: str) -> None:
    assert found(small, PAIRS[name][2]) == []


def test_an_object_that_the_values_name_is_there_already(small: Renderer) -> None:
    assert found(small, [pod(env(**SECRET_REF))], {"auth": {"existingSecret": "login"}}) == []


OPERATED = {"apiVersion": "example.com/v1", "kind": "Kite", "metadata": {"name": "p"}}


@pytest.mark.parametrize(
    ("objects", "severity"),
    [
        ([service()], "warning"),
        # An operator makes pods that are called after its object.
        ([service(), OPERATED], "note"),
        # Pods of somebody else: no release has its own in a namespace that is not its own.
        ([{**service(), "metadata": {"name": "x", "namespace": "kube-system"}}], "note"),
    ],
)
def test_pods_that_somebody_else_makes_are_worth_a_note_only(
    small: Renderer, objects: list[Any], severity: str
) -> None:
    findings = check_release(render_values(small, {"objects": objects}), {})

    assert [one.severity.value for one in findings if one.rule.code == "selector-empty"] == [severity]


REFERENCES = (
    *("$(OTHER)", "${OTHER}", '{{ readfile "/secrets/x" }}', "vault:secret/data/x#y", "/run/secrets/x"),
    *("ref+vault://secret/x#/y", "<path:secret/data/x#y>", "op://vault/item/password", "file:///run/secrets/x"),
    *("arn:aws:secretsmanager:eu-central-1:111122223333:secret:x", "%env(X)%", "postgres://u:$(PW)@db/x"),
)


@pytest.mark.parametrize("value", REFERENCES)
def test_a_reference_to_a_secret_is_none_in_plain_sight(small: Renderer, value: str) -> None:
    variables = [
        {"name": "A_PASSWORD", "value": value},
        {"name": "A_TOKEN_URL", "value": "https://a.example.com/token"},
    ]

    assert found(small, [pod({"env": variables})]) == []


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ({"app": "web", "tier": "a"}, "app=web,tier=a"),
        ({"matchLabels": {"app": "web"}}, "app=web"),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [
                    {"key": "tier", "operator": "In", "values": ["a", "b"]},
                    {"key": "track", "operator": "NotIn", "values": ["c"]},
                    {"key": "new", "operator": "Exists"},
                    {"key": "old", "operator": "DoesNotExist"},
                ],
            },
            "app=web,tier in (a,b),track notin (c),new,!old",
        ),
    ],
)
def test_a_selector_is_written_as_kubectl_takes_it(selector: dict[str, Any], text: str) -> None:
    assert written(selector) == text
