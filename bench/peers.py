"""What podrunner is compared with, built from Go modules once and kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from podrunner.findings.errors import UsageError

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of somebody else, in one version."""

    name: str
    version: str
    program: Path


def build_peers(*names: str) -> dict[str, Peer]:
    """The programs of these names, such as `helm`. Raises UsageError when one cannot be built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    command = [str(HERE / "build-peers"), str(cache / "podrunner/bench"), *names]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise UsageError("what to compare with could not be built from Go modules, see above: Go 1.26 and its modules.")
    found = (line.split() for line in done.stdout.splitlines())
    return {name: Peer(name, version, Path(path)) for name, version, path in found}
