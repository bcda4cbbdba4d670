"""No test starts a process without saying so, by the marker `process` or by a fixture that starts one.

That is what `make test-fast` may rely on, which leaves them out.
"""

from __future__ import annotations

import multiprocessing.util
import sys
from collections.abc import Sequence
from typing import Any

import pytest

# What Python says of itself before it starts a process; the last is ours: multiprocessing says nothing.
SPAWN = "podrunner.tests.spawn"
STARTS = {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", SPAWN}
# Fixtures that start a process: whoever asks for one has the marker.
FIXTURES = {
    "gitlab_runner",
    "helm_on_path",
    "monitoring_crds",
    "monitoring_definitions",
    "openshift_definitions",
    "repository",
    "repository_of",
}


class Guard:
    """Refuses processes while a test without the marker runs."""

    def __init__(self) -> None:
        self._guarded = False
        self._refused: list[str] = []
        sys.addaudithook(self._audit)
        spawn = multiprocessing.util.spawnv_passfds

        def audited(path: bytes, arguments: Sequence[Any], files: Sequence[int]) -> int:
            sys.audit(SPAWN, path)
            return spawn(path, arguments, files)

        multiprocessing.util.spawnv_passfds = audited

    def begin(self, item: pytest.Item) -> None:
        """Guard a test, with its fixtures, unless it says that it starts processes."""
        self._guarded = not any(item.get_closest_marker(name) for name in ("process", "smoke"))
        self._refused.clear()

    def end(self) -> None:
        """Guard nothing any more."""
        self._guarded = False

    def fail_if_refused(self) -> None:
        """Fail a test that did not notice, because the process was to be started by a thread of its own."""
        if self._refused:
            pytest.fail(self._refused[0], pytrace=False)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._guarded and event in STARTS:
            what = arguments[0] if arguments else event
            name = what.decode() if isinstance(what, bytes) else str(what)
            reason = (
                f"This test starts a process, {name}. Mark it with @pytest.mark.process, and make test-fast leaves it out; "
                "or add the fixture that starts the process to FIXTURES of tests/processes.py."
            )
            self._refused.append(reason)
            # No Exception, which a test or the code under test might catch.
            raise pytest.fail.Exception(reason, pytrace=False)


def mark(items: Sequence[pytest.Item]) -> None:
    """Give tests the marker for their fixtures."""
    for item in items:
        if FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.process)
