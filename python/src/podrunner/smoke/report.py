"""What people get of a failure: one sentence, its cause with the fix, and a folder with the evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podrunner.explain.report import write_text
from podrunner.smoke.evidence import EvidenceFolder, Own, gather_namespace, gather_nodes
from podrunner.smoke.failure import explain_trial
from podrunner.smoke.judgement import JobFailedError

if TYPE_CHECKING:
    from podrunner.explain.diagnosis import Explanation
    from podrunner.findings.errors import PodrunnerError
    from podrunner.output.steps import Progress
    from podrunner.smoke.trial import Trial


def report(progress: Progress, evidence: EvidenceFolder, sentence: str, cause: str = "") -> None:
    """Prints the sentence, the cause, and where the evidence is; both are part of it."""
    evidence.write("failure.txt", f"{sentence}\n")
    progress.failed(sentence)
    if cause:
        evidence.write("cause.txt", cause)
        progress.plain(cause)
    for problem in evidence.problems:
        progress.note(f"Not in the evidence: {problem}")
    progress.note(f"Evidence: {evidence.folder}")


def gather_trial(trial: Trial, evidence: EvidenceFolder, error: PodrunnerError) -> None:
    """Collects everything about a trial that failed, while it is still there, and reports it."""
    bench = trial.bench
    release, run = trial.release, trial.run
    causes: list[str] = []
    with bench.progress.step("Collect evidence"):
        if run.trace:
            evidence.write("job.log", run.log)
        evidence.write_yaml("job-pod.yaml", run.pods.values())
        others = {runner.job_namespace for runner in trial.runners} - {release.namespace}
        for namespace in (release.namespace, *sorted(others)):
            prefix = "" if namespace == release.namespace else f"{namespace}-"
            own = None if namespace in trial.made else Own(trial.place.word, run)
            gather_namespace(evidence, bench.api, namespace, prefix, own)
        gather_nodes(evidence, bench.api)
        _write_what_was_rendered(trial, evidence)
        evidence.gather("state of the stand-in", lambda: _write_state(trial, evidence))
        evidence.gather("the cause", lambda: causes.append(_tell_cause(trial, error)))
    report(bench.progress, evidence, f"{trial.subject.name}: {error}", *causes)


def _tell_cause(trial: Trial, error: PodrunnerError) -> str:
    """What `podrunner explain` would print; empty where no cause is found."""
    explanation = _explanation(trial, error)
    if explanation.cause is None:
        return ""
    selection = trial.bench.options.selection
    own = {*selection.files, *selection.values, *selection.settings}
    layers = [layer for layer in trial.subject.layers if layer in own]
    return write_text(explanation, explanation.changes(layers), ())


def _explanation(trial: Trial, error: PodrunnerError) -> Explanation:
    return error.explanation if isinstance(error, JobFailedError) else explain_trial(trial)


def _write_what_was_rendered(trial: Trial, evidence: EvidenceFolder) -> None:
    """Also when the install did not get that far."""
    if trial.rendering is None:
        return
    for config in trial.rendering.configs:
        evidence.write("config.toml", config.toml.text)


def _write_state(trial: Trial, evidence: EvidenceFolder) -> None:
    evidence.write("stand-in.json", json.dumps(trial.stand_in.state(), indent=2) + "\n")
