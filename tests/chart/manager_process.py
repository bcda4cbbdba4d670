"""A run of chart/files/unregister.sh, with a program of a few lines in the place of GitLab Runner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "chart/files/unregister.sh"
TOKEN = "glrt-do-not-tell-anybody"
STOPPING = (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT)
# What the manager's images have as sh: Debian's and Ubuntu's, Alpine's, UBI's.
SHELLS = {"dash": ["dash"], "ash": ["busybox", "ash"], "bash": ["bash", "--posix"]}
# In the place of GitLab Runner: takes a while to end its job on SIGQUIT, and none on SIGTERM; notes what it is told. No
# shell: a shell cannot trap SIGQUIT when it is started in the background.
RUNNER = f"""#!{sys.executable} -SE
import os, signal, sys, time
def note(text):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(text + "\\n")
def quit(*_):
    time.sleep(0.3)
    note("job ended")
    os._exit(3)
def abort(*_):
    note("job aborted")
    os._exit(1)
if sys.argv[1] != "run":
    note(" ".join(sys.argv[1:]))
    sys.exit()
# Not one sleep: a signal that is not ignored would end it.
ready = time.monotonic() + float(os.environ.get("LATE", "0"))
while time.monotonic() < ready:
    time.sleep(0.01)
signal.signal(signal.SIGQUIT, quit)
signal.signal(signal.SIGTERM, abort)
note("started")
if os.environ.get("CRASH"):
    sys.exit(7)
# Not pause(): a signal that comes just before it would be waited for in vain.
while True:
    time.sleep(0.05)
"""
# No shell can trap a signal that was ignored when it started, as SIGQUIT and SIGINT are in `nohup make test &`.
WITH_DEFAULT_SIGNALS = f"""
import os, signal, sys
for each in {[int(each) for each in STOPPING]}:
    signal.signal(each, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


# What runs of the script were started while they are on a leash.
_STARTED: list[subprocess.Popen[str]] = []


@contextmanager
def leash() -> Iterator[None]:
    """End what runs of the scripts that were started within, with all that they started, however the test ends."""
    try:
        yield
    finally:
        # Of one that was waited for, the number may be somebody else's by now.
        running = [process for process in _STARTED if process.returncode is None]
        _STARTED.clear()
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=10)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never is")


def run_script(command: list[str], environment: dict[str, str], shell: str = "") -> subprocess.Popen[str]:
    """Starts the script, by `sh` or one of SHELLS, with the signals that a container's first process has."""
    process = subprocess.Popen(
        [sys.executable, "-SEc", WITH_DEFAULT_SIGNALS, *SHELLS.get(shell, ["sh"]), str(SCRIPT), *command],
        env={**os.environ, "RUNNER_TOKEN_A": TOKEN, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    _STARTED.append(process)
    return process


def has_traps(process: subprocess.Popen[str]) -> bool:
    """Whether the script has come so far that it catches signals, or has ended."""
    wanted = sum(1 << (each - 1) for each in STOPPING)
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")), wanted)
    return caught & wanted == wanted or process.poll() is not None


@dataclass
class Manager:
    """A run of the script."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    token: str = "$RUNNER_TOKEN_A"
    shell: str = ""

    @property
    def notes(self) -> list[str]:
        """What the runner did, in order."""
        return (self.folder / "notes").read_text().splitlines() if (self.folder / "notes").exists() else []

    def begin(self) -> subprocess.Popen[str]:
        """Starts it."""
        config = self.folder / "config.toml"
        config.write_text(f'concurrent = 1\n\n[[runners]]\n  name = "a"\n  token = "{self.token}"\n')
        runner = self.folder / "gitlab-runner"
        runner.write_text(RUNNER)
        runner.chmod(0o755)
        given = {"NOTES": str(self.folder / "notes"), "UNREGISTER_COPY": str(self.folder / "copy.toml")}
        return run_script([str(runner), "run", "--config", str(config)], given | self.environment, self.shell)

    def start(self) -> subprocess.Popen[str]:
        """Starts it, and waits until the runner runs."""
        process = self.begin()
        wait_until(lambda: bool(self.notes) or process.poll() is not None)
        return process

    def stop(self, sent: signal.Signals) -> tuple[int, str]:
        """Runs it and stops it by a signal. Returns exit status and output."""
        process = self.start()
        process.send_signal(sent)
        said, _ = process.communicate(timeout=30)
        return process.returncode, said
