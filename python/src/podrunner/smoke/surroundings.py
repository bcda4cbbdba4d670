"""What the release needs around it: namespaces, Secrets, the stand-in GitLab with the repository, a registry."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from podrunner.cluster import objects
from podrunner.cluster.rollout import TIMEOUT, wait_for_deployment
from podrunner.findings.errors import PodrunnerError
from podrunner.gitlab.objects import stand_in
from podrunner.modes.runners import pod_security
from podrunner.output.steps import count
from podrunner.smoke.overlay import new_token

if TYPE_CHECKING:
    from podrunner.manifests.objects import Object
    from podrunner.smoke.trial import SmokeBench, Trial


def make_namespaces(trial: Trial) -> None:
    """Makes the namespaces of the release and of its jobs that are not there."""
    bench = trial.bench
    level = pod_security(bench.options.renderer.chart.modes, trial.runner, bench.cluster.version)
    wanted = [trial.place.namespace, *(item.job_namespace for item in trial.runners)]
    theirs = {item["metadata"]["name"] for item in trial.rendering.objects("Namespace")} if trial.rendering else set()
    for name in dict.fromkeys(wanted):
        if bench.api.find("Namespace", name):
            if name == trial.place.namespace and not bench.options.namespace:
                raise PodrunnerError(f"the namespace {name} is there already.")
            continue
        remove = f"{bench.cluster.access.kubectl} delete namespace {name}"
        trial.made.add(name)
        bench.removals.add(f"the namespace {name}", partial(_delete_namespace, bench, name), remove)
        if name in theirs:
            # The release makes it, and leaves it there.
            continue
        with bench.progress.step(f"Make the namespace {name}" + (f" (Pod Security {level})" if level else "")):
            bench.api.create(objects.namespace(name, level))


def _delete_namespace(bench: SmokeBench, name: str) -> None:
    bench.api.delete("Namespace", name)
    # In a cluster of our own it goes with the cluster.
    deadline = time.monotonic() + (0 if bench.cluster.ours else TIMEOUT)
    while time.monotonic() < deadline:
        if bench.api.find("Namespace", name) is None:
            return
        time.sleep(0.5)
    if not bench.cluster.ours:
        raise PodrunnerError(f"it still exists after {TIMEOUT} s")


def start_stand_in(trial: Trial) -> None:
    """Starts the stand-in GitLab, and a registry where one is needed. Raises RolloutError."""
    bench = trial.bench
    tokens = _make_tokens(trial)
    image = bench.options.stand_in_image or bench.plan.images.stand_in
    if bench.options.images and not bench.cluster.ours:
        bench.progress.note("--images with --kubeconfig: the images must be on the cluster's nodes already.")
    registry = bench.plan.images.registry
    with bench.progress.step(f"Start the stand-in GitLab{' with its registry' if bench.push_registry else ''}"):
        # Both start at the same time.
        _create(trial, stand_in(trial.place, image, trial.stand_in.control, tokens, bench.push_registry))
        _create(trial, objects.registry(trial.place, registry) if registry else [])
        wait_for_deployment(bench.api, trial.place.namespace, trial.place.name("stand-in"))
    if registry:
        with bench.progress.step(f"Start a registry, mirror of {', '.join(registry.mirrors)}"):
            wait_for_deployment(bench.api, trial.place.namespace, trial.place.name("registry"))


def _make_tokens(trial: Trial) -> dict[str, str]:
    """Token → runner. Makes the Secrets that the release expects to be there."""
    tokens: dict[str, str] = {}
    expected: dict[str, dict[str, str]] = {}
    for runner in trial.runners:
        token = new_token()
        trial.bench.redactor.add(token)
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
            command = f"{bench.cluster.access.kubectl} -n {trial.place.namespace} delete {kind} {name}"
            bench.removals.add(f"{kind} {name}", partial(bench.api.delete, kind, name, trial.place.namespace), command)
        bench.api.create(item)


def send_repository(trial: Trial) -> None:
    """Sends the repository to the stand-in. Raises ApiError."""
    bundle = trial.bench.plan.bundle
    size = max(1, len(bundle.data) // 1000)
    with trial.bench.progress.step(f"Send the repository ({count(bundle.commits, 'commit')}, {size} kB)"):
        trial.stand_in.send_repository(trial.project, bundle)
