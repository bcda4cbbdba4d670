"""One set of values on one cluster: install, run the job, judge it, remove everything."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from podrunner.errors import PodrunnerError
from podrunner.smoke import objects
from podrunner.smoke.expected import read_expected
from podrunner.smoke.failure import describe_failure
from podrunner.smoke.gitlab import StandIn
from podrunner.smoke.helm_process import Release
from podrunner.smoke.job import JobRun, follow_job, queue_job
from podrunner.smoke.objects import Place
from podrunner.smoke.pipeline import Order, make_payload
from podrunner.smoke.progress import count
from podrunner.smoke.rollout import wait_for_deployment
from podrunner.smoke.runners import (
    Runner,
    new_token,
    overlay,
    pod_security,
    read_promise,
    read_runners,
)
from podrunner.smoke.verdict import Check, check_inside, check_lines, check_pods

if TYPE_CHECKING:
    from podrunner.helm import Rendering
    from podrunner.smoke.api import Api, Object
    from podrunner.smoke.cluster import Cluster
    from podrunner.smoke.evidence import Censor
    from podrunner.smoke.plan import Options, Plan, Subject
    from podrunner.smoke.progress import Progress
    from podrunner.smoke.removal import Removals
    from podrunner.values import Values

# Seconds that images of the stand-in and the manager may take to be pulled on a slow line.
_ROLLOUT_TIMEOUT = 300
# Seconds until a manager that is ready has to have asked for a job; it asks every second.
_ASK_TIMEOUT = 60


class JobFailedError(PodrunnerError):
    """The job failed; the text says what of it."""


class VerdictError(PodrunnerError):
    """The job succeeded, but not as promised."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all trials of a smoke share."""

    cluster: Cluster
    plan: Plan
    options: Options
    progress: Progress
    removals: Removals
    censor: Censor

    @property
    def api(self) -> Api:
        """The cluster's API."""
        return self.cluster.api


@dataclass(slots=True)
class Trial:
    """A subject while it is tried. Filled step by step, so that the evidence has what there is."""

    bench: Bench
    subject: Subject
    place: Place
    stand_in: StandIn
    release: Release
    layers: tuple[Values, ...] = ()
    rendering: Rendering | None = None
    runners: list[Runner] = field(default_factory=list)
    run: JobRun = field(default_factory=lambda: JobRun(100_000_000 + secrets.randbelow(900_000_000)))

    @property
    def values(self) -> dict[str, Any]:
        """All layers as Helm gets them."""
        from podrunner.values import merge

        return merge(*(layer.data for layer in self.layers))


def prepare(bench: Bench, subject: Subject) -> Trial:
    """A trial with names and tokens of its own; nothing is made yet."""
    word = secrets.token_hex(3)
    place = Place(bench.options.namespace or f"podrunner-smoke-{word}", word)
    control = secrets.token_urlsafe(24)
    bench.censor.add(control)
    stand_in = StandIn(bench.api, place, control)
    release = Release(
        bench.options.chart, f"podrunner-{word}", place.namespace, bench.cluster.kubeconfig, bench.cluster.temporary
    )
    return Trial(bench, subject, place, stand_in, release)


def attempt(trial: Trial) -> None:
    """The steps, in order. Raises PodrunnerError with the sentence that says which thing failed."""
    _render(trial)
    _make_namespaces(trial)
    _start_stand_in(trial)
    _send_repository(trial)
    _install(trial)
    _run_job(trial)
    _judge(trial)


