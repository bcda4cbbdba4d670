"""The preflight itself: read, ask admission, probe, judge, recommend; and remove what was made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from podrunner.cluster.api import ApiError
from podrunner.cluster.removal import run_and_remove
from podrunner.findings.errors import UsageError
from podrunner.output.paths import shown_path
from podrunner.preflight.connection import connect
from podrunner.preflight.facts import ANY_NODE, kinds
from podrunner.preflight.probing import Prober
from podrunner.preflight.recommendation import install_line, recommend
from podrunner.preflight.report import Report
from podrunner.preflight.survey import Demand, Survey
from podrunner.preflight.trials import ProbeBench, Trials

if TYPE_CHECKING:
    from podrunner.cluster.removal import Removals
    from podrunner.output.steps import Progress
    from podrunner.preflight.connection import Target
    from podrunner.preflight.job import Question


@dataclass(frozen=True, slots=True)
class PreflightOptions:
    """The command line. `selector` chooses nodes, `timeout` is a probe's, in seconds."""

    target: Target
    question: Question
    probe: bool = True
    demand: Demand = field(default_factory=Demand)
    selector: str = ""
    max_nodes: int = 3
    timeout: float = 300


def preflight(options: PreflightOptions, progress: Progress) -> Report | None:
    """The report; None when interrupted. Raises UsageError, also for a cluster that cannot be asked."""
    try:
        return run_and_remove(progress, partial(_run, options, progress))
    except ApiError as error:
        raise UsageError(f"the cluster cannot be asked: {error}") from None


def _run(options: PreflightOptions, progress: Progress, removals: Removals) -> Report:
    folder = removals.temporary_folder()
    with progress.step("Connect to the cluster"):
        api, version = connect(options.target, folder)
    namespace = options.target.namespace
    with progress.step(f"Read the cluster and its namespace {namespace}"):
        survey = Survey(api, namespace)
        missing = survey.missing_rights()
        facts = survey.read(version, options.selector, options.demand)
    modes = options.question.renderer.chart.modes
    bench = _bench(ProbeBench(api, facts, options.question, modes, kinds(facts.nodes), progress), options)
    if missing is None:
        # What is made has to be removed again, and nobody says whether it may be.
        bench = replace(bench, prober=None, why_untried=", nobody says what this kubeconfig may do")
    elif missing:
        bench = replace(bench, prober=None, why_untried=_why_not(missing), dry_run="create pods" not in missing)
    elif bench.prober:
        bench.prober.note(removals)
    trials = Trials(bench)
    trials.run(options.demand.resource)
    return _report(trials, options)


def _bench(bench: ProbeBench, options: PreflightOptions) -> ProbeBench:
    if not options.probe:
        return replace(bench, why_untried=" (--no-probe)")
    prober = Prober(bench.api, options.target, secrets.token_hex(3), options.timeout)
    probed = frozenset(kind.node.name for kind in bench.kinds[: options.max_nodes])
    untried = f" (--max-nodes {options.max_nodes})"
    return replace(bench, prober=prober, probed=probed, why_untried=untried)


def _why_not(missing: list[str]) -> str:
    return f", this kubeconfig may not {', '.join(missing)}"


def _report(trials: Trials, options: PreflightOptions) -> Report:
    bench, target = trials.bench, options.target
    recommendation = recommend(trials.candidates, trials.verdicts)
    command = ""
    if chosen := recommendation.candidate:
        question = options.question
        chart = shown_path(question.renderer.chart.source)
        has_url = bool((question.case.values.get("gitlab") or {}).get("url"))
        command = install_line(
            chart, chosen, question.arguments, target.namespace, target.helm_flags(), has_url=has_url
        )
    return Report(
        bench.api.server,
        bench.facts,
        tuple(bench.kinds),
        tuple(trials.candidates),
        tuple(trials.verdicts),
        recommendation,
        command,
        trials.inside,
        _untried(bench),
    )


def _untried(bench: ProbeBench) -> tuple[str, ...]:
    """What was left out, in sentences."""
    if bench.prober is None:
        return (f"No mode was tried{bench.why_untried}.",)
    if bench.kinds and bench.kinds[0].node.name == ANY_NODE:
        return ("Each mode was tried on the node that the scheduler chose; others may differ.",)
    left = [kind.title for kind in bench.kinds if kind.node.name not in bench.probed]
    return (f"{', '.join(left)}: more kinds of nodes than --max-nodes.",) if left else ()
