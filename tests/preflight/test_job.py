"""From a candidate to pods: the chart's own test pod, and a whole job's pod for the dry run."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.helm.renderer import renderer
from podrunner.preflight.candidate import Candidate, candidates
from podrunner.preflight.facts import Facts, Node
from podrunner.preflight.job import Question, make_job, probe_pod

CHART = Chart.open()
RENDERER = renderer("library", CHART)
HERE = Facts("1.34.4", "ci", nodes=(Node("a", runtime="cri-o://1.34.0", resources=frozenset(["github.com/fuse"])),))
EVERY = candidates(CHART.modes, HERE, "github.com/fuse")
PRIVILEGED = Candidate("privileged", "privileged")
UNPRIVILEGED = Candidate("unprivileged", "unprivileged")
USER_NAMESPACE = Candidate("user-namespace", "userNamespace")


@pytest.mark.parametrize("preset", ["privileged", "unprivileged", "unprivileged-root", "user-namespace", "openshift"])
def test_a_probe_has_the_settings_of_the_chart_s_test_pod(preset: str) -> None:
    case = Case(preset, (CHART.preset(preset),)).with_values({"gitlab": {"url": "https://x.example.com"}}, "the test")
    ours = RENDERER.render(case).object("Pod")["spec"]
    candidate = next(one for one in EVERY if one.name == preset)

    spec = make_job(Question(RENDERER), candidate, HERE).pod["spec"]

    build, expected = spec["containers"][0], ours["containers"][0]
    assert {key: build[key] for key in ("image", "securityContext", "env", "volumeMounts", "command")} == {
        key: expected[key] for key in ("image", "securityContext", "env", "volumeMounts", "command")
    }
    assert spec["volumes"] == ours["volumes"]
    assert spec.get("initContainers") == ours.get("initContainers")
    assert spec.get("hostUsers") == ours.get("hostUsers")


def test_a_probe_tells_of_itself_before_and_after_it_builds() -> None:
    script = make_job(Question(RENDERER), UNPRIVILEGED, HERE).pod["spec"]["containers"][0]["args"][0]

    told, built, verdict = (script.index(text) for text in ("podrunner-preflight", "podman build", "podrunner-inside"))
    assert told < built < verdict


def test_a_probe_is_no_hook_of_helm_and_keeps_the_annotations_of_the_mode() -> None:
    fuse = next(one for one in EVERY if one.variation == "fuse by CRI-O")

    pod = make_job(Question(RENDERER), fuse, HERE).pod

    assert pod["metadata"]["annotations"] == {
        "io.kubernetes.cri-o.Devices": "/dev/fuse",
        "devices.crio.io": "/dev/fuse",
    }


def test_a_device_plugin_s_resource_is_asked_for() -> None:
    fuse = next(one for one in EVERY if one.resource)

    build = make_job(Question(RENDERER), fuse, HERE).pod["spec"]["containers"][0]

    assert build["resources"] == {"limits": {"github.com/fuse": "1"}}


def test_the_dry_run_has_every_container_of_a_job() -> None:
    whole = make_job(Question(RENDERER), PRIVILEGED, HERE).whole["spec"]

    contexts = {one["name"]: one["securityContext"] for one in [*whole["initContainers"], *whole["containers"]]}
    assert list(contexts) == ["init-permissions", "build", "helper", "service"]
    assert contexts["build"]["privileged"] is True
    assert contexts["helper"]["allowPrivilegeEscalation"] is False


def test_the_dry_run_asks_for_what_jobs_ask_for() -> None:
    settings = ["jobs.config.kubernetes.cpu_request=500m", "jobs.config.kubernetes.service_memory_limit=2Gi"]
    whole = make_job(Question(RENDERER, Case("").with_settings(settings)), UNPRIVILEGED, HERE).whole["spec"]

    build, _, service = whole["containers"]
    assert (build["resources"], service["resources"]) == ({"requests": {"cpu": "500m"}}, {"limits": {"memory": "2Gi"}})
    assert [volume["name"] for volume in whole["volumes"]] == ["podrunner-home", "podrunner-storage", "scripts", "logs"]


def test_the_dry_run_names_no_image_that_only_a_job_knows() -> None:
    settings = ["jobs.config.kubernetes.image=$CI_REGISTRY/team/build"]
    job = make_job(Question(RENDERER, Case("").with_settings(settings)), UNPRIVILEGED, HERE)

    build, helper, service = (container["image"] for container in job.whole["spec"]["containers"])
    assert (build, service) == (job.pod["spec"]["containers"][0]["image"],) * 2
    assert helper.startswith("registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:")


@pytest.mark.parametrize(
    ("candidate", "settings", "expected"),
    [
        (UNPRIVILEGED, (), "baseline"),
        (UNPRIVILEGED, ("podman.seccomp.type=Unconfined",), "privileged"),
        (PRIVILEGED, (), "privileged"),
        (USER_NAMESPACE, (), "baseline"),
        (USER_NAMESPACE, ("podman.run=true",), "privileged"),
    ],
)
def test_the_level_is_that_of_the_job_with_all_settings(
    candidate: Candidate, settings: tuple[str, ...], expected: str
) -> None:
    assert make_job(Question(RENDERER, Case("").with_settings(settings)), candidate, HERE).level == expected


def test_what_the_chart_refuses_is_told_in_its_words() -> None:
    job = make_job(Question(RENDERER, Case("").with_settings(["podman.run=true"])), UNPRIVILEGED, HERE)

    assert job.refusal.startswith("podman.run is true, but podman.mode is unprivileged (runners.default)")


def test_probes_go_to_a_node_as_jobs_do_by_the_scheduler() -> None:
    pod = probe_pod(make_job(Question(RENDERER), UNPRIVILEGED, HERE), "p-1", "abc", "worker", 60)

    assert "nodeName" not in pod["spec"]
    assert pod["metadata"]["name"] == "p-1"
    assert pod["metadata"]["labels"]["app.kubernetes.io/instance"] == "abc"
    assert pod["spec"]["activeDeadlineSeconds"] == 60
    assert "worker" in str(pod["spec"]["affinity"])


def test_where_nodes_are_not_known_the_scheduler_is_free() -> None:
    pod = probe_pod(make_job(Question(RENDERER), UNPRIVILEGED, HERE), "p-1", "abc", "", 60)

    assert "affinity" not in pod["spec"]


def test_the_account_is_the_one_asked_for() -> None:
    pod = make_job(Question(RENDERER, service_account="builder"), UNPRIVILEGED, HERE).pod

    assert pod["spec"]["serviceAccountName"] == "builder"
    assert pod["spec"]["automountServiceAccountToken"] is False
