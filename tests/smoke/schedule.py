"""Which tests run beside each other, and in what order: with pytest-xdist, the tests of a group run one after the other.

A group is that of the mark xdist_group. pytest-xdist 3.8 itself looks for it in the ids of tests, where it does not get it
to with pytest 9.2: so the workers write down which test is of which group, and the process that started them reads it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# Groups that take long begin first; then come tests of no group, in any order.
FIRST = ("admission", "crio", "whole-cluster", "many-runners", "levels", "seccomp-default")


def group_of(item: pytest.Item) -> str:
    """The name of a test's group, empty for none."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def turn(item: pytest.Item) -> tuple[int, int]:
    """When a test has its turn. CRI-O starts again to heed no annotation, and to heed it again: once each."""
    group = group_of(item)
    place = FIRST.index(group) if group in FIRST else len(FIRST)
    if group != "crio" or item.path.name == "test_crio.py":
        return place, 0
    return place, 1 if "crio_cluster_without_devices" in getattr(item, "fixturenames", ()) else 2


def write_groups(items: list[pytest.Item], file: Path) -> None:
    """Write down the group of each test that has one."""
    new = file.with_suffix(f".{id(items)}")
    new.write_text(json.dumps({item.nodeid: group_of(item) for item in items if group_of(item)}), encoding="utf-8")
    new.replace(file)


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """A worker gets a group or a single test at a time, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: Any, file: Path) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._file = file
        self._groups: dict[str, str] = {}

    def schedule(self) -> None:
        """Begin, once the workers have collected."""
        self._groups = json.loads(self._file.read_text(encoding="utf-8"))
        super().schedule()

    def _reschedule(self, node: Any) -> None:
        # A worker needs to know the test after the one it runs, and no more: whoever is free first takes the next.
        if not self.workqueue or self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)

    def _split_scope(self, nodeid: str) -> str:
        return self._groups.get(nodeid, nodeid)
