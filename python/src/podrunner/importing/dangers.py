"""Settings that work and are worth a thought before they move in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Kind
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_CONTAINERS = ("build", "helper", "service", "init_permissions")
# Any character, any number of times: the pattern allows what nobody thought of.
_WILDCARD = re.compile(r"\.[*+]")


def note_dangers(top: dict[str, Any], runners: list[dict[str, Any]], changes: Changes) -> None:
    """Note what is dangerous in the global keys and in each [[runners]] table."""
    if top.get("log_level") in ("debug", "trace"):
        changes.add(Kind.DANGEROUS, ("log_level",), "prints job tokens into the manager's log. Use info.")
    for index, runner in enumerate(runners):
        kubernetes = table(runner.get("kubernetes"))
        path: Path = ("runners", index, "kubernetes")
        for name, message in open_overwrites(kubernetes):
            changes.add(Kind.DANGEROUS, (*path, name), message)
        _privileges(kubernetes, path, changes)
        _volumes(kubernetes, path, changes)


def open_overwrites(kubernetes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, why it is dangerous) of what lets jobs choose anything."""
    for name, value in kubernetes.items():
        if not name.endswith("_overwrite_allowed"):
            continue
        if name == "bearer_token_overwrite_allowed":
            if value is True:
                yield name, "jobs may use any token to talk to Kubernetes, and the manager passes it on."
        elif isinstance(value, str) and _WILDCARD.search(value):
            what = name.removesuffix("_overwrite_allowed").replace("_", " ")
            yield name, f"the wildcard lets every job choose its {what}. Name those that are allowed: ^(one|another)$."


def _privileges(kubernetes: dict[str, Any], path: Path, changes: Changes) -> None:
    if kubernetes.get("privileged") is True:
        message = "every container of a job is privileged, services and helper, too: as good as root on the node."
        changes.add(Kind.DANGEROUS, (*path, "privileged"), message)
    for name in _CONTAINERS:
        key = f"{name}_container_security_context"
        if table(kubernetes.get(key)).get("privileged") is True:
            changes.add(Kind.DANGEROUS, (*path, key, "privileged"), "as good as root on the node.")


def _volumes(kubernetes: dict[str, Any], path: Path, changes: Changes) -> None:
    for index, volume in enumerate(maps(table(kubernetes.get("volumes")).get("host_path"))):
        place = volume.get("host_path") or volume.get("mount_path")
        socket = "the container engine's socket: whoever may use it is root on the node"
        what = socket if str(place).endswith(".sock") else "a folder of the node"
        changes.add(Kind.DANGEROUS, (*path, "volumes", "host_path", index), f"{place} is {what}.")
