"""chart/files/unregister.sh: a signal is never lost, not even in the first moments of the runner, whatever the shell is."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from .manager_process import SHELLS, STOPPING, Manager, has_traps, leash, wait_until

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def _leashed() -> Iterator[None]:
    with leash():
        yield


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """One of the shells that images of GitLab Runner have as sh."""
    if shutil.which(SHELLS[request.param][0]) is None:
        pytest.skip(f"{SHELLS[request.param][0]} is not here")
    return str(request.param)


@pytest.fixture
def ignored() -> Iterator[None]:
    """SIGINT and SIGQUIT are ignored, as in `nohup make test &`."""
    kept = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGQUIT)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.mark.usefixtures("ignored")
@pytest.mark.parametrize("sent", STOPPING)
def test_jobs_end_where_the_tests_were_started_with_signals_ignored(
    tmp_path: Path, shell: str, sent: signal.Signals
) -> None:
    manager = Manager(tmp_path, shell=shell)

    status, _ = manager.stop(sent)

    assert manager.notes == ["started", "job ended", f"unregister --all-runners --config {tmp_path}/copy.toml"]
    assert status == 3


def stop_at_a_random_moment(folder: Path, shell: str, seconds: float) -> tuple[int | None, list[str]]:
    """Exit status, None if it did not end, and how the runner ended. It installs its handlers at a random moment, too."""
    folder.mkdir()
    manager = Manager(folder, {"LATE": str(random.uniform(0, seconds))}, shell=shell)
    process = manager.begin()
    wait_until(lambda: has_traps(process))
    time.sleep(random.uniform(0, seconds))
    process.send_signal(random.choice(STOPPING))
    try:
        status: int | None = process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        status = None
    process.communicate()
    return status, [note.partition(" --")[0] for note in manager.notes if note != "started"]


def members(group: int) -> list[str]:
    """The programs of a process group that run; not those that nobody has waited for."""
    stats = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats.append(file.read_text().rpartition(")"))
    found = [(name, rest.split()) for name, _, rest in stats]
    return [name for name, (state, _, its_group, *_) in found if its_group == str(group) and state != "Z"]


def test_none_is_left_running_when_a_test_fails(tmp_path: Path, shell: str) -> None:
    with suppress(ZeroDivisionError), leash():
        process = Manager(tmp_path, shell=shell).start()
        raise ZeroDivisionError

    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: not members(process.pid))


@pytest.mark.parametrize(
    ("signals", "seconds"), [(12, 0.6), pytest.param(500, 2, marks=pytest.mark.exhaustive)], ids=["some", "many"]
)
def test_no_signal_is_lost_at_whichever_moment_after_the_traps_are_set(
    tmp_path: Path, shell: str, signals: int, seconds: float
) -> None:
    with ThreadPoolExecutor(25) as pool:
        runs = [
            pool.submit(stop_at_a_random_moment, tmp_path / str(number), shell, seconds) for number in range(signals)
        ]
    ends = [run.result() for run in runs]

    assert [end for end in ends if end != (3, ["job ended", "unregister"])] == []
    assert len(ends) == signals
