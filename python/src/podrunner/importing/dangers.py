"""Settings that work and are worth a thought before they move in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate
from podrunner.manifests.objects import maps, table
from podrunner.runner.dangers import open_overwrites

if TYPE_CHECKING:
    from podrunner.findings.path import Path

_CONTAINERS = ("build", "helper", "service", "init_permissions")


def note_dangers(top: dict[str, Any], runners: list[dict[str, Any]], changes: Changes) -> None:
    """Note what is dangerous in the global keys and in each [[runners]] table."""
    if top.get("log_level") in ("debug", "trace"):
        changes.add(Fate.DANGEROUS, ("log_level",), "prints job tokens into the manager's log. Use info.")
    for index, runner in enumerate(runners):
        kubernetes = table(runner.get("kubernetes"))
        path: Path = ("runners", index, "kubernetes")
        for name, message in open_overwrites(kubernetes):
            changes.add(Fate.DANGEROUS, (*path, name), message)
        _privileges(kubernetes, path, changes)
        _volumes(kubernetes, path, changes)


def _privileges(kubernetes: dict[str, Any], path: Path, changes: Changes) -> None:
    if kubernetes.get("privileged") is True:
        message = "every container of a job is privileged, services and helper, too: as good as root on the node."
        changes.add(Fate.DANGEROUS, (*path, "privileged"), message)
    for name in _CONTAINERS:
        key = f"{name}_container_security_context"
        if table(kubernetes.get(key)).get("privileged") is True:
            changes.add(Fate.DANGEROUS, (*path, key, "privileged"), "as good as root on the node.")


def _volumes(kubernetes: dict[str, Any], path: Path, changes: Changes) -> None:
    for index, volume in enumerate(maps(table(kubernetes.get("volumes")).get("host_path"))):
        place = volume.get("host_path") or volume.get("mount_path")
        socket = "the container engine's socket: whoever may use it is root on the node"
        what = socket if str(place).endswith(".sock") else "a folder of the node"
        changes.add(Fate.DANGEROUS, (*path, "volumes", "host_path", index), f"{place} is {what}.")
