"""Keys that GitLab Runner renamed: what they said is said by the name of today."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEGIN = """\
concurrent = 4
[[runners]]
  name = "a"
  url = "https://gitlab.example.com"
  executor = "kubernetes"
"""
KUBERNETES = '  [runners.kubernetes]\n    namespace = "jobs"\n'


def config(run: Any) -> dict[str, Any]:
    found: dict[str, Any] = run.values["runners"]["a"]["config"]
    return found


def test_amounts_and_the_end_of_a_pod_have_the_names_of_today(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    old = '    cpus = "2"\n    memory = "4Gi"\n    helper_cpus = "200m"\n    terminationGracePeriodSeconds = 30\n'

    run = imports(written(BEGIN + KUBERNETES + old))

    assert config(run)["kubernetes"] == {
        "namespace": "jobs",
        "cpu_limit": "2",
        "memory_limit": "4Gi",
        "helper_cpu_limit": "200m",
        "pod_termination_grace_period_seconds": 30,
    }
    assert run.messages("changed")["runners[0].kubernetes.cpus"] == (
        "is kubernetes.cpu_limit: GitLab Runner no longer reads the old name."
    )
    assert run.paths("removed") == []


def test_a_cache_without_a_table_for_s3_gets_one_and_its_keys_come_from_a_secret(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    old = '  [runners.cache]\n    Type = "s3"\n    ServerAddress = "minio.example.com"\n    AccessKey = "AKIAXXXXXXXXXXXXXXXX"\n'

    run = imports(written(f'{BEGIN}{KUBERNETES}{old}    SecretKey = "hunter2hunter2"\n    CacheShared = true\n'))

    assert config(run)["cache"] == {"Type": "s3", "Shared": True, "s3": {"ServerAddress": "minio.example.com"}}
    assert [*run.values["runners"]["a"]["credentials"]] == ["cache.s3.AccessKey", "cache.s3.SecretKey"]
    assert "hunter2hunter2" not in run.text + json.dumps(run.report)


def test_of_both_names_that_of_today_counts(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(f'{BEGIN}{KUBERNETES}    memory = "1Gi"\n    memory_limit = "2Gi"\n'))

    assert config(run)["kubernetes"] == {"namespace": "jobs", "memory_limit": "2Gi"}
    assert run.messages("removed") == {
        "runners[0].kubernetes.memory": "kubernetes.memory_limit is there, too, and is what GitLab Runner reads."
    }
