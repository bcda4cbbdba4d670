"""What becomes of a job when something happens to its manager, its node, GitLab or the cluster: docs/guarantees.md.

Each test has a release of its own on a cluster of two workers, and does one thing while a job runs: what the thing is, and
why it ends so, is in faults.yaml. `outcome` lets the job go on and holds what becomes of it to docs/guarantees.json.
"""

from __future__ import annotations

import json

import pytest

from podrunner.cluster.api import ApiError

from .guarantees import Begin, wait_for_a_restart
from .installed import FULL_NAME, SUCCEEDED, restarts
from .waiting import until

MINUTE = 60
# What a job of a killed manager gets, in seconds: time to start on a busy machine, and an end within the test.
SHORT = 1.5 * MINUTE
FILL = ("dd if=/dev/zero of=$(podman info --format '{{.Store.GraphRoot}}')/full bs=1M count=200", "sleep 300")
disturbing = pytest.mark.xdist_group("disturbed-workers")


# --- the manager


def test_a_job_whose_manager_is_killed_hangs(begin: Begin) -> None:
    scene = begin("manager-killed", timeout=int(SHORT))
    it, manager = scene.it, scene.it.manager()

    scene.workers.kill(scene.workers.first, manager["metadata"]["uid"], "gitlab-runner")
    wait_for_a_restart(it)

    assert scene.outcome(SHORT + 15).outcome == "hangs"
    assert it.manager()["metadata"]["uid"] == manager["metadata"]["uid"]


def test_a_job_outlives_the_eviction_of_its_manager(begin: Begin) -> None:
    scene = begin("manager-evicted")
    it, manager = scene.it, scene.it.manager()

    it.evict(manager)
    it.wait_for_a_manager_after(manager)

    assert scene.outcome().outcome == "finishes"
    assert it.left() == []


def test_a_job_outlives_a_rollout(begin: Begin) -> None:
    scene = begin("rollout")
    it, manager = scene.it, scene.it.manager()

    it.restart()
    it.wait_for_a_manager_after(manager)

    assert scene.outcome().outcome == "finishes"
    assert it.left() == []


def test_a_job_outlives_its_release(begin: Begin) -> None:
    scene = begin("uninstall")
    it = scene.it

    it.release.uninstall()
    until(lambda: "deletionTimestamp" in it.managers()[0]["metadata"], "the manager is told to end")

    assert scene.outcome().outcome == "finishes"
    assert it.left() == []
    assert it.managers() == []


# --- its configuration


def test_a_change_reaches_the_manager_without_a_restart(begin: Begin) -> None:
    scene = begin("config-changed")
    it, manager = scene.it, scene.it.manager()
    assert it.metric("gitlab_runner_concurrent") == 10

    with it.reloading():
        it.upgrade({"config": {"concurrent": 7}, "runners": {"default": {"config": {"limit": 3}}}})

    assert (it.metric("gitlab_runner_concurrent"), it.metric("gitlab_runner_limit")) == (7, 3)
    assert (it.manager()["metadata"]["uid"], restarts(it.manager())) == (manager["metadata"]["uid"], 0)
    assert scene.outcome().outcome == "finishes"
    assert it.left() == []


def test_a_broken_configuration_keeps_the_old_one_is_counted_and_can_be_mended(begin: Begin) -> None:
    scene = begin("config-broken")
    it = scene.it
    whole = it.api.get("ConfigMap", FULL_NAME, it.namespace)["data"]["config.toml"]
    errors = "gitlab_runner_configuration_loading_error_total"
    assert it.metric(errors) == 0

    with it.reloading(errors):
        it.change("configmaps", FULL_NAME, {"data": {"config.toml": "concurrent = 7\n[[runners"}})
    next_job = it.start_job()

    assert it.metric("gitlab_runner_concurrent") == 10
    assert (it.finish(next_job), scene.outcome().outcome) == (SUCCEEDED, "finishes")

    with it.reloading():
        it.change(
            "configmaps", FULL_NAME, {"data": {"config.toml": whole.replace("concurrent = 10", "concurrent = 5")}}
        )

    assert it.metric("gitlab_runner_concurrent") == 5
    assert restarts(it.manager()) == 0
    assert it.left() == []


