"""docs/migrate-builds.md: what it shows is what the import does, and its jobs with podman need no other builder."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from documentation import Page

from podrunner.chart.chart import Chart
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer
from podrunner.importing.change import Changes
from podrunner.importing.imported import import_text
from podrunner.importing.release import ImportSettings

PAGE = Page("docs/migrate-builds.md")
BLOCKS = {block.path: block.text for block in PAGE.blocks if block.path}
PODMAN = ["podman/", "cache/", "stages/", "architectures/"]


def test_the_values_that_it_shows_are_those_that_the_import_makes() -> None:
    settings = ImportSettings("official.yaml", mode="unprivileged")
    made = import_text(BLOCKS["official.yaml"], settings, renderer("library", Chart.open()), Changes())

    assert made.findings == ()
    assert read_values(made.text, "v").data == read_values(BLOCKS["imported.yaml"], "v").data


@pytest.mark.parametrize("folder", PODMAN)
def test_a_job_with_podman_needs_no_other_builder(folder: str) -> None:
    text = BLOCKS[f"{folder}.gitlab-ci.yml"]

    assert re.search(r"\bdocker (build|push|login)|kaniko|buildah|dind|DOCKER_|privileged", text) is None


@pytest.mark.parametrize("folder", ["docker/", "kaniko/", "buildah/", "podman/", "cache/", "stages/", "architectures/"])
def test_every_pipeline_that_pushes_goes_to_the_registry_of_the_project(folder: str) -> None:
    text = BLOCKS[f"{folder}.gitlab-ci.yml"]

    assert "$CI_REGISTRY_IMAGE" in text
    assert "$CI_REGISTRY_PASSWORD" in text
    assert '"$CI_REGISTRY"' in text or "$CI_REGISTRY\\" in text
