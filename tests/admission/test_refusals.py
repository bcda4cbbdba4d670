"""What the tests of this folder would see if it were there: a right that is missing, a level that is too strict."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.formats.placed import Values
from podrunner.manifests.security.pod_security import LEVELS

from .release import CHART, render
from .trial import attempt

if TYPE_CHECKING:
    from pathlib import Path

    from .release import Release
    from .trial import Bench


@pytest.fixture
def release(bench: Bench) -> Release:
    """Return the preset unprivileged, rendered."""
    layers = (CHART.preset("unprivileged"),)
    return render(Case("unprivileged", layers), bench.gitlab.url, bench.cluster.version)


def without(release: Release, resource: str, verb: str) -> Release:
    """Take a right away from the manager's Role."""
    documents = []
    for document in release.rendering.documents:
        data = copy.deepcopy(document.data)
        for rule in data.get("rules", []) if data["kind"] == "Role" else []:
            if resource in rule["resources"]:
                rule["verbs"].remove(verb)
        documents.append(replace(document, data=data))
    return replace(release, rendering=replace(release.rendering, documents=tuple(documents)))


def test_a_manager_that_may_not_make_pods_is_forbidden_to(release: Release, bench: Bench, tmp_path: Path) -> None:
    trial = attempt(without(release, "pods", "create"), bench, tmp_path)

    assert trial.pods == {"default": None}
    assert "create /api/v1/namespaces/podrunner/pods" in trial.refused
    assert 'cannot create resource "pods" in API group "" in the namespace "podrunner"' in trial.traces["default"]


def test_a_manager_that_may_not_make_secrets_gets_no_further(release: Release, bench: Bench, tmp_path: Path) -> None:
    trial = attempt(without(release, "secrets", "create"), bench, tmp_path)

    assert trial.pods == {"default": None}
    assert 'cannot create resource "secrets"' in trial.traces["default"]


@pytest.mark.parametrize("preset", CHART.presets)
def test_a_presets_jobs_run_where_the_chart_makes_their_namespace_and_are_refused_one_level_stricter(
    preset: str, bench: Bench, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if preset == "openshift":
        request.getfixturevalue("constraints")
    made = Values({"jobs": {"namespace": f"jobs-of-{preset}", "createNamespace": True}}, "the test")
    case = Case(preset, (CHART.preset(preset), made))
    release = render(case, bench.gitlab.url, bench.cluster.version)
    promised = release.levels[f"jobs-of-{preset}"]
    stricter = {**release.levels, f"jobs-of-{preset}": LEVELS[LEVELS.index(promised) - 1]}
    (tmp_path / "promised").mkdir()
    (tmp_path / "stricter").mkdir()

    accepted = attempt(release, bench, tmp_path / "promised")
    refused = attempt(release, bench, tmp_path / "stricter", levels=stricter)

    assert release.levels["podrunner"] == "restricted"
    assert promised == CHART.modes[release.runners[0].mode]["podSecurity"]
    assert (accepted.refused, accepted.pods["default"] is None) == ([], False)
    assert refused.pods == {"default": None}
    assert 'violates PodSecurity "' + stricter[f"jobs-of-{preset}"] in refused.traces["default"]


def test_a_namespace_that_enforces_restricted_refuses_the_pod(release: Release, bench: Bench, tmp_path: Path) -> None:
    trial = attempt(release, bench, tmp_path, levels={"podrunner": "restricted"})

    assert release.levels == {"podrunner": "baseline"}
    assert trial.pods == {"default": None}
    assert (
        'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "build"'
        in (trial.traces["default"])
    )
