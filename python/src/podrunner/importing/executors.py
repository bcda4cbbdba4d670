"""Runners of other executors as runners of Kubernetes: what has nothing to do with the executor stays, the rest is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate
from podrunner.importing.docker_table import docker_keys
from podrunner.importing.runner import EXECUTOR
from podrunner.manifests.objects import table

if TYPE_CHECKING:
    from podrunner.findings.path import Path

Table = dict[str, Any]
# What becomes of an executor's jobs; others are left out.
_CONTAINERS = ("docker", "docker+machine", "docker-autoscaler")
_HOSTS = ("shell", "ssh", "instance", "parallels", "virtualbox", "custom")
_TABLES = {
    "machine": "made virtual machines for jobs: jobs run on the cluster's nodes, which its own autoscaler adds.",
    "autoscaler": "made virtual machines for jobs: jobs run on the cluster's nodes, which its own autoscaler adds.",
    "instance": "is about the virtual machines that jobs ran on: there are none.",
    "ssh": "is about the host that jobs ran on: there is none.",
    "parallels": "is about the virtual machines that jobs ran on: there are none.",
    "virtualbox": "is about the virtual machines that jobs ran on: there are none.",
    "custom": "names programs that ran jobs: Kubernetes runs them.",
}
# Paths and programs of the host that jobs ran on.
_OF_THE_HOST = ("builds_dir", "cache_dir", "shell", "use_slot_cgroups", "slot_cgroup_template")


def convert_executors(runners: list[Table], namespace: str, changes: Changes) -> list[Table]:
    """The [[runners]] tables, each of which is one of Kubernetes where that is possible.

    `namespace` is where the release is, and job pods of those that ran no pods before.
    """
    return [_converted(runner, ("runners", index), namespace, changes) for index, runner in enumerate(runners)]


def _converted(runner: Table, path: Path, namespace: str, changes: Changes) -> Table:
    executor = str(runner.get("executor", EXECUTOR))
    if executor not in (*_CONTAINERS, *_HOSTS):
        return runner
    kubernetes: Table = {}
    if executor in _CONTAINERS:
        kubernetes = docker_keys(table(runner.get("docker")), (*path, "docker"), changes)
    elif runner.get("docker"):
        changes.add(Fate.REMOVED, (*path, "docker"), f"belongs to another executor than {executor}.")
    if runner.get("kubernetes"):
        changes.add(Fate.REMOVED, (*path, "kubernetes"), f"belongs to another executor than {executor}.")
    found = {key: value for key, value in runner.items() if key not in ("docker", EXECUTOR, *_TABLES)}
    for name, why in _TABLES.items():
        if runner.get(name):
            changes.add(Fate.UNSUPPORTED, (*path, name), why)
    if executor in _HOSTS:
        _leave_host(found, path, changes)
    message = f"was {executor}: jobs run as pods now, in the namespace {namespace}."
    changes.add(Fate.CHANGED, (*path, "executor"), message)
    if not kubernetes.get("image"):
        message = "jobs that name no image ran with the programs of a host: write an image that has them, as kubernetes.image."
        changes.add(Fate.UNSUPPORTED, (*path, "executor"), message)
    return {**found, "executor": EXECUTOR, EXECUTOR: {"namespace": namespace, **kubernetes}}


def _leave_host(runner: Table, path: Path, changes: Changes) -> None:
    for key in _OF_THE_HOST:
        if runner.pop(key, None):
            changes.add(Fate.UNSUPPORTED, (*path, key), "is about the host that jobs ran on: there is none.")
