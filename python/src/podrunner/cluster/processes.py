"""Outside programs: in a process group of their own, so that Ctrl-C ends them when we say so, all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING

from podrunner.cluster.interruption import deferred
from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# What a program that is told to end gets, and then again what it started.
_SECONDS_TO_END = 5


class CommandError(PodrunnerError):
    """A program failed; `output` is all it said."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        last = "\n".join(f"    {line}" for line in output.strip().splitlines()[-12:])
        super().__init__(f"`{' '.join(command)}` failed (exit code {code}):\n{last}")
        self.output = output


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path | None = None, given: bytes | None = None
) -> str:
    """Run a program to its end and give what it printed; `log` gets it too, as it comes. `given` is its input.

    Raises CommandError when it fails, UsageError when there is no such program. Whatever interrupts the wait ends the
    program and everything it started.
    """
    with _output(log) as file:
        begin = file.seek(0, os.SEEK_END)
        process = None
        try:
            # An interruption while the program is started would leave it without a master.
            with deferred():
                process = _start(command, environment, file)
            process.communicate(given)
        except BaseException:
            if process:
                _end_group(process)
            raise
        file.seek(begin)
        said = file.read().decode(errors="replace")
    if process.returncode != 0:
        raise CommandError(command, process.returncode, said)
    return said


def _output(log: Path | None) -> IO[bytes]:
    # A file, not a pipe: what the program leaves running in the background may hold it open.
    return log.open("a+b") if log else tempfile.TemporaryFile()


def _start(command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise UsageError(f"`{command[0]}` is not installed (not found in PATH).") from None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and all it started.

    The program first: what it started may be in the middle of something that is better finished, such as a container
    engine that makes a container.
    """
    process.terminate()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _is_gone(process):
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):  # what it did not read is of no use any more
            process.stdin.close()


def _is_gone(process: subprocess.Popen[bytes]) -> bool:
    """Wait until nothing of the program's group is left; False when something still is."""
    deadline = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < deadline:
        process.poll()
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
