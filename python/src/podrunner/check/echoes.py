"""What several checks say of one mistake in the values, as one finding, at the value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.check.fields import about_keys, around_a_patch
from podrunner.check.repeated_pods import without_repeats
from podrunner.findings.path import parse_dotted
from podrunner.findings.rules import config_toml
from podrunner.findings.rules.job_pods import (
    JOB_POD_FIELD,
    JOB_POD_NONE,
    JOB_POD_PATCH,
    JOB_POD_PROMISE,
    JOB_POD_SECURITY,
)
from podrunner.findings.rules.manifests import (
    KUBERNETES_FIELD,
    KUBERNETES_SCHEMA,
    LABEL,
    LIST_DUPLICATE,
    REFERENCE,
    REFERENCE_VOLUME,
)
from podrunner.findings.rules.runner_version import RUNNER_TOO_OLD
from podrunner.findings.severity import Severity
from podrunner.manifests.objects import HOOK_ANNOTATION
from podrunner.values.places import retold, written_values
from podrunner.values.search import find_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podrunner.findings.finding import Finding
    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering

# Who refuses the form of a value, who knows most of it first: GitLab Runner, then the model of its pods, then Kubernetes.
_LAYERS = (
    (config_toml.CONFIG_TYPE, config_toml.CONFIG_ENUM, config_toml.CONFIG_FORMAT),
    (JOB_POD_FIELD,),
    (KUBERNETES_FIELD,),
    (KUBERNETES_SCHEMA, LABEL),
)


# What is said of the pods of jobs, and again of the one of `helm test`.
_OF_JOBS = (JOB_POD_FIELD, JOB_POD_PATCH, JOB_POD_PROMISE)


def join_echoes(findings: Sequence[Finding], rendering: Rendering, layers: Sequence[Values]) -> list[Finding]:
    """The findings without those that say again what one of a layer before says of the same value.

    The pod of `helm test` is made from what jobs have: what the schema says of it is told at the values.
    """
    if not findings:
        return []
    hooks = {one.name for one in rendering.documents if HOOK_ANNOTATION in one.text}
    findings = [one for one in findings if one.object not in hooks or not _is_told_of_jobs(one, findings)]
    values = written_values(layers)
    findings = [one for one in without_repeats(findings, rendering, values) if not _is_part_of(one, findings)]
    if not any(_layer(one) is not None for one in findings):
        return findings
    placed = [
        _at_value(one, values, layers) if one.object in hooks and one.rule in _LAYERS[-1] else one for one in findings
    ]
    # Of a key and its value two things may be said at one place.
    first: dict[str, dict[str, int]] = {}
    for one in placed:
        layer = _layer(one)
        if layer is not None and not one.object:
            said = first.setdefault(one.path, {})
            said[one.about] = min(layer, said.get(one.about, layer))
    kept = [one for one in placed if one.object or _layer(one) is None or not _is_echo(one, first[one.path])]
    at_values = [one for one in kept if one.rule == KUBERNETES_FIELD and not one.object]
    kept = [one for one in kept if one.rule != KUBERNETES_SCHEMA or not any(_is_of(one, other) for other in at_values)]
    return [*dict.fromkeys(kept)]


def without_consequences(findings: list[Finding]) -> list[Finding]:
    """The findings; of a mode that needs a newer runner, not what the chart writes for it that this one does not know."""
    if not any(one.rule == RUNNER_TOO_OLD and not one.object for one in findings):
        return findings
    return [one for one in findings if not one.object or one.rule not in (RUNNER_TOO_OLD, config_toml.CONFIG_TOO_NEW)]


def _is_told_of_jobs(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a finding about the pod of `helm test` says what is told of a patch, of which it is made as jobs are.

    Of the account that it gives to jobs, of a volume that there is not, of what it takes away.
    """
    told = [one for one in findings if one.rule in _OF_JOBS and one.severity is not Severity.NOTE]
    if finding.rule == REFERENCE and finding.path.endswith("serviceAccountName"):
        return any(one.about and f"ServiceAccount/{one.about} " in finding.message for one in told)
    if finding.rule == LIST_DUPLICATE and ".volumes" in finding.path:
        return any(one.rule == config_toml.CONFIG_VOLUME_NAME for one in findings)
    return finding.rule == REFERENCE_VOLUME and any(
        (one.rule == JOB_POD_PATCH and one.severity is Severity.ERROR)
        or (one.about and f"no volume `{one.about}`" in finding.message)
        for one in told
    )


def _is_part_of(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a part of what it is about is refused for the same reason: the name of an item that stands twice in its list.

    Or the value for which no job gets a pod; or all the fields that need another level of Pod Security.
    """
    below = [
        one
        for one in findings
        if one.object == finding.object and one.severity is Severity.ERROR and one.path.startswith(f"{finding.path}.")
    ]
    if finding.rule == JOB_POD_SECURITY:
        return bool(finding.about) and all(
            any(one.rule == JOB_POD_FIELD and one.message.endswith((f", {field})", f": {field})")) for one in findings)
            for field in finding.about.split()
        )
    if finding.rule == JOB_POD_NONE:
        return any(one.rule == JOB_POD_FIELD and one.about and f" {one.about} " in finding.message for one in below)
    return finding.rule == LIST_DUPLICATE and bool(below)


def _is_of(finding: Finding, at_value: Finding) -> bool:
    """Whether a finding about a field is what another says at the value that the field was made from."""
    if finding.about and finding.about == at_value.about:
        return bool(finding.object) and at_value.message.endswith(f"({finding.path})")
    if not finding.object:
        return at_value.path in about_keys(finding.path, finding.reason) - {finding.path}
    keys = about_keys(finding.path, finding.reason) - {finding.path}
    return at_value.message.endswith(tuple(f"({key})" for key in keys))


def _is_echo(finding: Finding, said: dict[str, int]) -> bool:
    """Whether one of a layer before says it, of the value or of what it is a part of: of a port, its address."""
    about, layer = finding.about, _layer(finding)
    return layer is not None and any(
        other < layer and (text == about or (about and text.endswith(f":{about}"))) for text, other in said.items()
    )


def _layer(finding: Finding) -> int | None:
    if finding.severity != Severity.ERROR:
        return None
    return next((number for number, rules in enumerate(_LAYERS) if finding.rule in rules), None)


def _at_value(finding: Finding, values: dict[str, Any], layers: Sequence[Values]) -> Finding:
    """A finding about a field, at the value or key that it was made from; as it is where that is not written."""
    for said in (finding.about, parse_dotted(finding.path)[-1:]):
        found = find_value(values, said[-1] if isinstance(said, tuple) else said, finding.path) if said else None
        if found is not None:
            reason = around_a_patch(found) or finding.reason
            return retold(finding, layers, found, f"{reason} ({finding.path})")
    return finding