def _render(trial: Trial) -> None:
    """Renders the chart for this cluster with what the smoke lays over the values."""
    from podrunner.helm import renderer
    from podrunner.values import Values

    bench = trial.bench
    registry = bench.plan.images.registry
    host = f"{trial.place.name('registry')}.{trial.place.namespace}.svc:{registry.port}" if registry else ""
    mirrors = dict.fromkeys(registry.mirrors, host) if registry else {}
    chart, layers = bench.options.chart, trial.subject.layers
    ours = overlay(chart, layers, trial.stand_in.url, mirrors, builtin=bench.plan.builtin)
    trial.layers = (*layers, Values(ours, "the smoke"))
    trial.rendering = renderer("library", chart).render(
        trial.values,
        release=trial.release.name,
        namespace=trial.place.namespace,
        kube_version=bench.cluster.version.split("+")[0],
    )
    trial.runners = read_runners(chart, trial.layers, trial.rendering)
    if not trial.runners:
        raise PodrunnerError("these values make no runner: there is nothing to try.")
    for secret in trial.rendering.objects("Secret"):
        bench.censor.add(*(secret.get("stringData") or {}).values())


def _make_namespaces(trial: Trial) -> None:
    bench, runner = trial.bench, trial.runners[0]
    level = pod_security(bench.options.chart, runner.mode)
    wanted = [trial.place.namespace, *(item.job_namespace for item in trial.runners)]
    for name in dict.fromkeys(wanted):
        if bench.api.find("Namespace", name):
            if name == trial.place.namespace and not bench.options.namespace:
                raise PodrunnerError(f"the namespace {name} is there already.")
            continue
        remove = f"kubectl --kubeconfig {bench.cluster.kubeconfig} delete namespace {name}"
        bench.removals.add(f"the namespace {name}", partial(_delete_namespace, bench, name), remove)
        with bench.progress.step(f"Make the namespace {name}" + (f" (Pod Security {level})" if level else "")):
            bench.api.create(objects.namespace(name, level))


def _delete_namespace(bench: Bench, name: str) -> None:
    bench.api.delete("Namespace", name)
    # In a cluster of our own it goes with the cluster.
    deadline = time.monotonic() + (0 if bench.cluster.ours else _ROLLOUT_TIMEOUT)
    while time.monotonic() < deadline:
        if bench.api.find("Namespace", name) is None:
            return
        time.sleep(0.5)
    if not bench.cluster.ours:
        raise PodrunnerError(f"it still exists after {_ROLLOUT_TIMEOUT} s")


def _start_stand_in(trial: Trial) -> None:
    bench = trial.bench
    tokens = _make_tokens(trial)
    image = bench.options.stand_in_image or bench.plan.images.stand_in
    with bench.progress.step("Start the stand-in GitLab"):
        _create(trial, objects.stand_in(trial.place, image, trial.stand_in.control, tokens))
        wait_for_deployment(bench.api, trial.place.namespace, trial.place.name("stand-in"), _ROLLOUT_TIMEOUT)
    if registry := bench.plan.images.registry:
        with bench.progress.step(f"Start a registry, mirror of {', '.join(registry.mirrors)}"):
            _create(trial, objects.registry(trial.place, registry))
            wait_for_deployment(bench.api, trial.place.namespace, trial.place.name("registry"), _ROLLOUT_TIMEOUT)


def _make_tokens(trial: Trial) -> dict[str, str]:
    """Token → runner. Makes the Secrets that the release expects to be there."""
    tokens: dict[str, str] = {}
    expected: dict[str, dict[str, str]] = {}
    for runner in trial.runners:
        token = new_token()
        trial.bench.censor.add(token)
        tokens[token] = runner.name
        if runner.secret and not runner.in_release:
            expected.setdefault(runner.secret, {})[runner.key] = token
    for name, data in expected.items():
        if trial.bench.api.find("Secret", name, trial.place.namespace):
            trial.bench.progress.note(f"The Secret {name} is there already and is used as it is.")
        else:
            _create(trial, [objects.secret(trial.place, name, data, exact_name=True)])
    return tokens


