"""Which tests run beside each other: with pytest-xdist, the tests of a group run one after the other.

A group is that of the mark xdist_group. pytest-xdist 3.8 itself looks for it in the ids of tests, where it does not get it
to with pytest 9.2: so the workers write down which test is of which group, and the process that started them reads it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Where the groups are written down, in the process that started the workers and in theirs.
_FILE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Have a file for the groups: that of the process which started this one, if it is a worker of pytest-xdist."""
    given = getattr(config, "workerinput", {}).get("podrunner_groups")
    if given or config.getoption("dist", "no") == "loadgroup":
        config.stash[_FILE] = Path(given or Path(tempfile.mkdtemp(prefix="podrunner-groups-"), "groups.json"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the file is."""
    if _FILE in node.config.stash:
        node.workerinput["podrunner_groups"] = str(node.config.stash[_FILE])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling | None:
    """Let the tests of a group run one after the other: they change a cluster, or count on nobody else's changes."""
    return GroupScheduling(config, log, config.stash[_FILE]) if _FILE in config.stash else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell the process that started this worker of pytest-xdist which tests are of a group."""
    if "podrunner_groups" in getattr(session.config, "workerinput", {}):
        _write_groups(session.items, session.config.stash[_FILE])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the file, once all workers have ended."""
    if _FILE in session.config.stash and not hasattr(session.config, "workerinput"):
        shutil.rmtree(session.config.stash[_FILE].parent, ignore_errors=True)


def group_of(item: pytest.Item) -> str:
    """The name of a test's group, empty for none."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else ""


def _write_groups(items: list[pytest.Item], file: Path) -> None:
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
