"""Packages of npm that tests run: nothing of them is kept here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def npm_package(package: str, folder: Path, what: str) -> Path:
    """The folder of a package, NAME@VERSION, that npm puts below `folder`; it is `what`. Skips without npm or network."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip(f"needs npm, which downloads {what}; apt-get install npm brings it")
    command = [npm, "install", "--prefix", str(folder), "--no-save", "--ignore-scripts", "--prefer-offline", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{package}, which is {what}, cannot be had: {done.stderr.strip()}")
    return folder / "node_modules" / package.rpartition("@")[0]
