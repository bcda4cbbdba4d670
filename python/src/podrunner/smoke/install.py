"""Installs the release and waits until its runner asks for a job."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from podrunner.cluster.rollout import wait_for_deployment
from podrunner.findings.errors import PodrunnerError
from podrunner.smoke.job import is_of_job

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.cluster.api import Api
    from podrunner.modes.runners import Runner
    from podrunner.smoke.trial import Trial

# Seconds until a manager that is ready has to have asked for a job; it asks every second.
_ASK_TIMEOUT = 60
# Seconds until a manager that was ended is no longer waited for: its node may be gone.
_END_TIMEOUT = 20


def install(trial: Trial) -> None:
    """Installs the chart and waits for its manager.

    Raises HelmError, RolloutError, or PodrunnerError when the runner does not get to ask for a job.
    """
    bench, release = trial.bench, trial.release
    command = f"{bench.cluster.access.helm} -n {release.namespace} uninstall {release.name}"
    bench.removals.add(f"the release {release.name}", lambda: _uninstall(trial), command)
    with bench.progress.step(f"Install the chart (helm install {release.name})"):
        release.install(trial.values)
    with bench.progress.step("Wait for the manager"):
        for kind in ("Deployment", "StatefulSet"):
            for item in trial.rendering.objects(kind) if trial.rendering else []:
                wait_for_deployment(bench.api, release.namespace, item["metadata"]["name"], kind=kind)
    with bench.progress.step(f"Wait until the runner `{trial.runner.name}` asks for a job"):
        _wait_until_it_asks(trial)


def _uninstall(trial: Trial) -> None:
    release = trial.release
    release.uninstall()
    places = {runner.job_namespace for runner in trial.runners}
    remove_pods(trial.bench.api, release.namespace, release.name, places, trial.run.job_id)


def remove_pods(api: Api, namespace: str, release: str, job_namespaces: Iterable[str], job_id: int) -> None:
    """Ends managers that would still wait for a job, then the job's pods, also those that nobody has seen yet."""
    deadline = time.monotonic() + _END_TIMEOUT
    while managers := api.list("Pod", namespace, f"app.kubernetes.io/instance={release}"):
        # With a second to end, a pod is there until its processes are gone: none of them makes one more pod of the job.
        grace = int(time.monotonic() < deadline)
        for pod in managers:
            api.delete("Pod", pod["metadata"]["name"], namespace, grace=grace)
        if not grace:
            break
        time.sleep(0.5)
    for place in job_namespaces:
        for pod in api.list("Pod", place):
            if is_of_job(pod, job_id):
                api.delete("Pod", pod["metadata"]["name"], place, grace=0)


def _wait_until_it_asks(trial: Trial) -> None:
    runner = trial.runner
    deadline = time.monotonic() + _ASK_TIMEOUT
    while True:
        state = trial.stand_in.state()
        if state["asked"].get(runner.name):
            return
        if state["refused"]:
            raise PodrunnerError(_unknown_token(trial, runner))
        if time.monotonic() > deadline:
            raise PodrunnerError(
                f"the manager is ready, but the runner `{runner.name}` has not asked {trial.stand_in.url} for a job "
                f"in {_ASK_TIMEOUT} s; its log says why."
            )
        time.sleep(0.5)


def _unknown_token(trial: Trial, runner: Runner) -> str:
    says = f"the stand-in GitLab does not know the token of the runner `{runner.name}` (403 Forbidden)"
    if runner.in_release:
        return f"{says}. The values give it themselves: leave the token out, the smoke brings its own."
    if runner.secret:
        where = f"the Secret {runner.secret} (key {runner.key}) of the namespace {trial.place.namespace}"
        return f"{says}. It is in {where}, which was there before: use another namespace."
    return f"{says}. config.toml gives it itself: leave `token` out, the smoke brings its own."
