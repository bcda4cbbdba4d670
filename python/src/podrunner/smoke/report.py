"""What people get of a failure: one sentence, and a folder with the evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podrunner.smoke.evidence import Evidence, gather_namespace, gather_nodes

if TYPE_CHECKING:
    from podrunner.smoke.progress import Progress
    from podrunner.smoke.trial import Trial


def report(progress: Progress, evidence: Evidence, sentence: str) -> None:
    """Prints the sentence and where the evidence is; the sentence is part of it."""
    evidence.write("failure.txt", f"{sentence}\n")
    progress.failed(evidence.censor.clean(sentence))
    for problem in evidence.problems:
        progress.note(f"Not in the evidence: {problem}")
    progress.note(f"Evidence: {evidence.folder}")


def gather_trial(trial: Trial, evidence: Evidence, sentence: str) -> None:
    """Collects everything about a trial that failed, while it is still there, and reports it."""
    bench = trial.bench
    release, run = trial.release, trial.run
    with bench.progress.step("Collect evidence"):
        if run.trace:
            evidence.write("job.log", run.log)
        evidence.write_yaml("job-pod.yaml", run.pods.values())
        gather_namespace(evidence, bench.api, release.namespace)
        others = {runner.job_namespace for runner in trial.runners} - {release.namespace}
        for namespace in sorted(others):
            gather_namespace(evidence, bench.api, namespace, f"{namespace}-")
        gather_nodes(evidence, bench.api)
        _write_what_was_rendered(trial, evidence)
        evidence.gather("state of the stand-in", lambda: _write_state(trial, evidence))
    report(bench.progress, evidence, f"{trial.subject.name}: {sentence}")


def _write_what_was_rendered(trial: Trial, evidence: Evidence) -> None:
    """Also when the install did not get that far."""
    if trial.rendering is None:
        return
    for text in trial.rendering.config_texts.values():
        evidence.write("config.toml", text)


def _write_state(trial: Trial, evidence: Evidence) -> None:
    evidence.write("stand-in.json", json.dumps(trial.stand_in.state(), indent=2) + "\n")
