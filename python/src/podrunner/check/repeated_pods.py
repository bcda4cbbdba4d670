"""What is told of the pods of jobs at their values, and again of the pod of `helm test`, which is made from the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import parse_dotted, value_at
from podrunner.findings.rules.config_toml import CONFIG_FORMAT
from podrunner.findings.rules.job_pods import JOB_POD_NONE
from podrunner.findings.severity import Severity
from podrunner.manifests.objects import HOOK_ANNOTATION
from podrunner.values.search import found_at, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.findings.path import Path
    from podrunner.manifests.rendering import Document, Rendering

# Sections of the values from which jobs have what they have.
_OF_JOBS = ("jobs", "runners", "podman")
_PATCH = "patch"
_UNUSABLE = (CONFIG_FORMAT, JOB_POD_NONE)
# Shorter texts are part of others by chance.
_LONG = 8


def without_repeats(findings: Sequence[Finding], rendering: Rendering, values: Mapping[str, Any]) -> list[Finding]:
    """The findings without those of a hook's pod whose field says what another finding is told of, at a value of jobs.

    Whatever its rule: the pod is made by the chart, and of what is wrong with it the rest is told at the hook. What a
    patch that GitLab Runner cannot use makes of that pod says nothing.
    """
    hooks = {one.name: one for one in rendering.documents if HOOK_ANNOTATION in one.text}
    told = [one for one in findings if not one.object and _is_of_jobs(one)]
    unusable = tuple(one.path for one in told if one.rule in _UNUSABLE and one.path.endswith(_PATCH))
    return [
        one
        for one in findings
        if one.severity is Severity.NOTE
        or not (
            one.path.startswith(tuple(f"{path}[" for path in unusable))
            if one.object not in hooks
            else unusable or any(_repeats(one, hooks[one.object], other, values) for other in told)
        )
    ]


def _is_of_jobs(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE and finding.path.startswith(_OF_JOBS)


def _repeats(finding: Finding, hook: Document, told: Finding, values: Mapping[str, Any]) -> bool:
    """Whether all that is written where `told` is stands in the field of the hook, too; of nothing, the field itself."""
    path = parse_dotted(finding.path)
    field = value_at(hook.data, path)
    at = _there(values, parse_dotted(told.path))
    written = [*_scalars(found_at(values, at))]
    # The key that an operation of a JSON patch adds is a part of its path.
    key = written[0].rpartition("/")[2] if at[-1] == "path" and _PATCH in at else "" if written else str(at[-1])
    if key:
        return key in map(str, path) and bool(words_of(told.path) & words_of(finding.path))
    there = [*_scalars(field)]
    return all(_is_said(text, there) for text in written) and (
        bool(words_of(told.path) & words_of(finding.path)) or any(len(text) >= _LONG for text in written)
    )


def _there(values: Mapping[str, Any], path: Path) -> Path:
    """The part of a path where something is: what is missing is told beside it."""
    return next((path[:end] for end in range(len(path), 0, -1) if found_at(values, path[:end]) is not None), path)


def _is_said(text: str, there: Sequence[str]) -> bool:
    """Whether it is one of these texts, a name and a value of them, or a long part of one: scripts are joined."""
    name, _, value = text.partition("=")
    return (
        text in there or {name, value} <= {*there} or any(len(text) >= _LONG and text.strip() in one for one in there)
    )


def _scalars(value: Any) -> Iterator[str]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if below is None:
        yield from () if value is None else (str(value),)
        return
    for one in below:
        yield from _scalars(one)
