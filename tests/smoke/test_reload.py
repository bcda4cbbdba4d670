"""What the manager makes of a changed configuration: it reads it while jobs run.

One without a secret, and one that is broken, are in test_faults.py.
"""

from __future__ import annotations

from .installed import SUCCEEDED, Install, restarts

CACHE = {
    "cache": {
        "type": "azure",
        "azure": {"AccountName": "company", "ContainerName": "cache"},
        "existingSecret": {"name": "cache"},
    }
}


def test_a_change_beside_a_secret_reaches_the_manager_without_a_restart(install: Install) -> None:
    it = install(CACHE, cache={"azure-account-key": "key-of-the-account"})
    job, manager = it.start_job(), it.manager()
    assert it.metric("gitlab_runner_concurrent") == 10

    with it.reloading():
        it.upgrade({"config": {"concurrent": 7}, "runners": {"default": {"config": {"limit": 3}}}})

    assert (it.metric("gitlab_runner_concurrent"), it.metric("gitlab_runner_limit")) == (7, 3)
    assert (it.manager()["metadata"]["uid"], restarts(it.manager())) == (manager["metadata"]["uid"], 0)
    assert it.finish(job) == SUCCEEDED
    assert it.left() == []
