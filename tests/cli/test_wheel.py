"""The wheel: works without the checkout it was built from."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.process


def test_an_installed_wheel_brings_its_chart_and_its_tables(checkout: Path, tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed, so no wheel can be built")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=checkout / "python", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)

    done = subprocess.run(
        [sys.executable, "-m", "podrunner", "check", "--set", "podman.mode=rootfull"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=False,
        capture_output=True,
        text=True,
    )
    where = subprocess.run(
        [sys.executable, "-c", "from podrunner.chart.chart import Chart; print(Chart.open().path)"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert where.stdout.strip() == str(installed / "podrunner" / "_chart")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "5 cases, 5 failed: 1 error"
