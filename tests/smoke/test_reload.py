"""What the manager makes of a changed configuration: it reads it while jobs run, and keeps the old one when it is broken."""

from __future__ import annotations

from typing import Any

import pytest

from .installed import FULL_NAME, SUCCEEDED, Install, restarts

CACHE = {
    "cache": {
        "type": "azure",
        "azure": {"AccountName": "company", "ContainerName": "cache"},
        "existingSecret": {"name": "cache"},
    }
}


@pytest.mark.parametrize("values", [{}, CACHE], ids=["plain", "with a secret in it"])
def test_a_change_reaches_the_manager_without_a_restart(install: Install, values: dict[str, Any]) -> None:
    it = install(values, cache={"azure-account-key": "key-of-the-account"})
    job, manager = it.start_job(), it.manager()
    assert it.metric("gitlab_runner_concurrent") == 10

    with it.reloading():
        it.upgrade({"config": {"concurrent": 7}, "runners": {"default": {"config": {"limit": 3}}}})

    assert (it.metric("gitlab_runner_concurrent"), it.metric("gitlab_runner_limit")) == (7, 3)
    assert (it.manager()["metadata"]["uid"], restarts(it.manager())) == (manager["metadata"]["uid"], 0)
    assert it.finish(job) == SUCCEEDED
    assert it.left() == []


def test_a_broken_configuration_keeps_the_old_one_is_counted_and_can_be_mended(install: Install) -> None:
    it = install()
    job = it.start_job()
    whole = it.api.get("ConfigMap", FULL_NAME, it.namespace)["data"]["config.toml"]
    errors = "gitlab_runner_configuration_loading_error_total"
    assert it.metric(errors) == 0

    with it.reloading(errors):
        it.change("configmaps", FULL_NAME, {"data": {"config.toml": "concurrent = 7\n[[runners"}})
    next_job = it.start_job()

    assert it.metric("gitlab_runner_concurrent") == 10
    assert [it.finish(job), it.finish(next_job)] == [SUCCEEDED, SUCCEEDED]

    with it.reloading():
        it.change(
            "configmaps", FULL_NAME, {"data": {"config.toml": whole.replace("concurrent = 10", "concurrent = 5")}}
        )

    assert it.metric("gitlab_runner_concurrent") == 5
    assert restarts(it.manager()) == 0
    assert it.left() == []
