"""The helm command, to compare with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(params=["helm", "helm3"])
def helm_on_path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Helm 4 and Helm 3, each as the only `helm` on PATH; returns which of them it is."""
    name = str(request.param)
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name} on PATH to compare with; ci/airgap/build makes helm and helm3")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return name
