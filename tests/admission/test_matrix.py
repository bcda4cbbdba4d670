"""Every case of the matrix that renders: its real runner makes its job pods against real admission and RBAC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.manifests.checks.selectors import selects
from podrunner.manifests.objects import find_pods
from podrunner.manifests.security.pod_security import LEVELS, level
from podrunner.manifests.security.scc import judge
from podrunner.modes.promise import check_pods
from podrunner.modes.runners import read_promise
from podrunner.runner.job_pod.pod import job_pod
from podrunner.runner.permissions import WELCOME, needs_of
from podrunner.values.merge import merge
from tests.build_part import build_part, pod_part

from .release import CHART, ID_RANGES, render
from .trial import Trial, attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.modes.runners import Runner

    from .cluster import Cluster
    from .trial import Bench

MATRIX = CHART.path.parent / "tests" / "matrix.yaml"
# A namespace for each job needs the controllers that make its account.
CONTROLLED = {"rights-for-every-feature", "rights-that-somebody-else-gives", "an-uninstall-that-takes-everything"}
# One of its runners makes its pods in another cluster.
ABROAD = {"credentials-of-one-runner"}
# boot_verify waits for a pod that runs before anything else, and there are no nodes.
NODES = {"runners-that-begin-with-a-job"}
CASES = [
    case
    for case in make_cases(load_matrix(MATRIX, CHART))
    if not case.expect_fail and case.name not in CONTROLLED | ABROAD | NODES
]
# Key of config.toml → (resource, requests or limits). Requests that are not said are those of the limits: left out.
RESOURCES = {"cpu_request": ("cpu", "request"), "cpu_limit": ("cpu", "limit"), "memory_limit": ("memory", "limit")}
# Keys of a pod that name objects of its namespace or cluster, and what admission makes of them.
ELSEWHERE = {"serviceAccountName", "serviceAccount", "runtimeClassName", "overhead", "priorityClassName", "priority"}
# What every authenticated user may ask.
ANYBODY = {("authorization.k8s.io", "selfsubjectaccessreviews", "create"), ("", "", "get")}


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def trial(request: pytest.FixtureRequest, bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Return what became of a case; its pods are gone again."""
    case: Case = request.param
    release = render(case, bench.gitlab.url, bench.cluster.version)
    if release.rendering.objects("SecurityContextConstraints"):
        request.getfixturevalue("constraints")
    if any(one["apiVersion"].startswith("monitoring.coreos.com/") for one in release.rendering.objects()):
        request.getfixturevalue("monitoring")
    return attempt(release, bench, tmp_path_factory.mktemp("manager"))


@pytest.fixture(scope="module")
def levels(bench: Bench) -> list[str]:
    """Return namespaces that enforce one Pod Security level each, from the strictest."""
    names = [f"enforces-{name}" for name in LEVELS]
    for name, enforced in zip(names, LEVELS, strict=True):
        bench.cluster.namespace(name, enforced)
    return names


def test_every_job_gets_its_pod_at_the_level_that_its_namespace_enforces(trial: Trial) -> None:
    without = {name: trial.traces[name] for name, pod in trial.pods.items() if pod is None}

    assert without == {}


def test_nothing_is_forbidden(trial: Trial) -> None:
    said = "\n".join([trial.log, *trial.traces.values()])

    assert trial.refused == []
    assert "forbidden" not in said.lower()


def test_the_manager_asks_for_nothing_but_what_is_known_of_it(trial: Trial) -> None:
    needs = [*WELCOME, *(need for runner in trial.release.runners for need in needs_of(dict(runner.entry)))]
    known = {right for need in needs for right in need.rights()}

    assert trial.rights - known - ANYBODY == set()
    assert ("", "pods", "create") in trial.rights


def test_the_policy_for_jobs_selects_the_pod_of_every_runner(trial: Trial) -> None:
    policies = [
        one
        for one in trial.release.rendering.objects("NetworkPolicy")
        if one["metadata"]["labels"]["app.kubernetes.io/component"] == "jobs"
    ]
    spaces = trial.release.case.values.get("jobs", {}).get("namespaces", {})
    without = {name for name, space in spaces.items() if space.get("networkPolicy", {}).get("enabled") is False}
    for pod in trial.pods.values() if policies else ():
        metadata = (pod or {})["metadata"]
        ours = [one for one in policies if one["metadata"]["namespace"] == metadata["namespace"]]
        expected = [] if metadata["namespace"] in without else [True, True]

        assert [selects(one["spec"]["podSelector"], metadata["labels"]) for one in ours] == expected


def test_cancelled_jobs_leave_nothing(trial: Trial) -> None:
    assert trial.left == []


def test_the_pod_keeps_the_promise_of_its_mode(trial: Trial) -> None:
    for runner in trial.release.runners:
        promise = read_promise(CHART.modes, runner.mode)
        if promise:
            problems = [check for check in check_pods([trial.pods[runner.name] or {}], promise) if check.problem]

            assert problems == []
        # They are bound to the accounts of jobs in this mode alone.
        own = runner.mode == "openshift"
        for constraints in trial.release.rendering.objects("SecurityContextConstraints") if own else ():
            assert judge((trial.pods[runner.name] or {})["spec"], constraints, ID_RANGES).findings == ()


