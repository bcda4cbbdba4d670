"""What a pod has with the defaults of LimitRanges, what it needs at its peak, and what counts towards a quota."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from yaml import safe_load

from podrunner.manifests.admission.limit_range import claim_breaches, pod_breaches
from podrunner.manifests.admission.quota import (
    claim_usage,
    counts_claims,
    counts_pod,
    object_usage,
    scope_faults,
    unsaid,
    usage,
)
from podrunner.manifests.admission.resources import LIMITS, REQUESTS, PodResources, amounts, pod_resources
from podrunner.manifests.difference.defaults import with_defaults
from podrunner.manifests.quantity import shown


def limit_range(*items: str) -> dict[str, Any]:
    return with_defaults(
        {"apiVersion": "v1", "kind": "LimitRange", "spec": {"limits": [safe_load(item) for item in items]}}
    )


def resources(spec: str, *items: str, kube: str = "1.34") -> PodResources:
    found = pod_resources(safe_load(spec), [limit_range(*items)] if items else [], kube)
    assert found is not None
    return found


def shares(found: PodResources, part: str, resource: str) -> dict[str, str]:
    return {name: shown(amount, resource) for name, amount in found.shares(part)[resource].items()}


def breaches(spec: str, *items: str) -> list[str]:
    return [
        f"{one.container or 'pod'}: {one.path} {shown(one.allowed, one.resource)}, {one.part} "
        f"{'-' if one.found is None else shown(one.found, one.resource)}"
        for one in pod_breaches(limit_range(*items), resources(spec, *items))
    ]


CONTAINER = "{{containers: [{{name: a, resources: {}}}]}}"


def container(text: str) -> str:
    return CONTAINER.format(text)


@pytest.mark.parametrize(
    ("amount", "resource", "text"),
    [
        ("0.5", "cpu", "500m"),
        ("2", "requests.cpu", "2"),
        ("0.0001", "cpu", "0.1m"),
        (str(4 * 2**30), "memory", "4Gi"),
        (str(1536 * 2**20), "limits.memory", "1536Mi"),
        ("1000000", "memory", "1000000"),
        ("0", "memory", "0"),
        (str(2**30), "requests.storage", "1Gi"),
        (str(2**30), "fast.storageclass.storage.k8s.io/requests.storage", "1Gi"),
        ("1024", "pods", "1024"),
    ],
)
def test_an_amount_is_shown_as_people_write_it(amount: str, resource: str, text: str) -> None:
    assert shown(Decimal(amount), resource) == text


def test_who_says_a_limit_alone_asks_for_all_of_it() -> None:
    found = resources(container("{limits: {cpu: 2}}"), "{type: Container, defaultRequest: {cpu: 100m}, max: {cpu: 4}}")

    assert (shares(found, REQUESTS, "cpu"), shares(found, LIMITS, "cpu")) == ({"a": "2"}, {"a": "2"})


def test_the_most_is_the_limit_of_who_says_none_and_the_least_the_request() -> None:
    found = resources(container("{}"), "{type: Container, max: {cpu: 4}, min: {memory: 1Mi}}")

    assert found.total(LIMITS) == {"cpu": Decimal(4)}
    assert found.total(REQUESTS) == {"cpu": Decimal(4), "memory": Decimal(2**20)}


def test_of_two_limit_ranges_the_first_gives_the_default() -> None:
    ranges = [limit_range(f"{{type: Container, default: {{cpu: {cpu}}}}}") for cpu in (1, 2)]
    found = pod_resources(safe_load(container("{}")), ranges, "1.34")

    assert found is not None
    assert found.total(LIMITS) == {"cpu": Decimal(1)}


def test_a_container_of_the_start_counts_where_it_needs_more_than_all_others_together() -> None:
    spec = """
    initContainers:
    - {name: start, resources: {requests: {cpu: 3, memory: 1Gi}}}
    containers:
    - {name: a, resources: {requests: {cpu: 1, memory: 1Gi}}}
    - {name: b, resources: {requests: {cpu: 1, memory: 1Gi}}}
    """
    found = resources(spec)

    assert shares(found, REQUESTS, "cpu") == {"start": "3"}
    assert shares(found, REQUESTS, "memory") == {"a": "1Gi", "b": "1Gi"}


def test_a_container_that_stays_counts_beside_those_that_start_after_it_and_beside_the_work() -> None:
    spec = """
    initContainers:
    - {name: before, resources: {requests: {cpu: 4}}}
    - {name: proxy, restartPolicy: Always, resources: {requests: {cpu: 2}}}
    - {name: after, resources: {requests: {cpu: CPU}}}
    containers: [{name: a, resources: {requests: {cpu: 1}}}]
    """

    assert shares(resources(spec.replace("CPU", "1")), REQUESTS, "cpu") == {"before": "4"}
    assert shares(resources(spec.replace("CPU", "3")), REQUESTS, "cpu") == {"proxy": "2", "after": "3"}


def test_what_a_pod_says_as_a_whole_wins_where_kubernetes_heeds_it() -> None:
    spec = "{resources: {limits: {cpu: 3}}, containers: [{name: a, resources: {requests: {cpu: 1}}}]}"

    assert resources(spec).total(LIMITS) == {"cpu": Decimal(3)}
    assert resources(spec).total(REQUESTS) == {"cpu": Decimal(1)}
    assert resources(spec, kube="1.33").total(LIMITS) == {}


def test_a_whole_pod_whose_containers_ask_for_nothing_asks_for_its_limit() -> None:
    found = resources("{resources: {limits: {cpu: 3}}, containers: [{name: a}]}")

    assert found.total(REQUESTS) == {"cpu": Decimal(3)}


def test_a_pod_that_says_what_is_not_an_amount_is_not_judged() -> None:
    assert pod_resources(safe_load(container("{limits: {cpu: many}}")), [], "1.34") is None


@pytest.mark.parametrize(
    ("said", "item", "breach"),
    [
        ("{limits: {cpu: 3}}", "{max: {cpu: 2}}", "a: spec.limits[0].max.cpu 2, limits 3"),
        ("{requests: {cpu: 3}}", "{max: {cpu: 2}}", "a: spec.limits[0].max.cpu 2, requests 3"),
        ("{requests: {cpu: 1}}", "{min: {cpu: 2}}", "a: spec.limits[0].min.cpu 2, requests 1"),
        ("{requests: {cpu: 2}}", "{default: {cpu: 1}}", "a: spec.limits[0].default.cpu 1, requests 2"),
        (
            "{requests: {cpu: 1}, limits: {cpu: 3}}",
            "{maxLimitRequestRatio: {cpu: 2}}",
            "a: spec.limits[0].maxLimitRequestRatio.cpu 2, limits 3",
        ),
        (
            "{requests: {cpu: 0}, limits: {cpu: 3}}",
            "{maxLimitRequestRatio: {cpu: 2}}",
            "a: spec.limits[0].maxLimitRequestRatio.cpu 2, requests -",
        ),
        (
            "{requests: {cpu: 1}}",
            "{maxLimitRequestRatio: {cpu: 2}}",
            "a: spec.limits[0].maxLimitRequestRatio.cpu 2, limits -",
        ),
    ],
)
def test_a_container_outside_of_a_bound(said: str, item: str, breach: str) -> None:
    assert breaches(container(said), f"{{type: Container, {item[1:]}") == [breach]


@pytest.mark.parametrize(
    ("said", "item"),
    [
        ("{limits: {cpu: 2}}", "{max: {cpu: 2}}"),
        ("{requests: {cpu: 2}}", "{min: {cpu: 2}}"),
        ("{requests: {cpu: 2}, limits: {cpu: 3}}", "{default: {cpu: 1}}"),
        ("{requests: {cpu: 1}, limits: {cpu: 2}}", "{maxLimitRequestRatio: {cpu: 2}}"),
        ("{limits: {memory: 1Gi}}", "{max: {cpu: 2}}"),
    ],
)
def test_a_container_within_a_bound(said: str, item: str) -> None:
    assert breaches(container(said), f"{{type: Container, {item[1:]}") == []


def test_a_pod_is_bound_by_the_sum_and_has_to_say_it() -> None:
    two = "{containers: [{name: a, resources: {limits: {cpu: 2}}}, {name: b, resources: {limits: {cpu: 2}}}]}"

    assert breaches(two, "{type: Pod, max: {cpu: 3}}") == ["pod: spec.limits[0].max.cpu 3, limits 4"]
    assert breaches(two, "{type: Pod, max: {cpu: 4}}") == []
    assert breaches(two, "{type: Pod, max: {memory: 1Gi}}") == ["pod: spec.limits[0].max.memory 1Gi, limits -"]


def test_a_claim_is_bound_by_what_it_asks_for() -> None:
    bounds = limit_range("{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 2Gi}}")
    found = {
        size: [one.path for one in claim_breaches(bounds, amounts({"storage": size}))] for size in ("1Mi", "1Gi", "3Gi")
    }

    assert found == {"1Mi": ["spec.limits[0].min.storage"], "1Gi": [], "3Gi": ["spec.limits[0].max.storage"]}


def test_each_resource_counts_by_the_names_that_a_quota_has_for_it() -> None:
    found = resources(
        container(
            "{requests: {ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi}, limits: {hugepages-2Mi: 4Mi, a.com/gpu: 2}}"
        )
    )
    names = ("ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage", "requests.a.com/gpu")
    names += ("hugepages-2Mi", "requests.hugepages-2Mi", "pods", "count/pods", "services", "requests.storage")
    names += ("fast.storageclass.storage.k8s.io/requests.storage",)

    assert {name: sum(used.values()) for name in names if (used := usage(name, found))} == {
        "ephemeral-storage": 2**30,
        "requests.ephemeral-storage": 2**30,
        "requests.a.com/gpu": 2,
        "hugepages-2Mi": 4 * 2**20,
        "requests.hugepages-2Mi": 4 * 2**20,
        "pods": 1,
        "count/pods": 1,
    }


def test_cpu_and_memory_have_to_be_said_by_every_container_and_storage_by_none() -> None:
    found = resources("{containers: [{name: a, resources: {requests: {cpu: 1}}}, {name: b}]}")

    assert {name: unsaid(name, found) for name in ("cpu", "limits.cpu", "requests.memory", "ephemeral-storage")} == {
        "cpu": ["b"],
        "limits.cpu": ["a", "b"],
        "requests.memory": ["a", "b"],
        "ephemeral-storage": [],
    }


@pytest.mark.parametrize(
    ("scopes", "spec", "counts"),
    [
        ("{scopes: [Terminating]}", "{activeDeadlineSeconds: 5}", True),
        ("{scopes: [Terminating]}", "{}", False),
        ("{scopes: [NotTerminating, BestEffort]}", "{}", True),
        ("{scopes: [NotTerminating, NotBestEffort]}", "{}", False),
        ("{scopes: [PriorityClass]}", "{priorityClassName: high}", True),
        ("{scopes: [PriorityClass]}", "{}", False),
        ("{scopes: [CrossNamespacePodAffinity]}", "{}", False),
        (
            "{scopes: [CrossNamespacePodAffinity]}",
            "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{namespaces: [a]}]}}}",
            True,
        ),
        (
            "{scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}}",
            "{priorityClassName: high}",
            True,
        ),
        (
            "{scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [high]}]}}",
            "{priorityClassName: high}",
            False,
        ),
        ("{scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: DoesNotExist}]}}", "{}", True),
        ("{scopes: [VolumeAttributesClass]}", "{}", False),
    ],
)
def test_a_quota_counts_the_pods_of_all_its_scopes(scopes: str, spec: str, counts: bool) -> None:
    pod = {"containers": [{"name": "a"}], **safe_load(spec)}

    assert counts_pod({"spec": safe_load(scopes)}, pod, resources(str(pod))) is counts


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            "{hard: {pods: 1, limits.ephemeral-storage: 1Gi}, scopes: [NotTerminating]}",
            "spec.hard.limits.ephemeral-storage: cannot be counted in the scope NotTerminating: only pods, cpu, memory, "
            "requests.cpu, requests.memory, limits.cpu, limits.memory.",
        ),
        (
            "{hard: {cpu: 1}, scopes: [BestEffort]}",
            "spec.hard.cpu: cannot be counted in the scope BestEffort: only pods.",
        ),
        (
            "{hard: {pods: 1}, scopes: [Terminating, NotTerminating]}",
            "spec.scopes: cannot have both Terminating and NotTerminating.",
        ),
        (
            "{hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In}]}}",
            "spec.scopeSelector.matchExpressions: must have values for In and NotIn, and for them alone, is `In`.",
        ),
        (
            "{hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: Terminating, operator: DoesNotExist}]}}",
            "spec.scopeSelector.matchExpressions: must have the operator Exists for Terminating, is `DoesNotExist`.",
        ),
    ],
)
def test_scopes_that_a_quota_cannot_have(spec: str, sentence: str) -> None:
    assert [f"{one.path}: {one.sentence}" for one in scope_faults(safe_load(spec))] == [sentence]


@pytest.mark.parametrize(
    "spec",
    [
        "{hard: {pods: 1, limits.cpu: 1, count/secrets: 1}, scopes: [NotTerminating, NotBestEffort]}",
        "{hard: {pods: 1}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: Exists}]}}",
        "{hard: {requests.storage: 1Gi}, scopes: [VolumeAttributesClass]}",
        "{hard: {limits.ephemeral-storage: 1Gi}}",
    ],
)
def test_scopes_that_a_quota_can_have(spec: str) -> None:
    assert [*scope_faults(safe_load(spec))] == []


def test_a_whole_pod_that_says_a_limit_asks_for_no_less_than_its_containers() -> None:
    spec = "{resources: {limits: {cpu: 1}}, containers: [{name: a, resources: {requests: {cpu: 600m}}}, {name: b, resources: {requests: {cpu: CPU}}}]}"
    found = {cpu: [*resources(spec.replace("CPU", cpu)).beyond_whole()] for cpu in ("400m", "500m")}

    assert found == {
        "400m": [],
        "500m": [("requests", "cpu", Decimal(1), {"a": Decimal("0.6"), "b": Decimal("0.5")})],
    }


def test_a_claim_counts_for_itself_and_for_its_class() -> None:
    claim = {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}

    assert {name: shown(amount, name) for name, amount in claim_usage(claim).items()} == {
        "persistentvolumeclaims": "1",
        "count/persistentvolumeclaims": "1",
        "requests.storage": "1Gi",
        "fast.storageclass.storage.k8s.io/persistentvolumeclaims": "1",
        "fast.storageclass.storage.k8s.io/requests.storage": "1Gi",
    }
    assert [counts_claims({"spec": safe_load(spec)}) for spec in ("{}", "{scopes: [Terminating]}")] == [True, False]


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("{apiVersion: v1, kind: Secret}", {"secrets": 1, "count/secrets": 1}),
        ("{apiVersion: apps/v1, kind: Deployment}", {"count/deployments.apps": 1}),
        ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}", {"count/networkpolicies.networking.k8s.io": 1}),
        ("{apiVersion: networking.k8s.io/v1, kind: Ingress}", {"count/ingresses.networking.k8s.io": 1}),
        ("{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}]}}", {"services": 1, "count/services": 1}),
        (
            "{apiVersion: v1, kind: Service, spec: {type: LoadBalancer, ports: [{port: 80}, {port: 443}]}}",
            {"services": 1, "count/services": 1, "services.loadbalancers": 1, "services.nodeports": 2},
        ),
        (
            "{apiVersion: v1, kind: Service, spec: {type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}}",
            {"services": 1, "count/services": 1, "services.loadbalancers": 1},
        ),
        ("{apiVersion: v1, kind: Pod}", {}),
    ],
)
def test_an_object_counts_by_its_kind(text: str, used: dict[str, int]) -> None:
    assert {name: amount for name, amount in object_usage(safe_load(text)).items() if amount} == used
