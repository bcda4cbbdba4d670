"""git and podman work in every mode, whatever HOME a pipeline sets: in the clone, the script and after_script.

A release is installed once for each preset, and gets one job after the other.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from podrunner.cases.selection import Selection
from podrunner.chart.chart import Chart
from podrunner.cluster.interruption import Interruption
from podrunner.cluster.removal import Removals
from podrunner.formats.placed import load_layer
from podrunner.helm.renderer import renderer
from podrunner.output.steps import Progress
from podrunner.pipeline.fields import Variable
from podrunner.secrets.redact import Redactor
from podrunner.smoke.install import install
from podrunner.smoke.job import JobRun
from podrunner.smoke.judgement import run_job
from podrunner.smoke.plan import SmokeOptions, make_plan
from podrunner.smoke.surroundings import make_namespaces, send_repository, start_stand_in
from podrunner.smoke.trial import SmokeBench, Trial, prepare, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

# What pipelines set HOME to. None: they do not.
HOMES = {
    "not-set": None,
    "empty": "",
    "slash": "/",
    "slash-root": "/root",
    "not-there": "/no/such/folder",
    "own": "/my_custom_dir",
}
# By preset, values above it: no OpenShift is here, whose admission would set the user.
PRESETS = {
    "privileged": "{}",
    "unprivileged": "{}",
    "unprivileged-root": "{}",
    "user-namespace": "{}",
    "openshift": """
podman: {openshift: {scc: {create: false, name: container-build}}}
manager: {podSecurityContext: {runAsUser: 1000650000}}
runners: {default: {config: {kubernetes: {pod_security_context: {run_as_user: 1000650000, fs_group: 1000650000}}}}}
""",
}
PIPELINE = """\
home:
  image: quay.io/podman/stable
  script:
    - git config --global user.name Ann
    - echo "git $(git config --global user.name)"
    - git clone --quiet "$CI_REPOSITORY_URL" ../again && echo "cloned $(git -C ../again log --format=%s -1)"
    - printf 'FROM scratch\\nCOPY .gitlab-ci.yml /\\n' | podman build --quiet --tag home:test --file - .
    - podman images --format 'built {{.Repository}}'
    - registry=$(sed -n 's/^location = "\\(registry-.*\\)"/\\1/p' "$CONTAINERS_REGISTRIES_CONF")
    - echo password | podman login --tls-verify=false --username Ann --password-stdin "$registry"
    - echo "logged in $(podman login --get-login "$registry")"
  after_script:
    - echo "after git $(git config --global user.name)"
    - registry=$(sed -n 's/^location = "\\(registry-.*\\)"/\\1/p' "$CONTAINERS_REGISTRIES_CONF")
    - echo "after logged in $(podman login --get-login "$registry")"
    - printf 'FROM localhost/home:test\\nCOPY README.md /\\n' | podman build --quiet --tag after:test --file - .
    - podman images --format 'after {{.Repository}}'
"""
SAID = [
    "git Ann",
    "cloned Add .gitlab-ci.yml",
    "built localhost/home",
    "Login Succeeded!",
    "logged in Ann",
    "after git Ann",
    "after localhost/home",
    "after logged in Ann",
    "after localhost/after",
    "Job succeeded",
]
# What a job that may not enter its HOME cannot say: podman looks for registries in HOME/.config, whatever it is told.
# The script gets another HOME; after_script does not, GitLab Runner has no hook for it.
NOT_SAID = ["after logged in Ann"]
NEVER = ["could not lock config file", "unable to access", "after_script failed"]

pytestmark = [pytest.mark.exhaustive, pytest.mark.xdist_group("home")]


@pytest.fixture(scope="module", params=PRESETS)
def release(
    request: pytest.FixtureRequest,
    smoke_cluster: Cluster,
    images: ImageSet,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Trial]:
    """Return an installed release of a preset, whose runner waits for jobs."""
    if images.registry is None:
        pytest.skip("podman login needs a registry that takes any password: PODRUNNER_SMOKE_IMAGES=DIR has one")
    folder = tmp_path_factory.mktemp(f"home-{request.param}")
    (folder / "values.yaml").write_text(PRESETS[request.param])
    (folder / "ci.yml").write_text(PIPELINE)
    options = SmokeOptions(
        renderer("library", Chart.open()),
        Selection(values=(load_layer(folder / "values.yaml"),), presets=(request.param,)),
        pipeline=folder / "ci.yml",
        timeout=300,
    )
    plan = replace(make_plan(options, folder), images=images)
    removals = Removals(Progress(), Interruption())
    trial = prepare(SmokeBench(smoke_cluster, plan, options, Progress(), removals, Redactor()), plan.subjects[0])
    try:
        for step in (render, make_namespaces, start_stand_in, send_repository, install):
            step(trial)
        yield trial
    finally:
        removals.run()


@pytest.mark.parametrize("home", HOMES)
def test_git_and_podman_work_whatever_home_a_pipeline_sets(home: str, release: Trial) -> None:
    log = run_with(release, HOMES[home])

    closed = HOMES[home] == "/root" and release.runner.mode != "unprivilegedRoot"
    assert [line for line in SAID if f"\n{line}\n" not in log] == (NOT_SAID if closed else [])
    assert [text for text in NEVER if text in log] == []


def run_with(release: Trial, home: str | None) -> str:
    """Run the job with a HOME, which must go well; give its log."""
    plan = release.bench.plan
    variables = () if home is None else (Variable("HOME", home),)
    release.bench = replace(release.bench, plan=replace(plan, job=replace(plan.job, variables=variables)))
    release.run = JobRun(100_000_000 + secrets.randbelow(900_000_000))
    run_job(release)
    return release.run.log
