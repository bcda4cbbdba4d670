"""A terminal that a command of a test runs at."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def shown_by(command: Sequence[str], folder: Path, environment: Mapping[str, str], *, streams: Sequence[str]) -> str:
    """What a terminal shows of these streams of a command, `stdout` and `stderr`; of others it shows nothing."""
    ours, theirs = pty.openpty()
    stdout = theirs if "stdout" in streams else subprocess.DEVNULL
    stderr = theirs if "stderr" in streams else None
    with subprocess.Popen(command, stdout=stdout, stderr=stderr, cwd=folder, env=environment):
        os.close(theirs)
        text = b""
        try:
            while chunk := os.read(ours, 4096):
                text += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    return text.decode()
