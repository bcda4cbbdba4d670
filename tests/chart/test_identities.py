"""Names: within Kubernetes' limits, no two releases' the same, and nothing under them that an upgrade cannot change."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from podrunner.cases.case import Case
from podrunner.diff.immutable import why_immutable
from podrunner.manifests.checks.names import check_names
from podrunner.manifests.difference.objects import Identity, differences, identity_of
from podrunner.manifests.rendering import Rendering
from tests.matrix_cases import CASES, render_case

# One of them says itself what everything is called.
NAMELESS = [case for case in CASES if "fullnameOverride" not in case.values]
LONG = "a-release-whose-name-is-as-long-as-helm-lets-it-be-53"
# Kinds whose names, or names that controllers make of them, are DNS labels or values of labels.
LIMITS = {"Service": 63, "Namespace": 63, "Job": 63, "Pod": 63, "Deployment": 63, "StatefulSet": 52, "CronJob": 52}


def texts(value: Any) -> set[str]:
    """Every text in values, the names of maps too."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {text for item in value.values() for text in texts(item)}
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) else set()


def own_identities(case: Case, rendering: Rendering) -> set[Identity]:
    """Objects whose names the chart makes: not those that the values name."""
    named = texts(case.values)
    found = [identity_of(each.data) for each in rendering.documents if each.template != "templates/extra/objects.yaml"]
    return {identity for identity in found if identity.name not in named}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_longest_names_stay_within_what_kubernetes_allows(case: Case) -> None:
    runners = case.values.get("runners") or {"default": None}
    longest = {name.ljust(16, "x"): settings for name, settings in runners.items()}
    rendering = render_case(case, release=LONG, values={**case.values, "runners": longest})

    too_long = [
        document.name
        for document in rendering.documents
        if len(document.data["metadata"]["name"]) > LIMITS.get(document.data["kind"], 253)
    ]
    pods = [document.data["spec"]["template"] for document in rendering.documents if document.name.startswith("Dep")]
    labels = [value for pod in pods for value in pod["metadata"]["labels"].values()]
    assert (too_long, [label for label in labels if len(label) > 63]) == ([], [])
    assert list(check_names(rendering.documents)) == []


def test_names_are_cut_with_a_hash_of_the_whole(render: Any) -> None:
    def named(release: str) -> str:
        return str(render(release=release).object("Deployment")["metadata"]["name"])

    assert named("ci") == "ci-podrunner"
    assert named("ci-podrunner") == "ci-podrunner"
    assert named("production-of-the-platform-team") == "production-of-the-platform-team-ad56af27"
    assert named("production-of-the-platform-team-2") == "production-of-the-platform-team-4eb927f7"


def test_a_release_by_whose_name_no_service_may_be_called_gets_one_with_a_hash_too(render: Any) -> None:
    services = {
        "manager": {"stableIdentity": True},
        "sessionServer": {"enabled": True},
        "metrics": {"service": {"enabled": True}},
    }

    def named(release: str) -> list[str]:
        rendering = render(services, release=release)
        return sorted(one["metadata"]["name"] for kind in ("Service", "StatefulSet") for one in rendering.objects(kind))

    assert named("ci.prod") == [f"ci-prod-podrunner-fec22f4a{end}" for end in ("", "-manager", "-metrics", "-session")]
    assert named("2024-ci") == [f"r2024-ci-podrunner-a54278f1{end}" for end in ("", "-manager", "-metrics", "-session")]
    assert named("ci-prod")[0] == "ci-prod-podrunner"


@pytest.mark.parametrize("case", NAMELESS, ids=lambda case: case.name)
def test_two_releases_in_one_namespace_share_no_object(case: Case) -> None:
    first, second = (own_identities(case, render_case(case, release=name)) for name in (f"{LONG[:-1]}1", LONG))

    assert first
    assert first & second == set()


@pytest.mark.parametrize("case", NAMELESS, ids=lambda case: case.name)
def test_two_releases_of_one_name_in_two_namespaces_share_no_object_but_where_both_run_jobs(case: Case) -> None:
    first, second = (own_identities(case, render_case(case, release=LONG, namespace=name)) for name in ("", "two"))
    # Where the values say "", GitLab Runner takes "default".
    shared_by_choice = {*texts(case.values), "default"}

    assert first
    assert {identity for identity in first & second if identity.namespace not in shared_by_choice} == set()


@pytest.mark.broad
def test_no_two_cases_of_one_release_differ_in_a_field_that_cannot_change() -> None:
    seen: dict[Identity, list[dict[str, Any]]] = defaultdict(list)
    for case in CASES:
        for document in render_case(case, release="ci", namespace="runners").documents:
            seen[identity_of(document.data)].append(document.data)

    # The fields that cannot change are equal, or not: to compare each with the first is enough, both ways round. A strategy
    # can change, in Helm 4 with an option where the values left rollingUpdate to the API server.
    refused = [
        f"{one}: {why}"
        for first, *others in seen.values()
        for other in others
        for before, after in ((first, other), (other, first))
        for one in differences([before], [after])
        if (why := why_immutable(one, before, after, "1.34"))
        and not why.endswith("Upgrade once with --server-side=false.")
    ]
    assert max(len(objects) for objects in seen.values()) > 50
    assert refused == []
