"""Why a trial failed: one sentence that says what stopped, and what `podrunner explain` says of the run's evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.cluster.api import ApiError
from podrunner.cluster.pod import describe_events, describe_pod
from podrunner.explain.catalogue import load_catalogue
from podrunner.explain.diagnosis import examine
from podrunner.explain.trace import clean
from podrunner.manifests.objects import containers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.explain.diagnosis import Explanation
    from podrunner.manifests.objects import Object
    from podrunner.smoke.job import JobRun
    from podrunner.smoke.trial import Trial

_Match = re.Match[str]

# What containerd and the runner say around the reason.
_NOISE = re.compile(
    r'image pull failed: |failed to (?:pull and unpack image|resolve (?:reference|image)) "[^"]+": |failed to do request: '
    r"|\. Check https://docs\.gitlab\.com/\S+ for more information"
)
# At the end of a message in the manager's log, which may be several lines long.
_FIELD = re.compile(r" ([a-z_-]+)=(\S*)")


def explain_trial(trial: Trial) -> Explanation:
    """What the catalogue says of a trial; by its log alone when the cluster does not answer."""
    try:
        texts = gather_texts(trial)
    except ApiError:
        texts = {}
    return examine(trial.run.log.splitlines(), others=texts)


def gather_texts(trial: Trial) -> dict[str, list[str]]:
    """What there is beside the job's log, by what to call it: its pods, their events, the manager's log.

    Before there is a job they are the manager's pods. Raises ApiError when the cluster does not answer.
    """
    api, run = trial.bench.api, trial.run
    manager, log = _manager(trial)
    pods = list(run.pods.values()) if run.trace else manager
    namespaces = dict.fromkeys(pod["metadata"]["namespace"] for pod in pods)
    events = [event for namespace in namespaces for event in api.list("Event", namespace) if _is_about(event, pods)]
    return {
        "pod": [line for pod in pods for line in describe_pod(pod)],
        "event": describe_events(events),
        "manager": about_job(log, run.job_id) if run.trace else log,
    }


def about_job(log: list[str], job: int) -> list[str]:
    """The lines of a manager's log that are about no other job and no other runner."""
    messages = list(_messages(log))
    fields = [dict(_FIELD.findall(message[-1])) for message in messages]
    runners = {found.get("runner") for found in fields if found.get("job") == str(job)}
    wanted = [
        message
        for message, found in zip(messages, fields, strict=True)
        if found.get("job", str(job)) == str(job) and ("runner" not in found or found["runner"] in runners)
    ]
    return [line for message in wanted for line in message]


def _messages(log: list[str]) -> Iterator[list[str]]:
    """The messages of GitLab Runner's log, each its lines: fields end the last one."""
    message: list[str] = []
    for line in log:
        message.append(line)
        if _FIELD.search(line):
            yield message
            message = []
    if message:
        yield message


def _manager(trial: Trial) -> tuple[list[Object], list[str]]:
    """The manager's pods and the lines of their logs."""
    api, release = trial.bench.api, trial.release
    pods = api.list("Pod", release.namespace, selector=f"app.kubernetes.io/instance={release.name}")
    return pods, [line for pod in pods for line in _log_lines(trial, pod)]


def _log_lines(trial: Trial, pod: Object) -> Iterator[str]:
    namespace, name = trial.release.namespace, pod["metadata"]["name"]
    for container in containers_of(pod):
        for line in trial.bench.api.logs(namespace, name, container["name"]).splitlines():
            yield from clean(line)


def _is_about(event: Object, pods: list[Object]) -> bool:
    return event["involvedObject"].get("name") in {pod["metadata"]["name"] for pod in pods}


def describe_failure(run: JobRun, explanation: Explanation) -> str:
    """What stopped, in its own words: an image, a step of the build, a refused pod; else the command and the cause."""
    log = run.log
    if sentence := _image_pull(log):
        return sentence
    for pattern, say in _STOPS:
        if found := pattern.search(log):
            return say(found, log)
    commands = re.findall(r"^\$ (.+)", log, re.MULTILINE)
    after = f" after `{commands[-1]}`" if commands and run.failure_reason == "script_failure" else ""
    cause = explanation.cause
    return f"the job failed{after}: {cause.title if cause and cause.level == 'cause' else _last_error(log, run)}"


def _image_pull(log: str) -> str:
    """The sentence for an image that cannot be pulled, empty for none: the catalogue knows how runners say it."""
    errors = [line for line in log.splitlines() if line.startswith("ERROR: ")]
    patterns = [pattern.expression for pattern in load_catalogue()["image-pull"].patterns]
    for found in (pattern.search(line) for line in errors for pattern in patterns):
        if found and {"image", "why"} <= found.groupdict().keys():
            return f"the image {found['image']} cannot be pulled: {_NOISE.sub('', found['why']).strip()}"
    return ""


def _build_step(found: _Match, log: str) -> str:
    steps = re.findall(r"^STEP (\d+/\d+):", log[: found.start()], re.MULTILINE)
    number = f" (STEP {steps[-1]})" if steps else ""
    return f"the build stopped at `{found['step']}`{number}: {found['why'].strip()}"


def _refused(found: _Match, log: str) -> str:
    del log
    return f"the API server refuses the job's pod: {found['why'].strip()}"


_STOPS: tuple[tuple[re.Pattern[str], Callable[[_Match, str], str]], ...] = (
    (re.compile(r'^Error: (?:error )?building at STEP "(?P<step>.+?)": (?P<why>.+)', re.MULTILINE), _build_step),
    (re.compile(r'ERROR: .*?pods "\S+" is forbidden: (?P<why>.+)'), _refused),
)


def _last_error(log: str, run: JobRun) -> str:
    errors = re.findall(r"^ERROR: (?:Job failed(?: \(system failure\))?: )?(.+)", log, re.MULTILINE)
    return errors[-1].strip() if errors else (run.failure_reason or f"the runner reports {run.state}")