def _create(trial: Trial, wanted: list[Object]) -> None:
    """Makes objects; in a namespace that is not ours each is noted to be removed."""
    bench = trial.bench
    for item in wanted:
        kind, name = item["kind"], item["metadata"]["name"]
        if bench.options.namespace:
            command = f"kubectl --kubeconfig {bench.cluster.kubeconfig} -n {trial.place.namespace} delete {kind} {name}"
            bench.removals.add(f"{kind} {name}", partial(bench.api.delete, kind, name, trial.place.namespace), command)
        bench.api.create(item)


def _send_repository(trial: Trial) -> None:
    bundle = trial.bench.plan.bundle
    size = max(1, len(bundle.data) // 1000)
    with trial.bench.progress.step(f"Send the repository ({count(bundle.commits, 'commit')}, {size} kB)"):
        trial.stand_in.send_repository(_project(trial), bundle)


def _project(trial: Trial) -> str:
    return f"podrunner/{trial.bench.plan.bundle.name}"


def _install(trial: Trial) -> None:
    bench, release = trial.bench, trial.release
    command = f"helm --kubeconfig {release.kubeconfig} -n {release.namespace} uninstall {release.name}"
    bench.removals.add(f"the release {release.name}", lambda: _uninstall(trial), command)
    with bench.progress.step(f"Install the chart (helm install {release.name})"):
        release.install(trial.values)
    with bench.progress.step("Wait for the manager"):
        for item in trial.rendering.objects("Deployment") if trial.rendering else []:
            wait_for_deployment(bench.api, release.namespace, item["metadata"]["name"], _ROLLOUT_TIMEOUT)
    with bench.progress.step(f"Wait until the runner `{trial.runners[0].name}` asks for a job"):
        _wait_until_it_asks(trial)


def _uninstall(trial: Trial) -> None:
    """Uninstalls, and ends pods that would still wait for a job."""
    api, release = trial.bench.api, trial.release
    release.uninstall()
    for pod in api.list("Pod", release.namespace, f"app.kubernetes.io/instance={release.name}"):
        api.delete("Pod", pod["metadata"]["name"], release.namespace, grace=0)
    for name, pod in trial.run.pods.items():
        api.delete("Pod", name, pod["metadata"]["namespace"], grace=0)


def _wait_until_it_asks(trial: Trial) -> None:
    runner = trial.runners[0]
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


def _run_job(trial: Trial) -> None:
    bench, plan, runner = trial.bench, trial.bench.plan, trial.runners[0]
    token = secrets.token_urlsafe(20)
    bench.censor.add(token)
    order = Order(trial.stand_in.url, _project(trial), trial.run.job_id, token, plan.bundle.commit)
    if len(trial.runners) > 1:
        bench.progress.note(f"{len(trial.runners)} runners; the job goes to `{runner.name}`.")
    with bench.progress.step(f"Run the job {plan.job.name}"):
        watch = queue_job(trial.stand_in, runner.job_namespace, make_payload(plan.job, order), runner.name)
        follow_job(trial.run, trial.stand_in, watch, bench.progress, bench.options.timeout)
        if trial.run.state != "success":
            raise JobFailedError(describe_failure(trial.run))


def _judge(trial: Trial) -> None:
    """Prints each check. Raises VerdictError when one does not hold."""
    failed = []
    for check in _checks(trial):
        if check.problem:
            trial.bench.progress.failed(f"{check.text}: {check.problem}")
            failed.append(check)
        else:
            trial.bench.progress.done(check.text)
    if failed:
        problems = "; ".join(f"{check.text}: {check.problem}" for check in failed)
        raise VerdictError(f"the job succeeded, but {problems}")


def _checks(trial: Trial) -> list[Check]:
    mode = trial.runners[0].mode
    promise = read_promise(trial.bench.options.chart, mode)
    checks = check_pods(trial.run.pods.values(), promise) if promise else []
    if trial.bench.plan.builtin:
        if promise:
            checks.append(check_inside(trial.run.log, promise))
        expected = read_expected(trial.subject.name)
        checks += check_lines(trial.run.log, expected.lines, expected.never)
    return checks
