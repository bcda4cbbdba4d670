"""One set of values that is tried on a cluster: its names, its values, its runners."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from podrunner.cluster.images import SMOKE_FILE
from podrunner.cluster.objects import Place
from podrunner.cluster.release import Release
from podrunner.findings.errors import PodrunnerError
from podrunner.gitlab.client import StandIn
from podrunner.modes.runners import Runner, read_runners
from podrunner.smoke.job import JobRun
from podrunner.smoke.overlay import overlay

if TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.cluster.api import Api
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.removal import Removals
    from podrunner.manifests.rendering import Rendering
    from podrunner.output.steps import Progress
    from podrunner.secrets.redact import Redactor
    from podrunner.smoke.plan import Plan, SmokeOptions


@dataclass(frozen=True, slots=True)
class SmokeBench:
    """What all trials of a smoke share."""

    cluster: Cluster
    plan: Plan
    options: SmokeOptions
    progress: Progress
    removals: Removals
    redactor: Redactor

    @property
    def api(self) -> Api:
        """The cluster's API."""
        return self.cluster.api

    @property
    def push_registry(self) -> str:
        """The image of the registry that jobs push to; empty for none. The built-in pipeline pushes nothing."""
        return "" if self.plan.builtin else self.options.registry_image or self.plan.images.push_registry


@dataclass(slots=True)
class Trial:
    """A subject while it is tried. Filled step by step, so that the evidence has what there is.

    `case` is the subject on this cluster, with what the smoke lays over its values. `made` are the namespaces that were not there before.
    """

    bench: SmokeBench
    subject: Case
    place: Place
    stand_in: StandIn
    release: Release
    case: Case
    rendering: Rendering | None = None
    runners: list[Runner] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    run: JobRun = field(default_factory=lambda: JobRun(_new_id()))
    pipeline_id: int = field(default_factory=lambda: _new_id())

    @property
    def values(self) -> dict[str, Any]:
        """All values as Helm gets them."""
        return self.case.values

    @property
    def runner(self) -> Runner:
        """The runner that gets the job: the first one of config.toml."""
        return self.runners[0]

    @property
    def registry(self) -> str:
        """The host of the registry that jobs push to; empty for none."""
        return self.stand_in.host if self.bench.push_registry else ""

    def next_job(self) -> None:
        """Begins with another job of the same pipeline, of which nothing is known yet."""
        self.run = JobRun(_new_id())

    @property
    def project(self) -> str:
        """The path of the repository in the stand-in."""
        return f"podrunner/{self.bench.plan.bundle.name}"


def _new_id() -> int:
    return 100_000_000 + secrets.randbelow(900_000_000)


def prepare(bench: SmokeBench, subject: Case) -> Trial:
    """A trial with names and tokens of its own; nothing is made yet."""
    word = secrets.token_hex(3)
    place = Place(bench.options.namespace or f"podrunner-smoke-{word}", word)
    control = secrets.token_urlsafe(24)
    bench.redactor.add(control)
    stand_in = StandIn(bench.api, place, control)
    chart, name = bench.options.renderer.chart, f"podrunner-{word}"
    cluster = bench.cluster
    access = cluster.access
    release = Release(chart.path, name, place.namespace, access.kubeconfig, cluster.temporary, access.context)
    case = replace(subject, release=name, namespace=place.namespace, kube_version=bench.cluster.version)
    # What images there are; values that name others stay.
    case = case.over_values(bench.plan.images.values, SMOKE_FILE)
    return Trial(bench, subject, place, stand_in, release, case)


def render(trial: Trial) -> None:
    """Renders the chart for this cluster with what the smoke lays over the values."""
    bench = trial.bench
    registry = bench.plan.images.registry
    host = f"{trial.place.name('registry')}.{trial.place.namespace}.svc:{registry.port}" if registry else ""
    mirrors = dict.fromkeys(registry.mirrors, host) if registry else {}
    renderer = bench.options.renderer
    values = renderer.chart.effective(trial.subject.layers)
    ours = overlay(values, trial.stand_in.url, mirrors, trial.registry, builtin=bench.plan.builtin)
    trial.case = trial.case.with_values(ours, "the smoke")
    trial.rendering = renderer.render(trial.case)
    trial.runners = read_runners(renderer.chart.effective(trial.case.layers), trial.rendering)
    if not trial.runners:
        raise PodrunnerError("these values make no runner: there is nothing to try.")
    for secret in trial.rendering.objects("Secret"):
        bench.redactor.add(*(secret.get("stringData") or {}).values())
