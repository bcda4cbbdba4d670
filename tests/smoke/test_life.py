"""Whatever happens to a release while a job runs: the job comes to its end, and no pod is left.

What else happens to it is in test_faults.py. Each test has a release of its own. Its job waits until the test has done what it does.
"""

from __future__ import annotations

from podrunner.manifests.objects import Object

from .installed import FULL_NAME, SUCCEEDED, Install, preset, restarts

# Something of the manager's pod: with it, the pod is replaced.
ANOTHER_POD = {"manager": {"podAnnotations": {"example.com/note": "another"}}}


def host_users(pods: list[Object]) -> list[bool]:
    return [pod["spec"].get("hostUsers", True) for pod in pods]


def test_a_job_outlives_an_upgrade_to_another_preset_which_the_next_job_has(install: Install) -> None:
    it = install(preset("unprivileged"))
    job, manager = it.start_job(), it.manager()

    with it.reloading():
        it.upgrade(preset("user-namespace"))
    next_job = it.start_job()

    assert host_users([*it.pods_of(job), *it.pods_of(next_job)]) == [True, False]
    assert [it.finish(job), it.finish(next_job)] == [SUCCEEDED, SUCCEEDED]
    assert it.manager()["metadata"]["uid"] == manager["metadata"]["uid"]
    assert it.left() == []


def test_a_job_outlives_a_rollback_that_replaces_its_manager(install: Install) -> None:
    it = install(preset("unprivileged"))
    first = it.manager()
    it.upgrade(preset("user-namespace"), ANOTHER_POD)
    second = it.wait_for_a_manager_after(first)
    job = it.start_job()

    it.release.rollback()
    it.wait_for_a_manager_after(second)

    assert host_users(it.pods_of(job)) == [False]
    assert it.finish(job) == SUCCEEDED
    assert it.left() == []


def test_a_job_outlives_the_deletion_of_its_manager(install: Install) -> None:
    it = install()
    job, manager = it.start_job(), it.manager()

    it.api.delete("Pod", manager["metadata"]["name"], it.namespace)
    it.wait_for_a_manager_after(manager)

    assert it.finish(job) == SUCCEEDED
    assert it.left() == []


def test_a_token_is_rotated_without_a_restart(install: Install) -> None:
    it = install({"manager": {"reloadTokens": True}})
    job, manager = it.start_job(), it.manager()

    with it.reloading():
        it.change("secrets", f"{FULL_NAME}-default", {"stringData": {"token": it.next_token}})
    next_job = it.start_job("next")

    assert [it.finish(job), it.finish(next_job)] == [SUCCEEDED, SUCCEEDED]
    assert (it.manager()["metadata"]["uid"], restarts(it.manager())) == (manager["metadata"]["uid"], 0)
    assert it.left() == []
