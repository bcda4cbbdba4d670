"""What the API server says of values, and what `podrunner check` does: they agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.check.checker import check_case
from podrunner.findings.finding import errors
from podrunner.formats.placed import Values, load_values
from podrunner.helm.renderer import renderer
from podrunner.manifests.objects import maps
from podrunner.runner.job_pod.objects import job_objects

from .release import CHART, installed, is_hook, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.manifests.rendering import Rendering

    from .trial import Bench

HERE = Path(__file__).parent
REFUSED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "refused.yaml").read_text(encoding="utf-8"))
TAKEN: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "taken.yaml").read_text(encoding="utf-8"))
URL = Values({"gitlab": {"url": "https://gitlab.example.com"}}, "the test")
OWN = sorted((CHART.path.parent / "tests" / "values").glob("*.yaml"))
NAMESPACE = "refused"


@pytest.fixture(scope="module")
def namespace(bench: Bench) -> str:
    """Return a namespace with the account that the jobs of a release have."""
    bench.cluster.namespace(NAMESPACE, "privileged")
    for name in ("podrunner-jobs", "podrunner-manager"):
        bench.cluster.ensure({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}, NAMESPACE)
    return NAMESPACE


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_api_server_refuses_check_refuses(name: str, bench: Bench, namespace: str) -> None:
    layers = (URL, Values(REFUSED[name], "refused.yaml"))
    case = Case(name, layers, namespace=NAMESPACE, kube_version=bench.cluster.version)

    assert list(refused_by_cluster(case, bench, namespace)) != []
    assert errors(check_case(case, CHART).findings) != []


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_api_server_takes_check_takes(name: str, bench: Bench, namespace: str) -> None:
    layers = (URL, Values(TAKEN[name], "taken.yaml"))
    case = Case(name, layers, namespace=NAMESPACE, kube_version=bench.cluster.version)

    assert list(refused_by_cluster(case, bench, namespace)) == []
    assert errors(check_case(case, CHART).findings) == []


def test_there_are_fifty() -> None:
    assert len(REFUSED) >= 50


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_what_check_passes_the_api_server_takes(file: Path, bench: Bench, request: pytest.FixtureRequest) -> None:
    case = Case(file.stem, (URL, load_values(file)), kube_version=bench.cluster.version)
    release = render(case, "https://gitlab.example.com", bench.cluster.version)
    for group, fixture in (("monitoring.coreos.com", "monitoring"), ("security.openshift.io", "constraints")):
        if any(one["apiVersion"].startswith(group) for one in release.rendering.objects()):
            request.getfixturevalue(fixture)

    # It raises what the API server refuses.
    with installed(release, bench.cluster):
        pods = [*of_jobs(release.rendering)]
        refused = [bench.cluster.refusal_of(pod, release.rendering.namespace) for pod in pods]

    assert errors(check_case(case, CHART).findings) == []
    assert (len(pods), [reason for reason in refused if reason]) == (len(release.runners), [])


def refused_by_cluster(case: Case, bench: Bench, namespace: str) -> Iterator[str]:
    """Give why the cluster refuses the objects of a release, and those of its jobs, made for nothing but the answer."""
    rendering = renderer("library", CHART).render_unchecked(case)
    for body in [*objects_of(rendering), *of_jobs(rendering)]:
        reason = bench.cluster.refusal_of(body, namespace)
        if reason:
            yield f"{body['kind']}/{body['metadata'].get('name')}: {reason}"


def objects_of(rendering: Rendering) -> Iterator[dict[str, Any]]:
    yield from (one for one in rendering.objects() if not is_hook(one))


def of_jobs(rendering: Rendering) -> Iterator[dict[str, Any]]:
    """Give a pod for a job of each runner, which names an image where its runner has none, and what goes with it."""
    for runner in maps(rendering.configs[0].toml.data.get("runners")):
        made = job_objects(runner)
        pod = made.pod
        # A namespace of the job's own is made only for the job.
        pod["metadata"] |= {"namespace": rendering.namespace} if made.namespace else {}
        pod["metadata"].setdefault("name", pod["metadata"].get("generateName", "job") + "x")
        for container in [*pod["spec"]["initContainers"], *pod["spec"]["containers"]]:
            container["image"] = container.get("image") or "registry.example.com/job:1"
        yield pod
