"""Runs the job of a trial and judges it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from podrunner.findings.errors import PodrunnerError
from podrunner.gitlab.payload import Order, make_payload
from podrunner.modes.promise import check_inside, check_pods
from podrunner.modes.runners import read_promise
from podrunner.smoke.expected import read_expected
from podrunner.smoke.failure import describe_failure, explain_trial
from podrunner.smoke.job import follow_job, queue_job
from podrunner.smoke.log import check_lines

if TYPE_CHECKING:
    from podrunner.explain.diagnosis import Explanation
    from podrunner.modes.promise import Check
    from podrunner.pipeline.job import PipelineJob
    from podrunner.smoke.trial import Trial


class JobFailedError(PodrunnerError):
    """The job failed; the text says what of it, `explanation` why."""

    def __init__(self, message: str, explanation: Explanation) -> None:
        super().__init__(message)
        self.explanation = explanation


class VerdictError(PodrunnerError):
    """The job succeeded, but not as promised."""


def run_job(trial: Trial, job: PipelineJob | None = None) -> None:
    """Runs a job, the plan's first if none is given, and shows its log. Raises JobFailedError or JobTimeoutError."""
    bench, plan, runner = trial.bench, trial.bench.plan, trial.runner
    job = job or plan.job
    token = secrets.token_urlsafe(20)
    bench.redactor.add(token)
    order = Order(
        *(trial.stand_in.url, trial.project, trial.run.job_id, token, plan.bundle.commit),
        registry=trial.registry,
        pipeline_id=trial.pipeline_id,
    )
    if len(trial.runners) > 1:
        bench.progress.note(f"{len(trial.runners)} runners; the job goes to `{runner.name}`.")
    with bench.progress.step(f"Run the job {job.name}"):
        watch = queue_job(trial.stand_in, runner.job_namespace, make_payload(job, order), runner.name)
        follow_job(trial.run, trial.stand_in, watch, bench.progress, bench.options.timeout)
        if trial.run.state != "success":
            explanation = explain_trial(trial)
            raise JobFailedError(describe_failure(trial.run, explanation), explanation)


def judge(trial: Trial) -> None:
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
    mode = trial.runner.mode
    promise = read_promise(trial.bench.options.renderer.chart.modes, mode)
    if promise is None:
        trial.bench.progress.note(f"The mode `{mode}` promises nothing: only the job's end is judged.")
    checks = check_pods(trial.run.pods.values(), promise) if promise else []
    if trial.bench.plan.builtin:
        if promise:
            checks.append(check_inside(trial.run.log, promise))
        expected = read_expected(mode)
        checks += check_lines(trial.run.log, expected.lines, expected.never)
    return checks
