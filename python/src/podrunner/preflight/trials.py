"""Every candidate on every kind of node: asked of admission, tried in a pod, judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.cluster.api import ApiError
from podrunner.output.steps import count
from podrunner.preflight.candidate import by_safety, candidates, unconfined
from podrunner.preflight.inside import read_inside
from podrunner.preflight.job import make_job
from podrunner.preflight.judgement import decide, judge_cluster, judge_level, judge_resource
from podrunner.preflight.probing import Probe
from podrunner.preflight.refusal import judge_refusal
from podrunner.preflight.tried import is_filtered, judge_outcome
from podrunner.preflight.verdict import Answer, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podrunner.cluster.api import Api
    from podrunner.output.steps import Progress
    from podrunner.preflight.candidate import Candidate
    from podrunner.preflight.facts import Facts, NodeKind
    from podrunner.preflight.inside import Inside
    from podrunner.preflight.job import ProbeJob, Question
    from podrunner.preflight.outcome import ProbeOutcome
    from podrunner.preflight.probing import Prober

# More would wait for each other on a small node.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class ProbeBench:
    """What trials need. `prober` is None where nothing is to be tried; `why_untried` ends a sentence: why something was not.

    `modes` is the chart's table, `probed` are the names of nodes to try. `dry_run` when this kubeconfig may ask admission.
    """

    api: Api
    facts: Facts
    question: Question
    modes: Mapping[str, Mapping[str, Any]]
    kinds: Sequence[NodeKind]
    progress: Progress
    probed: frozenset[str] = frozenset()
    prober: Prober | None = None
    why_untried: str = ""
    dry_run: bool = True


@dataclass(slots=True)
class Trials:
    """What came of it: candidates in the order of safety, a verdict for each and each kind of node."""

    bench: ProbeBench
    candidates: list[Candidate] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    inside: dict[str, Inside] = field(default_factory=dict)
    _blocked: list[Candidate] = field(default_factory=list)

    def run(self, resource: str) -> None:
        """Tries every preset, or those that were asked for; then, without a seccomp profile, those that one stands in the way of."""
        every = candidates(self.bench.modes, self.bench.facts, resource)
        presets = self.bench.question.presets
        self._round([one for one in every if not presets or one.preset in presets])
        self._round(unconfined(dict.fromkeys(self._blocked)))
        self.candidates = by_safety(self.candidates, self.bench.modes)
        places = [kind.node.name for kind in self.bench.kinds]
        self.verdicts.sort(key=lambda one: (self.candidates.index(one.candidate), places.index(one.node)))

    def _round(self, chosen: Sequence[Candidate]) -> None:
        self.candidates += chosen
        probes = [probe for candidate in chosen for probe in self._without_probe(candidate)]
        if not probes or self.bench.prober is None:
            return
        modes = len({probe.job.candidate for probe in probes})
        nodes = len({probe.node for probe in probes})
        with self.bench.progress.step(f"Try {count(modes, 'mode')} on {count(nodes, 'node')}, each in a short pod"):
            self.bench.prober.run(probes, _AT_ONCE, self._ended)

    def _without_probe(self, candidate: Candidate) -> list[Probe]:
        """Judges what needs no probe; gives those that do."""
        bench = self.bench
        job = make_job(bench.question, candidate, bench.facts)
        certain = self._for_all_nodes(job)
        if certain:
            self.verdicts += [Verdict(candidate, kind.node.name, *certain) for kind in bench.kinds]
            return []
        probes = []
        for kind in bench.kinds:
            lacks = judge_resource(candidate, kind.node)
            if lacks:
                self._add(Verdict(candidate, kind.node.name, Answer.NO, lacks))
            elif bench.prober is None or kind.node.name not in bench.probed:
                needs = bench.modes[candidate.mode]
                self._add(
                    decide(candidate, kind.node, needs, f"nothing speaks against it; not tried{bench.why_untried}")
                )
            else:
                probes.append(Probe(job, kind.node.name))
        return probes

    def _for_all_nodes(self, job: ProbeJob) -> tuple[Answer, Reason] | None:
        """What holds on every node: the platform, the chart, admission."""
        facts = self.bench.facts
        if reason := judge_cluster(job.candidate, facts, job.refusal):
            return Answer.NO, reason
        if not self.bench.dry_run:
            reason = judge_level(job.level, facts)
            return (Answer.NO, reason) if reason else None
        try:
            self.bench.api.create(job.whole, dry_run=True)
        except ApiError as error:
            if error.status == 0:
                raise
            return judge_refusal(str(error), job.level, facts)
        return None

    def _ended(self, probe: Probe, outcome: ProbeOutcome) -> None:
        answer, reason = judge_outcome(probe.job, outcome, self.bench.facts)
        candidate = probe.job.candidate
        if answer is Answer.NO and is_filtered(outcome):
            self._blocked.append(candidate)
        inside = read_inside(outcome.log)
        # Another user namespace has limits and maps of its own, which tell nothing of the node.
        if inside and (inside.is_of_the_node or probe.node not in self.inside):
            self.inside[probe.node] = inside
        where = outcome.node or probe.node
        told = f"{candidate.name} on {where}: {answer.value}" + (f", {reason.text}" if reason else "")
        (self.bench.progress.done if answer is Answer.YES else self.bench.progress.note)(told)
        self.verdicts.append(Verdict(candidate, probe.node, answer, reason))

    def _add(self, verdict: Verdict) -> None:
        if verdict.reason and verdict.reason.code == "seccomp":
            self._blocked.append(verdict.candidate)
        self.verdicts.append(verdict)
