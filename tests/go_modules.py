"""Files of other projects' Go modules, which tests look at: nothing of them is kept here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
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


def go_program(module: str, package: str, stamp: str = "") -> Path:
    """A program of a module, NAME@VERSION, built once and kept; `stamp` are settings of the linker. Skips without Go.

    The module is the main one's only requirement: what its own go.mod replaces would be lost by `go install`.
    """
    name, _, version = module.partition("@")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "podrunner/go"
    program = cache / f"{Path(package).name}-{version}"
    if program.exists():
        return program
    go_module(module, Path(package).name)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        (Path(folder) / "go.mod").write_text(f"module build\ngo 1.24.0\nrequire {name} {version}\n")
        path = f"{os.environ['PATH']}{os.pathsep}/usr/local/go/bin"
        settings = {"GOFLAGS": "-mod=mod -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0", "PATH": path}
        command = ["go", "build", "-trimpath", "-ldflags", f"-s -w {stamp}", "-o", "built", package]
        subprocess.run(command, cwd=folder, env={**os.environ, **settings}, check=True)
        (Path(folder) / "built").replace(program)
    return program
