"""Judges what a probe showed: its log, its pod, and the events about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.explain.diagnosis import examine
from podrunner.modes.promise import check_inside, check_pods
from podrunner.preflight.inside import read_inside
from podrunner.preflight.outcome import Ending
from podrunner.preflight.refusal import judge_refusal
from podrunner.preflight.verdict import Answer, Reason

if TYPE_CHECKING:
    from podrunner.explain.diagnosis import Diagnosis
    from podrunner.manifests.objects import Object
    from podrunner.modes.promise import Promise
    from podrunner.preflight.facts import Facts
    from podrunner.preflight.inside import Inside
    from podrunner.preflight.job import ProbeJob
    from podrunner.preflight.outcome import ProbeOutcome

# Causes that say nothing of the mode: another image, another moment, and it may work.
NOT_OF_THE_MODE = frozenset(
    [
        "api-server",
        "disk-full",
        "evicted",
        "evicted-disk",
        "image-never-pull",
        "image-pull",
        "image-pull-not-found",
        "image-pull-unauthorized",
        "insufficient-resources",
        "kubelet-unreachable",
        "node-disk-full",
        "oom-killed",
        "open-files",
        "priority-class-missing",
        "process-limit",
        "quota",
        "runtime-class-missing",
        "service-account-missing",
        "unschedulable",
        "userns-slots",
    ]
)
# A probe needs no network but for its image.
_KINDS_NOT_OF_THE_MODE = frozenset(["network", "registry"])
_NO_FUSE = frozenset(["fuse-missing", "fuse-denied"])
_CRIO_FIX = (
    "Allow it in CRI-O's configuration: /dev/fuse in allowed_devices, and io.kubernetes.cri-o.Devices in "
    "allowed_annotations of the runtime handler (newer releases: devices.crio.io)."
)
_LONGEST = 300


def judge_outcome(job: ProbeJob, outcome: ProbeOutcome, facts: Facts) -> tuple[Answer, Reason | None]:
    """What a probe says of its candidate."""
    if outcome.ending is Ending.SUCCEEDED:
        broken = _broken_promise(outcome, job.promise) if job.promise else ""
        return (Answer.NO, Reason("promise", broken)) if broken else (Answer.YES, None)
    if outcome.ending is Ending.REFUSED:
        answer, reason = judge_refusal(outcome.message, job.level, facts)
        # The dry run had admitted it: what has changed since may change again.
        return (Answer.UNKNOWN if reason.code in NOT_OF_THE_MODE else answer), reason
    if outcome.ending is Ending.GONE:
        return Answer.UNKNOWN, Reason("gone", "could not be tried: somebody removed the probe pod")
    if outcome.ending is Ending.LATE:
        return Answer.UNKNOWN, Reason("late", f"could not be tried: not finished in time{_last_told(outcome)}")
    return _judge_failure(outcome, asks_crio="podman.fuse.source=crio" in job.candidate.settings)


def is_filtered(outcome: ProbeOutcome) -> bool:
    """Whether a seccomp profile was in force in a probe."""
    inside = read_inside(outcome.log)
    return inside is not None and inside.is_filtered


def _broken_promise(outcome: ProbeOutcome, promise: Promise) -> str:
    """What of the mode's promise does not hold, though it builds; empty when all does."""
    checks = check_pods([outcome.pod], promise) if outcome.pod else []
    if outcome.log:
        checks.append(check_inside(outcome.log, promise))
    problems = [check.problem for check in checks if check.problem]
    return f"it builds, but not as the mode promises: {'; '.join(problems)}" if problems else ""


def _judge_failure(outcome: ProbeOutcome, *, asks_crio: bool) -> tuple[Answer, Reason]:
    """`asks_crio` when the pod has the annotations by which CRI-O gives it /dev/fuse."""
    inside = read_inside(outcome.log)
    cause = examine(_as_trace(outcome.log), others=outcome.others()).cause
    if cause is None:
        return _unexplained(outcome, inside)
    seen = tuple(evidence.text[:_LONGEST] for evidence in cause.evidence)
    if cause.id in NOT_OF_THE_MODE or cause.kind in _KINDS_NOT_OF_THE_MODE:
        return Answer.UNKNOWN, Reason(cause.id, f"could not be tried: {cause.title}", cause.fix, seen)
    if asks_crio and cause.id in _NO_FUSE:
        return Answer.NO, Reason(cause.id, f"{cause.title}: CRI-O does not heed the pod's annotation", _CRIO_FIX, seen)
    return Answer.NO, Reason(cause.id, f"{cause.title}{_observed(cause, inside, outcome.pod)}", cause.fix, seen)


def _unexplained(outcome: ProbeOutcome, inside: Inside | None) -> tuple[Answer, Reason]:
    lines = [line for line in outcome.log.splitlines() if line.strip()]
    last = lines[-1][:_LONGEST] if lines else ""
    # A container that ran has at least said who it is.
    if inside is None and (outcome.ending is Ending.STUCK or not last):
        status = [line for lines in outcome.others().values() for line in lines]
        return Answer.UNKNOWN, Reason(
            "stuck", f"could not be tried: {'; '.join(status)[:_LONGEST] or 'no reason given'}"
        )
    return Answer.NO, Reason("unexplained", f"the build fails: {last or 'its log is empty'}", seen=tuple(lines[-5:]))


def _last_told(outcome: ProbeOutcome) -> str:
    """The last that was heard of a probe, as the end of a sentence."""
    lines = [*outcome.events, *(line for line in outcome.log.splitlines() if line.strip())]
    return f"; the last of it: {lines[-1][:_LONGEST]}" if lines else ""


def _as_trace(log: str) -> list[str]:
    """The log, with what the kernel says of the process in the words that causes are known by."""
    inside = read_inside(log)
    facts = [f"NoNewPrivs:\t{inside.no_new_privileges}", f"Seccomp:\t{inside.seccomp}"] if inside else []
    return [*facts, *log.splitlines()]


def _observed(cause: Diagnosis, inside: Inside | None, pod: Object | None) -> str:
    """What was seen of a cause, in brackets."""
    if inside is None:
        return ""
    if inside.has_no_user_namespaces:
        return " (user.max_user_namespaces is 0)"
    if "seccomp" in cause.title and inside.is_filtered and pod and not _names_a_profile(pod):
        return " (a profile is in force though the pod names none: the kubelet's seccompDefault)"
    return ""


def _names_a_profile(pod: Object) -> bool:
    contexts = [pod["spec"], pod["spec"]["containers"][0]]
    return any((context.get("securityContext") or {}).get("seccompProfile") for context in contexts)
