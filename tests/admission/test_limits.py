"""LimitRanges and quotas: which pods the API server refuses, and that `podrunner check` speaks of the same ones."""

from __future__ import annotations

import contextlib
import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from kubernetes.dynamic.exceptions import ConflictError

from podrunner.cases.case import Case
from podrunner.check.checker import check_case
from podrunner.formats.placed import Values
from podrunner.helm.renderer import renderer
from podrunner.manifests.objects import maps
from podrunner.runner.job_pod.objects import job_objects, objects_with_a_service

from .release import CHART, is_hook, manager_pod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.manifests.rendering import Rendering

    from .cluster import Cluster
    from .trial import Bench

LIMITS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8"))
COUNTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "counted.yaml").read_text(encoding="utf-8")
)
URL = Values({"gitlab": {"url": "https://gitlab.example.com"}}, "the test")
CODES = ("limit-range", "quota", "job-pod-field")
KINDS = ("LimitRange", "ResourceQuota")
NUMBERS = itertools.count(1)


@pytest.mark.parametrize("name", LIMITS)
def test_check_speaks_of_the_pods_that_limits_refuse(name: str, bench: Bench, canary: Canary) -> None:
    number = next(NUMBERS)
    values, expected = LIMITS[name]["values"], LIMITS[name]["refused"]
    layers = (URL, Values(in_namespace(values, f"limits-{number}-jobs"), "limits.yaml"))
    case = Case(name, layers, namespace=f"limits-{number}", kube_version=bench.cluster.version)
    rendering = renderer("library", CHART).render(case)
    limited(rendering, bench.cluster)
    canary.settle()

    assert [*refused(rendering, bench.cluster)] == expected
    assert told(case) == expected


@pytest.mark.parametrize("name", COUNTED)
def test_check_speaks_of_the_objects_that_quotas_refuse(name: str, bench: Bench, canary: Canary) -> None:
    number = next(NUMBERS)
    values, expected = COUNTED[name]["values"], COUNTED[name]["refused"]
    case = Case(
        name, (URL, Values(values, "counted.yaml")), namespace=f"limits-{number}", kube_version=bench.cluster.version
    )
    rendering = renderer("library", CHART).render(case)
    limited(rendering, bench.cluster)
    canary.settle()

    (runner,) = maps(rendering.configs[0].toml.data.get("runners"))
    # The model leaves out the login that a Secret of its type has to have.
    of_jobs = [{**one, "type": "Opaque"} if one["kind"] == "Secret" else one for one in job_objects(runner).all()]
    of_jobs = [one for one in of_jobs if one["kind"] != "Pod"]
    objects = [one for one in rendering.objects() if not is_hook(one) and one["kind"] not in KINDS]
    assert [*refused_kinds([*objects, *of_jobs], bench.cluster, rendering.namespace)] == expected
    found = [one.message for one in check_case(case, CHART).findings if one.rule.code == "quota"]
    assert [one for kind in expected for one in found if kind in one] == found
    assert len(found) == len(expected)


def refused_kinds(objects: list[dict[str, Any]], cluster: Cluster, namespace: str) -> Iterator[str]:
    """Give the kind of each object that a quota refuses; the others are made."""
    for body in objects:
        reason = cluster.refusal_of(body, namespace)
        if "exceeded quota" in reason:
            yield body["kind"]
        elif not reason:
            with contextlib.suppress(ConflictError):
                cluster.create(body, namespace)


def in_namespace(values: Any, name: str) -> Any:
    """Values with a namespace of its own for the jobs of a case: what there was before would linger on."""
    if isinstance(values, dict):
        return {
            key: name if key == "namespace" and below == "jobs" else in_namespace(below, name)
            for key, below in values.items()
        }
    return values


def limited(rendering: Rendering, cluster: Cluster) -> None:
    """Make the namespaces with their limits, and the accounts of the pods."""
    pods = pods_of(rendering)
    for namespace, spec in pods.values():
        cluster.namespace(namespace, "privileged")
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": spec.get("serviceAccountName")}}
        if spec.get("serviceAccountName"):
            cluster.ensure(account, namespace)
    for body in rendering.objects():
        if body["kind"] in KINDS:
            body = {**body, "metadata": {"namespace": rendering.namespace, **body["metadata"]}}
            cluster.create(body)
            if body["kind"] == "ResourceQuota":
                cluster.count(body)


