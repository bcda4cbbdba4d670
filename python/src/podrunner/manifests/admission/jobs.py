"""Jobs whose fields have to agree with each other: indexes with completions, exit codes with containers, a selector with who made it.

Source: k8s.io/kubernetes/pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.admission.forms import dns_label, dns_name
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

# Indexes from which on their number is limited, and what that is then.
_MANY, _MOST_OF_MANY = 100_000, 10_000


def job_faults(data: Mapping[str, Any]) -> Faults:
    """What of a Job, or of the jobs of a CronJob, is refused."""
    at, spec = _spec(data)
    yield from _selector(at, spec) if at == "spec" else _no_selector(at, spec)
    yield from _exit_codes(f"{at}.podFailurePolicy.rules", spec)
    policy = table(table(spec.get("template")).get("spec")).get("restartPolicy")
    if spec.get("podFailurePolicy") is not None and policy not in (None, "", "Never"):
        yield FieldFault(f"{at}.template.spec.restartPolicy", "must be Never with podFailurePolicy", policy)
    if spec.get("completionMode") == "Indexed":
        yield from _indexed(at, spec, str(table(data.get("metadata")).get("name") or "") if at == "spec" else "")
    most = spec.get("completions")
    if not _is_number(most):
        return
    failed = spec.get("maxFailedIndexes")
    if _is_number(failed) and failed > most:
        yield FieldFault(f"{at}.maxFailedIndexes", f"must not be more than completions, which is {most}", failed)


def success_faults(data: Mapping[str, Any]) -> Faults:
    """What of its successPolicy is refused, where that is not dropped."""
    at, spec = _spec(data)
    if _is_number(most := spec.get("completions")):
        for index, rule in enumerate(maps(table(spec.get("successPolicy")).get("rules"))):
            yield from _success(f"{at}.successPolicy.rules[{index}]", rule, most)


def _spec(data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where the spec of a Job, or of the jobs of a CronJob, is, and it."""
    spec = table(data.get("spec"))
    if data.get("kind") != "CronJob":
        return "spec", spec
    return "spec.jobTemplate.spec", table(table(spec.get("jobTemplate")).get("spec"))


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _selector(at: str, spec: Mapping[str, Any]) -> Faults:
    if spec.get("manualSelector") is True:
        if spec.get("selector") is None:
            yield FieldFault(f"{at}.selector", "missing: manualSelector is true")
    elif table(spec.get("selector")):
        yield FieldFault(f"{at}.selector", "needs manualSelector: true. Leave it out: Kubernetes makes one")


def _no_selector(at: str, spec: Mapping[str, Any]) -> Faults:
    """Of the jobs of a CronJob, each has its own."""
    for field in ("manualSelector", "selector"):
        if spec.get(field) not in (None, False):
            yield FieldFault(f"{at}.{field}", "cannot be in the jobs of a CronJob: Kubernetes makes a selector of each")


def _indexed(at: str, spec: Mapping[str, Any], name: str) -> Faults:
    """Many indexes, and a name that is a host with the last of them; no name for jobs whose names are not known."""
    total, failed, parallel = (spec.get(key) for key in ("completions", "maxFailedIndexes", "parallelism"))
    many = _is_number(total) and total > _MANY and spec.get("backoffLimitPerIndex") is not None
    if many and failed is None:
        yield FieldFault(f"{at}.maxFailedIndexes", f"missing: completions is more than {_MANY}", in_schema=False)
    most = _MOST_OF_MANY if many else _MANY
    why = f" with backoffLimitPerIndex and more than {_MANY} completions" if many else " when completionMode is Indexed"
    for field, value in (("maxFailedIndexes", failed), ("parallelism", parallel)):
        if _is_number(value) and value > most:
            yield FieldFault(f"{at}.{field}", f"must not be more than {most}{why}", value)
    longest = f"{name}-{total - 1}" if name and _is_number(total) and total > 0 else ""
    if longest and not dns_name(name) and dns_label(longest):
        reason = f"must be shorter, and without dots: {longest} is the host of a pod, which has 63 characters at most"
        yield FieldFault("metadata.name", reason, name)


def _exit_codes(at: str, spec: Mapping[str, Any]) -> Faults:
    pod = table(table(spec.get("template")).get("spec"))
    names = [one.get("name") for kind in ("initContainers", "containers") for one in maps(pod.get(kind))]
    for index, rule in enumerate(maps(table(spec.get("podFailurePolicy")).get("rules"))):
        where, codes = f"{at}[{index}].onExitCodes", table(rule.get("onExitCodes"))
        name, values = codes.get("containerName"), codes.get("values")
        if isinstance(name, str) and name not in names:
            yield FieldFault(f"{where}.containerName", "is not the name of a container of the pod", name)
        # Null is 0 in a list of numbers.
        numbers = [one or 0 for one in values] if isinstance(values, list) else []
        if not all(map(_is_number, numbers)):
            continue
        if codes.get("operator") == "In" and 0 in numbers:
            yield FieldFault(f"{where}.values", "cannot have 0, which is success, with the operator In")
        if numbers != sorted(numbers):
            yield FieldFault(f"{where}.values", "must be in order, the least first", ", ".join(map(str, numbers)))


def _success(at: str, rule: Mapping[str, Any], completions: int) -> Faults:
    text, count = rule.get("succeededIndexes"), rule.get("succeededCount")
    if text is None and count is None:
        yield FieldFault(at, "must have succeededIndexes or succeededCount")
    if _is_number(count) and count > completions:
        reason = f"must not be more than completions, which is {completions}"
        yield FieldFault(f"{at}.succeededCount", reason, count)
    if not isinstance(text, str):
        return
    spans = list(_spans(text)) if text else []
    last = -1
    for first, end in spans:
        if first is None or end is None or not last < first <= end < completions:
            reason = f"must be indexes below {completions}, the least first, such as 0-1,3"
            yield FieldFault(f"{at}.succeededIndexes", reason, text)
            return
        last = end
    named = sum(end - first + 1 for first, end in spans if first is not None and end is not None)
    if _is_number(count) and count > named:
        yield FieldFault(
            f"{at}.succeededCount", f"must not be more than succeededIndexes names, which is {named}", count
        )


def _spans(text: str) -> Iterator[tuple[int | None, int | None]]:
    """First and last of each part of `0-1,3`; None for what is not a number. A span is of two at least."""
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = _index(first), _index(last if dash else first)
        yield start, None if dash and start == end else end


def _index(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else None
