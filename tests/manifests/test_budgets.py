"""PodDisruptionBudgets by which no node can be drained."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.manifests.checks.budgets import check_budgets
from podrunner.manifests.objects import find_pods
from podrunner.manifests.rendering import Document

LABELS = {"app": "web"}
DRAINED = " A node that runs one of the pods cannot be drained."


def document(kind: str, spec: dict[str, Any]) -> Document:
    data = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}
    return Document("templates/all.yaml", yaml.safe_dump(data), data)


def workload(kind: str = "Deployment", **spec: Any) -> Document:
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    return document(kind, {"selector": {"matchLabels": LABELS}, "template": template, **spec})


def said(budget: dict[str, Any], *others: Document) -> list[str]:
    documents = [document("PodDisruptionBudget", {"selector": {"matchLabels": LABELS}, **budget}), *others]
    found = check_budgets(documents, find_pods(documents, "here"), "here")
    return [finding.message.removesuffix(DRAINED) for finding in found]


@pytest.mark.parametrize(
    ("budget", "replicas", "why"),
    [
        ({"maxUnavailable": 0}, 3, ["spec.maxUnavailable: 0 allows no eviction."]),
        ({"maxUnavailable": "0%"}, 3, ["spec.maxUnavailable: 0% allows no eviction."]),
        # Shares of what may be missing are rounded up.
        ({"maxUnavailable": "1%"}, 3, []),
        ({"minAvailable": "100%"}, 3, ["spec.minAvailable: 100% allows no eviction."]),
        ({"minAvailable": 2}, 2, ["spec.minAvailable: 2 needs all 2 pods."]),
        ({"minAvailable": 3}, 2, ["spec.minAvailable: 3 needs all 2 pods."]),
        ({"minAvailable": 1}, 2, []),
        ({"minAvailable": 1}, 1, ["spec.minAvailable: 1 needs the only pod."]),
        ({"minAvailable": "60%"}, 2, ["spec.minAvailable: 60% of 2 is 2, and so needs all 2 pods."]),
        ({"minAvailable": "50%"}, 2, []),
        ({"minAvailable": 1}, 0, []),
        ({}, 2, []),
    ],
)
def test_a_budget_that_needs_every_pod_blocks_each_drain(budget: dict[str, Any], replicas: int, why: list[str]) -> None:
    assert said(budget, workload(replicas=replicas)) == why


def test_a_workload_that_says_nothing_has_one_pod() -> None:
    assert said({"minAvailable": 1}, workload()) == ["spec.minAvailable: 1 needs the only pod."]


@pytest.mark.parametrize(("most", "why"), [(2, ["spec.minAvailable: 2 needs all 2 pods."]), (3, [])])
def test_an_autoscaler_says_how_many_pods_there_may_be(most: int, why: list[str]) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = document("HorizontalPodAutoscaler", {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": most})

    assert said({"minAvailable": 2}, workload(), scaler) == why


def test_pods_of_two_workloads_count_together() -> None:
    assert said({"minAvailable": 2}, workload(replicas=1), workload("StatefulSet", replicas=2)) == []


@pytest.mark.parametrize("kind", ["DaemonSet", "Job"])
def test_where_nobody_can_say_how_many_pods_there_are_nothing_is_said(kind: str) -> None:
    assert said({"minAvailable": 1}, workload(kind)) == []


def test_pods_of_somebody_else_are_not_known() -> None:
    assert said({"minAvailable": 1}) == []