def test_a_token_is_rotated_by_a_restart_while_a_job_runs(begin: Begin) -> None:
    scene = begin("secret-rotated")
    it, manager = scene.it, scene.it.manager()

    it.change("secrets", f"{FULL_NAME}-default", {"stringData": {"token": it.next_token}})
    it.restart()
    it.wait_for_a_manager_after(manager)
    next_job = it.start_job("next")

    assert (it.finish(next_job), scene.outcome().outcome) == (SUCCEEDED, "finishes")
    assert it.left() == []


# --- the node of the job's pod


def test_a_job_fails_when_its_node_is_drained(begin: Begin) -> None:
    scene = begin("node-drained")

    scene.drain()

    assert scene.outcome().outcome == "fails"


def test_a_job_outlives_a_drain_that_a_budget_holds_up(begin: Begin) -> None:
    scene = begin("node-drained-with-budget", {"jobs": {"doNotDisrupt": True}})
    path = f"/apis/policy/v1/namespaces/{scene.it.jobs}/poddisruptionbudgets"

    def is_known() -> bool:
        (budget,) = json.loads(scene.it.api.request("GET", path))["items"]
        return bool(budget.get("status", {}).get("expectedPods"))

    until(is_known, "the budget counts the pod")
    with pytest.raises(ApiError, match="Cannot evict pod as it would violate the pod's disruption budget"):
        scene.drain()

    assert scene.outcome().outcome == "finishes"
    assert json.loads(scene.it.api.request("GET", path))["items"] == []


@pytest.mark.exhaustive
def test_a_job_fails_that_fills_its_disk(begin: Begin) -> None:
    scene = begin("disk-full", {"podman": {"storage": {"size": "64Mi"}}}, behind=FILL)

    assert scene.outcome(5 * MINUTE).outcome == "fails"


# --- GitLab


@pytest.mark.exhaustive
def test_a_job_outlives_five_minutes_without_gitlab(begin: Begin) -> None:
    scene = begin("gitlab-down")

    with scene.it.without_gitlab():
        scene.it.stays_ready(5 * MINUTE)
        assert "connection refused" in scene.it.log(scene.it.manager())

    assert scene.outcome().outcome == "finishes"
    assert scene.it.finish(scene.it.start_job()) == SUCCEEDED
    assert restarts(scene.it.manager()) == 0
    assert scene.it.left() == []


@pytest.mark.exhaustive
def test_a_job_outlives_a_slow_gitlab(begin: Begin) -> None:
    scene = begin("gitlab-slow")

    scene.it.stand_in.slow_down(20)

    assert scene.outcome(10 * MINUTE).outcome == "finishes"


# --- the cluster: these disturb everybody


@pytest.mark.exhaustive
@disturbing
def test_a_job_outlives_a_restart_of_the_api_server(begin: Begin) -> None:
    scene = begin("api-server-restarted")

    scene.workers.restart_api_server()
    until(lambda: not scene.it.has_gitlab(), "the API server is away")
    until(scene.it.has_gitlab, "the API server is back")

    assert scene.outcome().outcome == "finishes"


@pytest.mark.exhaustive
@disturbing
def test_a_job_fails_when_its_node_is_gone(begin: Begin) -> None:
    scene = begin("node-gone", timeout=15 * MINUTE)

    scene.workers.stop(scene.workers.second)

    assert scene.outcome(20 * MINUTE).outcome == "fails"

    # Nobody knows whether the pod still runs, until somebody says that its node will not come back.
    scene.it.api.delete("Node", scene.workers.second)
    until(lambda: scene.left() == [], "the pod of a node that is removed is gone")
