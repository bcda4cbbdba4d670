"""Outside programs: in a process group of their own, so that Ctrl-C ends them when we say so, all of them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SECONDS_TO_END = 10


class CommandError(PodrunnerError):
    """A program failed; `output` is all it said."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        last = "\n".join(f"    {line}" for line in output.strip().splitlines()[-12:])
        super().__init__(f"`{' '.join(command)}` failed (exit code {code}):\n{last}")
        self.output = output


def run(command: Sequence[str], environment: Mapping[str, str], log: Path | None = None) -> str:
    """Runs a program to its end and gives what it printed; adds it to `log` as it comes.

    Raises CommandError when it fails, UsageError when there is no such program. Whatever interrupts the wait ends the
    program and everything it started.
    """
    output = log or Path(os.devnull)
    with output.open("ab") as file, _start(command, environment, file.fileno() if log else subprocess.PIPE) as process:
        begin = file.tell()
        try:
            said, _ = process.communicate()
        except BaseException:
            _end_group(process)
            raise
    if log:
        said = log.read_bytes()[begin:]
    text = (said or b"").decode(errors="replace")
    if process.returncode != 0:
        raise CommandError(command, process.returncode, text)
    return text


def _start(command: Sequence[str], environment: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise UsageError(f"`{command[0]}` is not installed (not found in PATH).") from None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
