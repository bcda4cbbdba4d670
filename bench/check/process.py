"""Processes, timed from outside: seconds to the end, to the first output, and the memory of all of them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took: wall-clock seconds to its first output and to its end, and what it printed."""

    first: float
    seconds: float
    output: str


def environment() -> dict[str, str]:
    """The environment of everything measured: Python may keep its bytecode, as it does once installed."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "CI", "GOGC", "GOMAXPROCS")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(command: Sequence[str], folder: Path) -> Run:
    """Runs a command to its end. Raises PodrunnerError with its output when it fails: a failure is not a measurement."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=environment()
    ) as process:
        assert process.stdout is not None
        begin = os.read(process.stdout.fileno(), 1)
        first = time.perf_counter() - began
        rest = process.stdout.read()
        code = process.wait()
    seconds = time.perf_counter() - began
    output = (begin + rest).decode(errors="replace")
    if code:
        raise PodrunnerError(f"{' '.join(command)[:200]}: exit code {code}\n{output[-2000:]}")
    return Run(first, seconds, output)


def peak_memory(command: Sequence[str], folder: Path) -> float:
    """The most memory (resident, in units of 1 000 000 bytes) that a command and its children have at one time."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=environment()
    ) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(_resident(one) for one in _tree(process.pid)))
            threading.Event().wait(_SAMPLE)
    if process.returncode:
        raise PodrunnerError(f"{' '.join(command)[:200]}: exit code {process.returncode}")
    return peak / 1e6


def _tree(process: int) -> list[int]:
    """A process and all below it."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{process}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [process, *(one for child in children for one in _tree(child))]


def _resident(process: int) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
