"""Outside programs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from podrunner.cluster import processes
from podrunner.cluster.interruption import Interrupted, Interruption
from podrunner.cluster.processes import CommandError, run
from podrunner.findings.errors import UsageError


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


@pytest.mark.process
def test_what_a_program_prints_comes_back_and_goes_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")

    said = run(shell("echo out; echo err >&2"), os.environ, log)

    assert said == "out\nerr\n"
    assert log.read_text() == "before\nout\nerr\n"


@pytest.mark.process
def test_input_is_handed_over() -> None:
    assert run(["cat"], os.environ, given=b"hello") == "hello"


@pytest.mark.process
def test_a_failure_has_the_command_the_code_and_the_last_lines() -> None:
    with pytest.raises(CommandError) as raised:
        run(shell("echo why; exit 3"), os.environ)

    assert str(raised.value) == "`/bin/sh -c echo why; exit 3` failed (exit code 3):\n    why"


@pytest.mark.process
def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(UsageError, match="`no-such-program` is not installed"):
        run(["no-such-program"], os.environ)


@pytest.mark.process
def test_a_program_that_stays_in_the_background_is_not_waited_for() -> None:
    said = run(shell("sleep 60 & echo $!"), os.environ)

    os.kill(int(said), signal.SIGKILL)
    assert said.strip().isdecimal()


@pytest.mark.process
def test_an_interruption_ends_the_program_and_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_SECONDS_TO_END", 0.1)
    ready = tmp_path / "ready"
    os.mkfifo(ready)

    def press_when_ready() -> None:
        ready.read_text()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press_when_ready)
    thread.start()
    children = tmp_path / "children"
    script = f"sleep 60 & echo $! >{children}; sleep 60 & echo $! >>{children}; echo go >{ready}; wait"

    with Interruption() as interruption, pytest.raises(Interrupted), interruption.allowed():
        run(shell(script), os.environ)

    thread.join()
    assert [pid for pid in children.read_text().split() if is_alive(pid)] == []


def is_alive(pid: str) -> bool:
    try:
        with Path(f"/proc/{pid}/stat").open(encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.process
def test_the_python_of_the_tests_is_the_one_that_helm_runs_in() -> None:
    said = run([sys.executable, "-c", "import helm_python; print('fine')"], os.environ)

    assert said == "fine\n"
