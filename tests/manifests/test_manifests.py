"""Rendered objects against what Kubernetes takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.finding import Finding
from podrunner.helm.renderer import Renderer, renderer
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.objects import OWN_GROUPS
from podrunner.manifests.schemas.kinds import kinds_of, known_versions
from tests.renders import render_values

Check = Callable[..., list[str]]


@pytest.fixture(scope="module")
def small(small_chart: Path) -> Renderer:
    """Load the small chart once."""
    return renderer("library", Chart.open(small_chart))


@pytest.fixture
def check(small: Renderer) -> Check:
    """Render some objects beside the two of the small chart and return the findings as text."""

    def check_objects(*objects: dict[str, Any], kube: str = "1.34", **values: Any) -> list[str]:
        rendering = render_values(small, {"objects": list(objects), **values}, kube_version=kube)
        return [line(finding) for finding in check_manifests(rendering, kube)]

    return check_objects


def line(finding: Finding) -> str:
    return f"{finding.severity.value}: {finding.object}: {finding.message} [{finding.rule.code}]"


def pod(**container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "x", **container}]},
    }


@pytest.mark.parametrize("version", known_versions())
def test_good_objects_have_no_findings_in_any_version(check: Check, version: tuple[int, int]) -> None:
    assert check(pod(resources={"limits": {"cpu": "500m", "memory": "1Gi"}}), kube=f"{version[0]}.{version[1]}") == []


def test_the_data_reaches_from_125_to_137() -> None:
    assert known_versions()[0] == (1, 25)
    assert (1, 37) in known_versions()


def test_a_misspelt_field_names_its_path_and_the_nearest_field(check: Check) -> None:
    assert check(pod(imagePullPolcy="Always")) == [
        "error: Pod/p: spec.containers[0].imagePullPolcy: unknown key. Did you mean `imagePullPolicy`? "
        "(Kubernetes 1.34) [kubernetes-schema]"
    ]


def test_a_wrong_type_names_its_path_and_what_is_expected(check: Check) -> None:
    assert check(pod(command="sleep")) == [
        'error: Pod/p: spec.containers[0].command: must be a list, is the text "sleep". '
        "(Kubernetes 1.34) [kubernetes-schema]"
    ]


def test_a_missing_field_is_named(check: Check) -> None:
    secret = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {}}

    (found,) = check(secret)

    assert found.startswith("error: Pod/p: spec.containers: missing. List of containers belonging to the pod.")


def test_an_object_without_an_api_version_is_named(check: Check) -> None:
    assert check({"kind": "Pod", "metadata": {"name": "p"}}) == [
        "error: Pod/p: apiVersion: missing. Every object needs apiVersion and kind. [kubernetes-schema]"
    ]


def test_a_field_of_a_later_version_is_unknown_in_an_earlier_one(check: Check) -> None:
    userns = pod()
    userns["spec"]["hostUsers"] = False
    resources = pod()
    resources["spec"]["resources"] = {"limits": {"cpu": "1"}}

    assert check(resources, kube="1.34") == []
    assert check(resources, kube="1.25") == [
        "error: Pod/p: spec.resources: unknown key. It is a key of spec.containers[], spec.ephemeralContainers[], spec.initContainers[]. "
        "(Kubernetes 1.25) [kubernetes-schema]"
    ]


def test_an_api_version_that_is_gone_says_when_it_was_there_and_what_to_use(check: Check) -> None:
    quota = {"apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}}

    assert check(quota, kube="1.34") == [
        "error: HorizontalPodAutoscaler/h: autoscaling/v2beta2 HorizontalPodAutoscaler is not in Kubernetes 1.34. "
        "autoscaling/v2beta2 HorizontalPodAutoscaler is in 1.25 to 1.25. "
        "Use apiVersion: autoscaling/v1, autoscaling/v2. [kubernetes-api-version]"
    ]


def test_an_api_version_that_will_be_gone_is_a_warning_while_it_is_there(check: Check) -> None:
    schemas = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema", "metadata": {"name": "f"}}
    stays = {
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
        "kind": "FlowSchema",
        "metadata": {"name": "f"},
        "spec": {"priorityLevelConfiguration": {"name": "exempt"}},
    }

    assert check(schemas, kube="1.30") == [
        "warning: FlowSchema/f: flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema is gone from Kubernetes 1.32 on. "
        "Use apiVersion: flowcontrol.apiserver.k8s.io/v1. [kubernetes-deprecated]"
    ]
    assert check(stays, kube="1.30") == []


def test_an_api_version_that_never_was_there_says_what_to_use(check: Check) -> None:
    deployment = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "metadata": {"name": "d"}}

    assert check(deployment) == [
        "error: Deployment/d: extensions/v1beta1 Deployment is not in Kubernetes 1.34. "
        "Use apiVersion: apps/v1. [kubernetes-api-version]"
    ]


def test_a_kind_of_somebody_else_is_noted_and_not_checked(check: Check) -> None:
    monitor = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": {"name": "m"}, "spec": 5}

    assert check(monitor) == [
        "note: PodMonitor/m: monitoring.coreos.com/v1 PodMonitor: not checked, "
        "it is not one of Kubernetes' own kinds. Give its CRD with --crds. [kubernetes-unknown-kind]"
    ]


def test_a_kind_of_somebody_else_with_a_name_of_kubernetes_is_not_mistaken_for_it(check: Check) -> None:
    role = {"apiVersion": "rbac.example.com/v1", "kind": "Role", "metadata": {"name": "r"}, "spec": 5}

    (found,) = check(role)

    assert found.startswith("note: Role/r: rbac.example.com/v1 Role: not checked")


def test_a_version_without_data_is_refused_once(check: Check) -> None:
    assert check(kube="1.99") == [
        "error: : nothing is checked: there is no data for Kubernetes 1.99, only for 1.25 to 1.37. [kubernetes-version]"
    ]


@pytest.mark.parametrize(
    ("api_version", "kind", "sentence"),
    [
        ("apps/v1", "Deploymnt", "Did you mean `Deployment` of apps/v1?"),
        ("v1", "Servce", "Did you mean `Service` of v1?"),
        ("rbac.authorization.k8s.io/v1", "Rolebinding", "Did you mean `RoleBinding` of rbac.authorization.k8s.io/v1?"),
        ("app/v1", "StatefulSet", "Use apiVersion: apps/v1."),
        ("networking.k8s.io/v2", "Ingress", "Use apiVersion: networking.k8s.io/v1."),
        (
            "policy/v1beta1",
            "PodSecurityPolicy",
            "It is gone since 1.25: label namespaces with a level of Pod Security, pod-security.kubernetes.io/enforce.",
        ),
        ("batch/v1", "Xyz", ""),
    ],
)
def test_a_kind_that_kubernetes_own_groups_do_not_have_is_an_error(
    check: Check, api_version: str, kind: str, sentence: str
) -> None:
    wrong = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "w"}}

    assert check(wrong) == [
        f"error: {kind}/w: {api_version} {kind} is not in Kubernetes 1.34.{sentence and ' '}{sentence} [kubernetes-api-version]"
    ]


@pytest.mark.parametrize(
    "group", ["snapshot.storage.k8s.io", "gateway.networking.k8s.io", "metrics.k8s.io", "x-k8s.io"]
)
def test_groups_of_other_projects_below_the_same_domain_are_not_kubernetes_own(check: Check, group: str) -> None:
    (found,) = check({"apiVersion": f"{group}/v1", "kind": "Gateway", "metadata": {"name": "g"}})

    assert found.startswith("note: ")


def test_kubernetes_own_groups_are_those_of_its_schemas() -> None:
    groups = {
        one.rpartition("/")[0] for version in known_versions() for every in kinds_of(version).values() for one in every
    }

    # What is only asked, and never stored, has no metadata in some versions.
    assert {group for group in groups if "." in group} <= OWN_GROUPS
    assert len(OWN_GROUPS - groups) <= 3


def test_a_group_with_another_number_for_the_letters_of_kubernetes_is_misspelt(check: Check) -> None:
    ingress = {"kind": "Ingress", "metadata": {"name": "i"}}
    message = "Kubernetes has no group networking.k3s.io. Did you mean `networking.k8s.io/v1`?"

    assert check({"apiVersion": "networking.k3s.io/v1", **ingress}) == [
        f"error: Ingress/i: networking.k3s.io/v1 Ingress: {message} [kubernetes-api-version]"
    ]
    # A kind that Kubernetes has nowhere may be anybody's.
    gateway = check({"apiVersion": "networking.k3s.io/v1", "kind": "Kite", "metadata": {"name": "i"}})
    assert [one.rpartition(" ")[2] for one in gateway] == ["[kubernetes-unknown-kind]"]


def test_what_the_api_server_adds_itself_is_not_missed(check: Check) -> None:
    role = {"kind": "Role", "name": "r"}
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b"}}
    priority = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "p"}}

    assert [one for one in check({**binding, "roleRef": role}, priority) if "kubernetes-schema" in one] == []
    assert [one for one in check({**binding, "roleRef": {"kind": "Role"}}) if "roleRef.name: missing" in one]


def test_a_condition_of_a_failure_policy_needs_no_status(check: Check) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}}
    policy = {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}}

    assert check({**job, "spec": {"template": template, "podFailurePolicy": policy}}) == []


@pytest.mark.parametrize("name", ["../Pod", "/Pod", "P" * 300, "*", ""])
def test_what_cannot_be_the_name_of_a_kind_or_version_is_not_looked_for(check: Check, name: str) -> None:
    odd = {"apiVersion": "v1", "kind": name, "metadata": {"name": "p"}}
    long = {"apiVersion": f"apps/{'v' * 300}", "kind": "Deployment", "metadata": {"name": "p"}}

    assert [one.rpartition(" ")[2] for one in check(odd, long)] == ["[kubernetes-api-version]"] * 2


def test_two_objects_of_one_kind_and_name_are_found(check: Check) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    same = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "podrunner"}}

    assert check(secret, same) == [
        "error: Secret/s: a second object of this kind and name in namespace podrunner; "
        "the first is in templates/objects.yaml. One of them would be lost. [manifest-duplicate]"
    ]


def test_the_same_name_in_two_namespaces_or_kinds_is_fine(check: Check) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    elsewhere = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "other"}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "s"}}

    assert check(secret, elsewhere, account) == []


def test_a_key_that_is_twice_in_a_rendered_map_is_found(check: Check) -> None:
    assert check(image="x\n          image: z") == [
        "error: Deployment/podrunner: key `image` is there twice in one map, at line 17 of the rendered document. "
        "Kubernetes refuses this or keeps only the last. [manifest-duplicate-key]"
    ]


def test_a_finding_names_the_template(small: Renderer) -> None:
    rendering = render_values(small, {"replicas": "many"})

    (finding,) = check_manifests(rendering, "1.34")

    assert (finding.file, finding.path) == ("templates/deployment.yaml", "spec.replicas")


def test_hooks_may_have_the_name_of_an_object_that_lives_at_another_time(check: Check) -> None:
    def account(**annotations: str) -> dict[str, Any]:
        metadata = {"name": "migrate", "annotations": annotations}
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}

    before, after = {"helm.sh/hook": "pre-install"}, {"helm.sh/hook": "post-delete"}

    assert check(account(**before), account(**after), account()) == []
    assert [text[-20:] for text in check(account(**before), account(**before))] == ["[manifest-duplicate]"]


def test_null_is_the_default_of_an_amount_and_of_a_port(check: Check) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}}
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}}

    assert check(pod(resources={"requests": {"memory": None}})) == []
    assert check({**service, "spec": {"ports": [{"port": 80, "targetPort": None}]}}) == []
    assert check({**budget, "spec": {"minAvailable": 1, "maxUnavailable": None}}) == []


@pytest.mark.parametrize("version", known_versions())
def test_an_amount_that_is_none_is_refused(check: Check, version: tuple[int, int]) -> None:
    kube = f"{version[0]}.{version[1]}"

    assert check(pod(resources={"limits": {"memory": "1GB"}}), kube=kube) == [
        'error: Pod/p: spec.containers[0].resources.limits.memory: "1GB" is not an amount. '
        f"Write it like 500m, 2 or 4Gi. (Kubernetes {kube}) [kubernetes-schema]"
    ]


@pytest.mark.parametrize("amount", ["1G", "1e9", ".5", "1.", "+1Ki", 1, 1.5, "1E", " 1 "])
def test_an_amount_is_taken(check: Check, amount: object) -> None:
    assert check(pod(resources={"limits": {"memory": amount}})) == []


def test_a_pull_policy_that_there_is_not_is_refused(check: Check) -> None:
    assert check(pod(imagePullPolicy="Sometimes")) == [
        'error: Pod/p: spec.containers[0].imagePullPolicy: "Sometimes" is not allowed. '
        'Allowed: Always, IfNotPresent, Never, "". (Kubernetes 1.34) [kubernetes-schema]'
    ]
    assert check(pod(imagePullPolicy="")) == []


def test_a_restart_policy_that_there_is_not_is_refused(check: Check) -> None:
    wrong, right = pod(), pod()
    wrong["spec"]["restartPolicy"], right["spec"]["restartPolicy"] = "never", "Never"

    assert check(wrong) == [
        'error: Pod/p: spec.restartPolicy: "never" is not allowed. Did you mean `Never`? '
        'Allowed: Always, OnFailure, Never, "". (Kubernetes 1.34) [kubernetes-schema]'
    ]
    assert check(right) == []


def secret(**content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **content}


def test_a_secret_that_is_not_base64_is_refused_and_not_shown(check: Check) -> None:
    assert check(secret(data={"token": "hunter2"})) == [
        "error: Secret/s: data.token: not base64. Encode it, or write it into stringData as it is. "
        "(Kubernetes 1.34) [kubernetes-schema]"
    ]
    assert check(secret(data={"a": "aHVudGVyMg==", "b": "aHVu\ndGVy\n", "c": "", "d": None})) == []


@pytest.mark.parametrize("content", [{"stringData": {"pin": 12345678}}, {"data": {"pin": 12345678}}])
def test_a_secret_of_a_wrong_type_is_not_shown(check: Check, content: dict[str, Any]) -> None:
    (name,) = content

    assert check(secret(**content)) == [
        f"error: Secret/s: {name}.pin: must be text. The value is not shown, it is a secret. "
        "(Kubernetes 1.34) [kubernetes-schema]"
    ]


def test_bytes_of_a_config_map_have_to_be_base64(check: Check) -> None:
    logo = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "binaryData": {"logo": "a-b"}}

    assert check(logo) == [
        'error: ConfigMap/c: binaryData.logo: "a-b" is not base64. (Kubernetes 1.34) [kubernetes-schema]'
    ]
