"""Chart.yaml and the chart as a whole: what catalogues read, and what helm lint says."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.runner.images import find_images

ROOT = Path(__file__).parents[2]
CHART = ROOT / "chart"
FILE: dict[str, Any] = yaml.safe_load((CHART / "Chart.yaml").read_text())
BUILT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "podrunner/airgap/bin"
PRESETS = sorted(path.stem for path in (CHART / "presets").glob("*.yaml"))


def find_helm(major: int) -> str:
    """A helm of this major version: one that ci/airgap/build has made, or the one on PATH."""
    for command in (BUILT / ("helm3" if major == 3 else "helm"), "helm"):
        if found := shutil.which(command):
            version = subprocess.run([found, "version", "--short"], capture_output=True, text=True, check=True).stdout
            if version.startswith(f"v{major}."):
                return found
    pytest.skip(f"there is no helm {major} here: run ci/airgap/build, or install one")


@pytest.mark.process
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("major", [3, 4], ids=["helm-3", "helm-4"])
def test_helm_lint_finds_nothing_to_warn_of(major: int, preset: str) -> None:
    values = ["--values", str(CHART / f"presets/{preset}.yaml"), "--set", "gitlab.url=https://gitlab.example.com"]
    done = subprocess.run([find_helm(major), "lint", "--strict", str(CHART), *values], capture_output=True, text=True)

    assert (done.returncode, "WARNING" in done.stdout) == (0, False), done.stdout + done.stderr


def test_the_images_that_catalogues_scan_are_those_of_a_release(render: Any) -> None:
    listed = yaml.safe_load(FILE["annotations"]["artifacthub.io/images"])

    assert sorted(image["image"] for image in listed) == list(find_images(render(), FILE["appVersion"]))


def test_catalogues_read_every_annotation_as_text() -> None:
    assert {type(value) for value in FILE["annotations"].values()} == {str}


def test_the_license_of_the_chart_is_the_one_of_the_repository() -> None:
    assert FILE["annotations"]["artifacthub.io/license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
