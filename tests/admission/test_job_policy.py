"""The policy for job pods, asked with the manager's own credentials: it lets every mode's jobs through, and nothing beyond."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.formats.kube_version import minor_version
from podrunner.formats.placed import Values
from podrunner.manifests.security.job_policy import denying_policies
from podrunner.manifests.security.job_policy import refusals as predicted
from podrunner.runner.job_pod.patches import applied

from .cluster import Cluster
from .release import CHART, installed, render
from .trial import attempt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .release import Release
    from .trial import Bench

FORBIDDEN: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "forbidden_pods.yaml").read_text())
MODES = [name for name, mode in CHART.modes.items() if mode.get("promise") and not mode["promise"]["privileged"]]
# What the values add to a mode, and the policy therefore allows.
OPTIONS: dict[str, dict[str, Any]] = {
    "seccomp-unconfined": {"podman": {"seccomp": {"type": "Unconfined"}}},
    "a-proc-of-its-own": {"podman": {"mode": "userNamespace", "run": True}},
    "an-image-store-of-the-node": {"podman": {"storage": {"additionalImageStores": {"a": {"hostPath": "/images"}}}}},
    "a-share": {"jobs": {"config": {"kubernetes": {"volumes": {"nfs": [{"name": "a", "mount_path": "/a", "server": "nfs.example.com", "path": "/"}]}}}}},
    "volumes-of-the-cluster": {"podman": {"mode": "userNamespace", "storage": {"size": "20Gi", "medium": "Volume", "home": {"size": "2Gi", "medium": "Volume"}}}},
    "profiles-of-the-node": {"podman": {"appArmor": {"type": "Localhost", "localhostProfile": "podman"}, "seccomp": {"type": "Localhost", "localhostProfile": "a/b.json"}}},
    "no-apparmor": {"podman": {"appArmor": {"type": "Unconfined"}}},
    "accounts-of-runners": {"jobs": {"doNotDisrupt": True}, "runners": {"a": {"serviceAccount": {"annotations": {"a.example.com/role": "b"}}}, "b": {}}},
    "a-renamed-runner": {"runners": {"a": {"config": {"name": "Team A"}}, "b": {"podman": {"mode": "unprivilegedRoot"}}}},
    "orphans-that-are-removed": {"manager": {"stableIdentity": True, "removeOrphans": True}},
    "an-account-of-a-patch": {"runners": {"a": {"config": {"kubernetes": {"pod_spec": [{"name": "a", "patch": "serviceAccountName: default"}]}}}}},
}  # fmt: skip
LEVELS = {"podrunner": "privileged"}


def made(values: dict[str, Any], bench: Bench, *, enabled: bool = True) -> Release:
    """Render a release with the policy."""
    layers = (Values(values, "the test"), Values({"policies": {"jobs": {"enabled": enabled}}}, "the test"))
    return render(Case("policy", layers), bench.gitlab.url, bench.cluster.version)


def changed(pod: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    """Lay a patch over a job's pod."""
    found = copy.deepcopy(pod)
    found["spec"], problem = applied(found["spec"], yaml.safe_dump(variant.get("spec", {})), "strategic")
    assert problem == ""
    for part, change in variant.get("metadata", {}).items():
        found["metadata"][part] = {**found["metadata"].get(part, {}), **change}
        found["metadata"][part] = {key: one for key, one in found["metadata"][part].items() if one is not None}
    return found


def as_it_is_sent(pod: dict[str, Any]) -> dict[str, Any]:
    """Give a pod without what only one that was made has."""
    kept = {key: one for key, one in pod["metadata"].items() if key in ("labels", "annotations")}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**kept, "name": "tried"}, "spec": pod["spec"]}


@contextlib.contextmanager
def manager_of(release: Release, bench: Bench) -> Iterator[Cluster]:
    """The API server as whoever has the manager's token sees it."""
    token = bench.cluster.token(release.rendering.namespace, release.account)
    with contextlib.closing(Cluster(bench.cluster.plane, token)) as manager:
        yield manager


def is_at_least(bench: Bench, version: str) -> bool:
    """Whether the API server is of this version or newer."""
    return minor_version(bench.cluster.version) >= minor_version(version)