def test_the_pod_has_what_the_values_ask_for(trial: Trial) -> None:
    for runner, podman in podman_runners(trial):
        pod = trial.pods[runner.name]
        assert pod
        build = named(pod["spec"]["containers"])["build"]

        unmasked = podman["run"] and podman["mode"] == "userNamespace"
        assert build["securityContext"].get("procMount", "Default") == ("Unmasked" if unmasked else "Default")
        assert fuse(pod, podman["fuse"]) == {"crio": podman["fuse"]["source"] == "crio", "device": wanted(podman)}
        # Variables of the job, such as CI_REGISTRY_IMAGE, are empty here.
        image = re.sub(r"\$\w+", "", runner.entry["kubernetes"]["image"])
        assert (build["image"], pod["spec"]["automountServiceAccountToken"]) == (image, False)
        assert pod["spec"]["serviceAccountName"] == runner.entry["kubernetes"]["service_account"]
        asked = {key: runner.entry["kubernetes"][key] for key in RESOURCES if key in runner.entry["kubernetes"]}
        # A LimitRange adds what is not asked for.
        assert {key: value for key, value in asked_resources(build).items() if key in asked} == asked


def test_the_model_predicts_the_pod_that_the_runner_makes(trial: Trial) -> None:
    for runner in trial.release.runners:
        predicted = job_pod(dict(runner.entry))
        made = trial.asked(runner.name)["spec"]
        # Of a runner that names no image, or one by variables of the job, it is the job's.
        if "$" in str(runner.entry["kubernetes"].get("image") or "$"):
            predicted, made = without_image_of_build(predicted), without_image_of_build(made)

        assert pod_part(predicted) == pod_part(made)


def test_the_pod_of_helm_test_is_that_of_the_job(trial: Trial) -> None:
    pods = {pod["metadata"]["name"]: pod["spec"] for pod in trial.release.rendering.objects("Pod")}
    for runner in trial.release.runners:
        spec = next((one for name, one in pods.items() if name.endswith(f"-{runner.name}-build")), None)
        names = [one["name"] for one in spec["containers"][0]["env"]] if spec else []
        # Of values that name variables of the job, only the runner knows what they are.
        known = [one for one in names if "$" not in str((spec or {})["containers"][0]["env"][names.index(one)])]
        if spec and "$" not in spec["containers"][0]["image"]:
            assert build_part(spec, known) == build_part(trial.asked(runner.name)["spec"], known)


def test_the_level_of_the_model_is_the_one_that_admission_enforces(
    trial: Trial, levels: list[str], bench: Bench
) -> None:
    version = bench.cluster.version
    jobs = {name: pod["spec"] for name, pod in trial.pods.items() if pod}
    predicted = {runner.name: level(job_pod(dict(runner.entry)), version)[0] for runner in trial.release.runners}

    assert {name: accepted_from(spec, levels, bench.cluster) for name, spec in jobs.items()} == predicted


def test_the_level_of_every_rendered_pod_is_the_one_that_admission_enforces(
    trial: Trial, levels: list[str], bench: Bench
) -> None:
    pods = find_pods(trial.release.rendering.documents, trial.release.rendering.namespace)
    predicted = {pod.document.name: level(pod.spec, bench.cluster.version)[0] for pod in pods}

    assert {pod.document.name: accepted_from(pod.spec, levels, bench.cluster) for pod in pods} == predicted
    assert (
        predicted[next(name for name in predicted if name.startswith(("Deployment/", "StatefulSet/")))] == "restricted"
    )


def without_image_of_build(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give a pod's spec without the image of its build container."""
    containers = [{**one, "image": ""} if one["name"] == "build" else one for one in spec["containers"]]
    return {**spec, "containers": containers}


def podman_runners(trial: Trial) -> Iterable[tuple[Runner, dict[str, Any]]]:
    """Give the runners of a mode that sets podman up, each with the values of `podman` that hold for it."""
    values = CHART.effective(trial.release.case.layers)
    for runner in trial.release.runners:
        own = ((values.get("runners") or {}).get(runner.name) or {}).get("podman") or {}
        if runner.mode != "none":
            yield runner, merge(values["podman"], own)


def fuse(pod: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, bool]:
    """Say by which way the build container of a pod asks for /dev/fuse."""
    annotations = pod["metadata"]["annotations"]
    limits = named(pod["spec"]["containers"])["build"]["resources"].get("limits") or {}
    crio = [annotations.get(name) for name in ("io.kubernetes.cri-o.Devices", "devices.crio.io")]
    return {"crio": crio == ["/dev/fuse"] * 2, "device": limits.get(settings["resource"]) == "1"}


def asked_resources(build: Mapping[str, Any]) -> dict[str, str]:
    """Give CPU and memory of the build container by their keys in config.toml."""
    found = {key: (build["resources"].get(f"{part}s") or {}).get(name) for key, (name, part) in RESOURCES.items()}
    return {key: value for key, value in found.items() if value}


def wanted(podman: Mapping[str, Any]) -> bool:
    """Whether a device plugin is to give /dev/fuse. In the mode privileged every device is there."""
    return bool(podman["fuse"]["source"] == "devicePlugin" and podman["mode"] != "privileged")


def accepted_from(spec: Mapping[str, Any], levels: list[str], cluster: Cluster) -> str:
    """Give the strictest level that admission lets a pod run at."""
    # Of the namespace or cluster it was made for, and not what Pod Security looks at.
    bare = {key: value for key, value in spec.items() if key not in ELSEWHERE}
    refusals = [cluster.refusal({"spec": bare}, name) for name in levels]
    assert all("violates PodSecurity" in why for why in refusals if why), refusals
    return LEVELS[refusals.index("")]


def named(containers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give containers by name."""
    return {one["name"]: one for one in containers}
