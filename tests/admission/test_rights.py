"""What a feature of GitLab Runner needs, given by an administrator to the letter of `podrunner.runner.permissions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import Case
from podrunner.formats.placed import Values
from podrunner.pipeline.fields import Variable

from .release import render
from .trial import attempt

if TYPE_CHECKING:
    from pathlib import Path

    from .trial import Bench

# Feature → keys of [[runners]], and what the manager then asks for that it does not ask for otherwise.
FEATURES = {
    "a disruption budget": (
        {"kubernetes": {"pod_disruption_budget": True}},
        ("policy", "poddisruptionbudgets", "create"),
    ),
    "the check of the account": (
        {"kubernetes": {"resource_availability_check_max_attempts": 2}},
        ("", "serviceaccounts", "get"),
    ),
    "events, by its flag": ({"feature_flags": {"FF_PRINT_POD_EVENTS": True}}, ("", "events", "watch")),
    "events, by environment": ({"environment": ["FF_PRINT_POD_EVENTS=true"]}, ("", "events", "watch")),
}


def values(config: dict[str, Any]) -> dict[str, Any]:
    return {"rbac": {"create": False}, "runners": {"a": {"config": config}}}


@pytest.mark.parametrize("feature", FEATURES)
def test_the_rights_that_a_feature_needs_suffice_for_it(feature: str, bench: Bench, tmp_path: Path) -> None:
    config, right = FEATURES[feature]
    case = Case(feature, (Values(values(config), "the test"),))
    trial = attempt(render(case, bench.gitlab.url, bench.cluster.version), bench, tmp_path)

    assert right in trial.rights
    assert trial.refused == []
    assert trial.pods["a"] is not None


def test_without_a_feature_nothing_of_it_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    case = Case("plain", (Values(values({}), "the test"),))
    trial = attempt(render(case, bench.gitlab.url, bench.cluster.version), bench, tmp_path)

    assert {right for _, right in FEATURES.values()} & trial.rights == set()
    assert trial.refused == []


@pytest.mark.parametrize(("given", "asked"), [(True, True), (False, False)], ids=["given", "withdrawn"])
def test_a_job_gets_its_pods_events_where_the_role_as_rendered_allows_it_and_runs_without_elsewhere(
    given: bool, asked: bool, bench: Bench, tmp_path: Path
) -> None:
    features = {"rbac": {"jobFeatures": {"podEvents": given}}}
    case = Case("events of a job", (Values(features, "the test"),))
    release = render(case, bench.gitlab.url, bench.cluster.version)
    trial = attempt(release, bench, tmp_path, variables=(Variable("FF_PRINT_POD_EVENTS", "true"),))

    assert (("", "events", "watch") in trial.rights) is asked
    assert trial.refused == []
    assert trial.pods["default"] is not None
