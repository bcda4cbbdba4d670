"""The smoke itself: a plan, a cluster, and one trial after the other."""

from __future__ import annotations

import secrets
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cluster.cluster import Cluster, Nodes, connect, make_cluster
from podrunner.cluster.interruption import Interrupted
from podrunner.cluster.removal import Removals, run_and_remove
from podrunner.findings.errors import PodrunnerError, UsageError
from podrunner.secrets.redact import Redactor
from podrunner.smoke.evidence import EvidenceFolder, keep_file
from podrunner.smoke.install import install
from podrunner.smoke.judgement import judge, run_job
from podrunner.smoke.plan import Plan, SmokeOptions, make_plan
from podrunner.smoke.report import gather_trial, report
from podrunner.smoke.surroundings import make_namespaces, send_repository, start_stand_in
from podrunner.smoke.trial import SmokeBench, Trial, prepare, render

if TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.output.steps import Progress

INTERRUPTED = 130


def smoke(options: SmokeOptions, progress: Progress) -> int:
    """Runs the smoke and removes what it made. Gives the exit code: 0, 1, 2 or 130."""
    remove = partial(_say_kept, progress) if options.keep else Removals.run
    code = run_and_remove(progress, partial(_run_or_report, options, progress), remove)
    return INTERRUPTED if code is None else code


def _run_or_report(options: SmokeOptions, progress: Progress, removals: Removals) -> int:
    redactor = Redactor()
    progress.redact = redactor.redact
    evidence = EvidenceFolder(options.evidence or Path(f"podrunner-smoke-{time.strftime('%Y%m%d-%H%M%S')}"), redactor)
    try:
        return _run(options, removals.temporary_folder(), progress, removals, evidence)
    except UsageError as error:
        # Nothing was tried: the sentence is all there is to know.
        progress.failed(str(error))
        return error.exit_code
    except PodrunnerError as error:
        report(progress, evidence, str(error))
        return error.exit_code


def _run(
    options: SmokeOptions, temporary: Path, progress: Progress, removals: Removals, evidence: EvidenceFolder
) -> int:
    plan = _plan(options, temporary, progress, evidence)
    try:
        cluster = _cluster(options, plan, temporary, progress, removals)
    except PodrunnerError:
        keep_file(evidence, temporary / "kind.log", "kind.log")
        raise
    bench = SmokeBench(cluster, plan, options, progress, removals, evidence.redactor)
    failed = [subject.name for subject in plan.subjects if not _try(bench, subject, evidence)]
    if not failed:
        return 0
    if len(plan.subjects) > 1:
        progress.failed(f"{len(failed)} of {len(plan.subjects)} failed: {', '.join(failed)}")
    return 1


def _plan(options: SmokeOptions, temporary: Path, progress: Progress, evidence: EvidenceFolder) -> Plan:
    try:
        with progress.step("Read the pipeline, the repository and the values"):
            plan = make_plan(options, temporary)
    except PodrunnerError as error:
        if options.pipeline and not isinstance(error, UsageError):
            keep_file(evidence, options.pipeline, "pipeline.yml")
        raise
    for note in (*plan.job.notes, *(note for job in plan.more for note in job.notes), *plan.bundle.notes):
        progress.note(note)
    return plan


def _cluster(options: SmokeOptions, plan: Plan, temporary: Path, progress: Progress, removals: Removals) -> Cluster:
    if options.kubeconfig or options.context:
        place = options.kubeconfig or f"the context {options.context}"
        with progress.step(f"Connect to the cluster of {place}"):
            return connect(options.kubeconfig, temporary, options.context)
    name = f"podrunner-{secrets.token_hex(3)}"
    return make_cluster(name, plan.images, Nodes(options.kind_image, options.workers), temporary, progress, removals)


def _try(bench: SmokeBench, subject: Case, evidence: EvidenceFolder) -> bool:
    """One trial with its removal; True when everything is as promised."""
    progress, removals = bench.progress, bench.removals
    progress.heading(f"{subject.name}: {_names(bench.plan)} on Kubernetes {bench.cluster.version}")
    mark = removals.mark()
    trial = prepare(bench, subject)
    try:
        attempt(trial)
    except PodrunnerError as error:
        gather_trial(trial, EvidenceFolder(_folder_of(bench, subject, evidence), bench.redactor), error)
        return False
    except Interrupted:
        if bench.cluster.ours:
            # What is in the cluster goes with it.
            removals.forget(mark)
        raise
    else:
        progress.done(f"{subject.name}: {'the jobs' if bench.plan.more else 'the job'} did what the values promise")
        return True
    finally:
        if bench.options.keep:
            look = f"{bench.cluster.access.kubectl} -n {trial.place.namespace} get pods,events"
            progress.note(f"The release {trial.release.name} is kept. To look at it: {look}")
        else:
            removals.run(mark)


def _names(plan: Plan) -> str:
    return ", ".join(job.name for job in (plan.job, *plan.more))


def attempt(trial: Trial) -> None:
    """The steps, in order. Raises PodrunnerError with the sentence that says which thing failed."""
    render(trial)
    make_namespaces(trial)
    start_stand_in(trial)
    send_repository(trial)
    install(trial)
    run_job(trial)
    judge(trial)
    for job in trial.bench.plan.more:
        trial.next_job()
        run_job(trial, job)
        judge(trial)


def _folder_of(bench: SmokeBench, subject: Case, evidence: EvidenceFolder) -> Path:
    several = len(bench.plan.subjects) > 1
    # A subject is called by its files, with their folders where those tell them apart.
    name = subject.name.replace(" + ", "+").replace("/", "-").strip("-")
    return evidence.folder / name if several else evidence.folder


def _say_kept(progress: Progress, removals: Removals) -> None:
    if removals.commands:
        commands = "".join(f"\n     {command}" for command in removals.commands)
        progress.note(f"Everything is kept (--keep). To remove it:{commands}")