def refused(rendering: Rendering, cluster: Cluster) -> Iterator[str]:
    """Give whose pods the API server refuses. The manager's is made, if it may, before the others are tried."""
    pods = pods_of(rendering)
    namespace, spec = pods["manager"]
    of_manager = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "manager"}, "spec": spec}
    taken = not cluster.refusal_of(of_manager, namespace)
    if taken:
        cluster.create(of_manager, namespace)
    for who, (namespace, spec) in pods.items():
        if (not taken) if who == "manager" else cluster.refusal({"spec": spec}, namespace):
            yield who


def pods_of(rendering: Rendering) -> dict[str, tuple[str, dict[str, Any]]]:
    """Who → namespace and spec of the pod."""
    (runner,) = maps(rendering.configs[0].toml.data.get("runners"))
    found = {"job": job_objects(runner).pod, "service": objects_with_a_service(runner).pod}
    (test,) = [one for one in rendering.objects("Pod") if is_hook(one)]
    pods = {who: (pod["metadata"]["namespace"], pod["spec"]) for who, pod in (*found.items(), ("test", test))}
    for _, spec in pods.values():
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            container["image"] = container.get("image") or "registry.example.com/job:1"
    job, service = pods["job"], pods["service"]
    return {
        "job": job,
        "service": service,
        "manager": (rendering.namespace, manager_pod(rendering)),
        "test": pods["test"],
    }


def told(case: Case) -> list[str]:
    """Give of whose pods `podrunner check` says that they are refused. What is so of all jobs is so of those with a service."""
    found = [one.message for one in check_case(case, CHART).findings if one.rule.code in CODES]
    jobs = "jobs of runner default"
    whose = {
        "job": f"{jobs}",
        "service": f"{jobs} that bring a service",
        "manager": "Deployment/podrunner",
        "test": "Pod/podrunner-default-build",
    }
    if any("StatefulSet" in message for message in found):
        whose["manager"] = "StatefulSet/podrunner"
    said = {
        name
        for message in found
        for name in message.partition("refuses the pods of ")[2].partition(". ")[0].split(", ")
    }
    answered = {who for who, name in whose.items() if name in said}
    if "job" in answered:
        # What is told of jobs is not told again of what is made from the same text.
        answered.add("service")
    assert said <= set(whose.values())
    return [who for who in whose if who in answered]


@pytest.fixture(scope="module")
def canary(bench: Bench) -> Canary:
    """Return what tells when the API server has seen the limits that were made before."""
    return Canary(bench.cluster)


class Canary:
    """A LimitRange and a quota that are changed last: the API server sees objects of a kind in the order of their changes."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._number = 0
        cluster.namespace("canary", "privileged")
        for body in self._objects():
            cluster.create(body)
        self.settle()

    def settle(self) -> None:
        """Wait until the answer to a pod is that of the newest limits."""
        self._number += 1
        for body in self._objects():
            self._cluster.replace(body)
            if body["kind"] == "ResourceQuota":
                self._cluster.count(body)
        deadline = time.monotonic() + 30
        pod = {"spec": {"containers": [{"name": "a", "image": "a:1"}]}}
        while time.monotonic() < deadline:
            answer = self._cluster.refusal(pod, "canary")
            if f"requested: limits.cpu={self._number}," in answer and f"limited: limits.cpu={self._number}m" in answer:
                return
            time.sleep(0.02)
        raise AssertionError(answer)

    def _objects(self) -> list[dict[str, Any]]:
        limits = [{"type": "Container", "default": {"cpu": str(self._number)}}]
        specs = {"LimitRange": {"limits": limits}, "ResourceQuota": {"hard": {"limits.cpu": f"{self._number}m"}}}
        metadata = {"name": "canary", "namespace": "canary"}
        return [{"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec} for kind, spec in specs.items()]
