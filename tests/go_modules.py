"""Files of other projects' Go modules, which tests look at: nothing of them is kept here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def go_module(module: str, what: str) -> Path:
    """Where Go has a module, NAME@VERSION, which is downloaded at first; `what` is in it. Skips without Go or network."""
    go = shutil.which("go", path=f"{os.environ['PATH']}{os.pathsep}/usr/local/go/bin")
    if not go:
        pytest.skip(f"needs Go, which downloads {what}")
    done = subprocess.run([go, "mod", "download", "-json", module], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{module}, which has {what}, cannot be had: {(done.stderr or done.stdout).strip()}")
    return Path(json.loads(done.stdout)["Dir"])