@pytest.fixture(scope="module")
def pods(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return mode → the pod that the real runner made under the policy."""
    found = {}
    for mode in MODES:
        if not is_at_least(bench, CHART.modes[mode].get("kubernetes", "1.30")):
            continue
        release = made({"podman": {"mode": mode, "openshift": {"scc": {"create": False, "name": "a"}}}}, bench)
        trial = attempt(release, bench, tmp_path_factory.mktemp(mode))
        assert trial.pods["default"], trial.traces["default"]
        assert trial.refused == []
        found[mode] = as_it_is_sent(trial.asked("default"))
    return found


@pytest.fixture(scope="module")
def refusals(bench: Bench, pods: dict[str, dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return (variant, who was asked) → why the manager may not make it: the API server with the policy, without, the model.

    The variant with the name of a mode is its pod as it is.
    """
    found = {}
    for mode, pod in pods.items():
        variants = {
            name: one
            for name, one in FORBIDDEN.items()
            if one.get("mode", "unprivileged") == mode and is_at_least(bench, one.get("kubernetes", "1.30"))
        }
        tried = {name: changed(pod, variant) for name, variant in {**variants, mode: {}}.items()}
        values = {"podman": {"mode": mode, "openshift": {"scc": {"create": False, "name": "a"}}}}
        for asked, enabled in (("with", True), ("without", False)):
            release = made(values, bench, enabled=enabled)
            with installed(release, bench.cluster, levels=LEVELS), manager_of(release, bench) as manager:
                found |= {(name, asked): manager.refusal_of(one, "podrunner") for name, one in tried.items()}
            for _, runners in denying_policies(release.rendering.documents):
                found |= {
                    (name, "model"): "; ".join(predicted(one, "podrunner", runners)) for name, one in tried.items()
                }
    return found


@pytest.fixture
def refused(refusals: dict[tuple[str, str], str], request: pytest.FixtureRequest) -> dict[str, str]:
    """Return who was asked → why the manager may not make the pod of this test."""
    name = request.node.callspec.params.get("name") or request.node.callspec.params["mode"]
    found = {asked: why for (variant, asked), why in refusals.items() if variant == name}
    if not found:
        pytest.skip("it needs a newer Kubernetes")
    return found


@pytest.mark.parametrize("mode", MODES)
def test_the_real_job_of_every_mode_is_admitted(mode: str, refused: dict[str, str]) -> None:
    assert (refused["with"], refused["model"]) == ("", "")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_managers_account_may_not_make(name: str, refused: dict[str, str]) -> None:
    mode = FORBIDDEN[name].get("mode", "unprivileged")

    assert "ValidatingAdmissionPolicy 'podrunner.podrunner-jobs'" in refused["with"]
    assert FORBIDDEN[name]["says"] in refused["with"]
    assert f"(podman.mode {mode})" in refused["with"] or "has to name a runner" in refused["with"]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_it_is_the_policy_that_refuses(name: str, refused: dict[str, str]) -> None:
    assert refused["without"] == ""


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_model_refuses_what_the_policy_refuses(name: str, refused: dict[str, str]) -> None:
    assert refused["model"] != ""


@pytest.mark.parametrize("name", OPTIONS)
def test_what_the_values_add_to_a_mode_is_admitted(name: str, bench: Bench, tmp_path: Path) -> None:
    mode = OPTIONS[name].get("podman", {}).get("mode", "unprivileged")
    if not is_at_least(bench, CHART.modes[mode].get("kubernetes", "1.30")):
        pytest.skip("its mode needs a newer Kubernetes")
    trial = attempt(made(OPTIONS[name], bench), bench, tmp_path, levels=LEVELS)

    assert {name: trial.traces[name] for name, pod in trial.pods.items() if pod is None} == {}
    assert trial.refused == []
    ((_, runners),) = denying_policies(trial.release.rendering.documents)
    assert [predicted(trial.asked(name), "podrunner", runners) for name in trial.pods] == [[]] * len(trial.pods)


def test_no_ephemeral_container_comes_into_a_job_even_with_the_right_to_add_one(
    bench: Bench, pods: dict[str, dict[str, Any]]
) -> None:
    debugger = {"name": "debugger", "image": "registry.example.com/any:1"}
    said = {}
    for enabled in (True, False):
        release = made({}, bench, enabled=enabled)
        with installed(release, bench.cluster, levels=LEVELS), manager_of(release, bench) as manager:
            for body in right("pods/ephemeralcontainers", "patch", release.account):
                bench.cluster.ensure(body)
            manager.create(pods["unprivileged"], "podrunner")
            said[enabled] = manager.refused_debugging("tried", "podrunner", debugger)

    assert "ephemeral containers are not allowed" in said[True]
    assert said[False] == ""


def right(resource: str, verb: str, account: str) -> list[dict[str, Any]]:
    """A Role of the release's namespace with one right, and its binding to an account."""
    api, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    metadata = {"name": "more", "namespace": "podrunner"}
    rules = [{"apiGroups": [""], "resources": [resource], "verbs": [verb]}]
    subject = {"kind": "ServiceAccount", "name": account, "namespace": "podrunner"}
    role = {"apiVersion": api, "kind": "Role", "metadata": metadata, "rules": rules}
    binding = {"apiVersion": api, "kind": "RoleBinding", "metadata": metadata, "subjects": [subject]}
    return [role, {**binding, "roleRef": {"apiGroup": group, "kind": "Role", "name": "more"}}]
