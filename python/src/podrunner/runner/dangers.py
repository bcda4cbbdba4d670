"""Settings of a runner that let jobs choose what they must not, and settings about jobs that have no effect."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_IGNORED, CONFIG_OVERWRITE, CONFIG_UNUSED
from podrunner.manifests.objects import table, texts
from podrunner.runner.fault import Fault
from podrunner.runner.job_pod.go_pattern import go_pattern
from podrunner.runner.job_pod.image_pattern import unread_end
from podrunner.runner.job_pod.metadata import is_own_label
from podrunner.runner.job_pod.overwrites import MANY_VALUES, ONE_VALUE, RESOURCE_KEYS
from podrunner.runner.job_pod.pattern_reach import cannot_match
from podrunner.runner.job_pod.variables import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

# Key → (value that a job says, what it gains by it), the worst first. Of a table, a value is `name=value`, or
# `key[=value]:effect` of a toleration.
_GAINS: dict[str, tuple[tuple[str, str], ...]] = {
    "namespace": (("kube-system", "the Pod Security level, quota and Secrets of another namespace"),),
    "service_account": (("default", "the permissions of another account"),),
    "pod_labels": (("app.kubernetes.io/name=any", "to be taken for another pod by policies and Services"),),
    "pod_annotations": (
        ("container.apparmor.security.beta.kubernetes.io/build=unconfined", "a container without AppArmor profile"),
        ("io.kubernetes.cri-o.Devices=/dev/kvm", "a device of the node"),
    ),
    "node_selector": (("kubernetes.io/hostname=any", "nodes that are meant for others"),),
    "node_tolerations": (
        ("", "every node, whatever its taints"),
        (":NoSchedule", "every node, whatever its taints"),
        ("node-role.kubernetes.io/control-plane:NoSchedule", "nodes of the control plane"),
    ),
}
_VARIABLES = {
    **{key: name for name, key in ONE_VALUE.items()},
    **{key: f"{prefix}1" for prefix, key in MANY_VALUES.items()},
}
_ALLOWED = "_overwrite_allowed"
_WITH_SIGN = ("pod_labels", "pod_annotations", "node_selector")
_NARROW = {
    "node_tolerations": "^gpu=true:NoSchedule$",
    **dict.fromkeys(_WITH_SIGN, "^team=(one|another)$"),
}
# What names are made of.
_CHARACTERS = {
    "namespace": f"{string.ascii_lowercase}{string.digits}-",
    "service_account": f"{string.ascii_lowercase}{string.digits}-.",
}
_LITERAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
# What a pattern needs to match a text with `=` in it.
_ANY_SIGN = re.compile(r"=|\.|\[\^|\\[SWDPQx]|\[\[:")
_REGULAR = re.compile(r"^\^|\$$|\.\*|\\\.")


def open_overwrites(kubernetes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, why it is dangerous) of what lets jobs choose what nobody thought of."""
    for name, value in kubernetes.items():
        key = name.removesuffix(_ALLOWED)
        if name == "bearer_token_overwrite_allowed":
            if value is True:
                yield name, "jobs may use any token to talk to Kubernetes, and the manager passes it on."
        elif name.endswith(_ALLOWED) and isinstance(value, str) and (found := _opened(key, value)):
            said, gain = found
            narrow = _NARROW.get(key, "^(one|another)$")
            yield (
                name,
                f'"{value}" lets a job set {_VARIABLES[key]}="{said}" and gain {gain}. Name those that are allowed: {narrow}.',
            )


def _opened(key: str, pattern: str) -> tuple[str, str] | None:
    """(value that a pattern allows, what it gives), by a pattern that is looked for anywhere in the value."""
    compiled = go_pattern(pattern) if pattern and key in _GAINS else None
    if compiled is None:
        return None
    for value, gain in _GAINS[key]:
        if compiled.search(value):
            return value, gain
    _, worst = _GAINS[key][0]
    gain = "any name, as `=` may be in the value" if key in MANY_VALUES.values() else worst
    return next(((value, gain) for value in _around(key, pattern) if compiled.search(value)), None)


def _around(key: str, pattern: str) -> Iterator[str]:
    """Values that have more than what a pattern names, where it has no ^ or no $."""
    for literal in sorted(_LITERAL.findall(pattern), key=len, reverse=True)[:3]:
        if key in MANY_VALUES.values():
            yield f"any={literal}"
            yield f"any={literal}="
        else:
            yield f"any-{literal}"
            yield f"any-{literal}-any"
            # `^ci-` is a family of names on purpose, `^(one|another)` is not.
            if pattern[-1:].isalnum() or pattern.endswith(")"):
                yield f"{literal}-any"


def overwrite_faults(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """What jobs may overwrite and should not, what nothing can use, and what is left out without a word."""
    kubernetes, at = table(runner.get("kubernetes")), (*path, "kubernetes")
    for key, why in open_overwrites(kubernetes):
        yield Fault(CONFIG_OVERWRITE, (*at, key), why)
    for key, why in _unused(kubernetes):
        yield Fault(CONFIG_UNUSED, (*at, key), why)
    for label in table(kubernetes.get("pod_labels")):
        if is_own_label(label):
            reason = "GitLab Runner sets labels of runner.gitlab.com itself and leaves this one out, as its debug log alone says."
            yield Fault(CONFIG_IGNORED, (*at, "pod_labels", label), f"{reason} Take another name.")
    for index, entry in enumerate(texts(runner.get("environment"))):
        for variable in environment_of([entry]):
            key = _permission(variable.key)
            if key and not kubernetes.get(key):
                reason = f"{variable.key} changes nothing without {key}, as GitLab Runner's debug log alone says."
                yield Fault(CONFIG_IGNORED, (*path, "environment", index), f"{reason} Set that key, or remove this.")


def _permission(variable: str) -> str:
    """The key that lets a variable take the place of a value; empty for another variable."""
    if variable in ONE_VALUE:
        return f"{ONE_VALUE[variable]}{_ALLOWED}"
    key = next((key for prefix, key in MANY_VALUES.items() if variable.startswith(prefix)), "")
    if key:
        return f"{key}{_ALLOWED}"
    amount = variable.removeprefix("KUBERNETES_").lower()
    is_amount = variable.startswith("KUBERNETES_") and amount in RESOURCE_KEYS
    return f"{amount}_overwrite_max_allowed" if is_amount else ""


def _unused(kubernetes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if kubernetes.get("namespace_per_job") and kubernetes.get("namespace_overwrite_allowed"):
        yield (
            "namespace_overwrite_allowed",
            "nothing uses it: with namespace_per_job, each job has a namespace of its own.",
        )
    for key, variable in _VARIABLES.items():
        pattern = kubernetes.get(f"{key}{_ALLOWED}")
        if not isinstance(pattern, str) or not pattern:
            continue
        if go_pattern(pattern) is None:
            yield (
                f"{key}{_ALLOWED}",
                f'"{pattern}" is not a pattern that Go reads: every job that sets {variable} fails.',
            )
        elif key in _CHARACTERS and cannot_match(pattern, _CHARACTERS[key]):
            reason = f'"{pattern}" allows no name that Kubernetes takes: every job that sets {variable} fails.'
            yield (
                f"{key}{_ALLOWED}",
                f"{reason} Names have lower-case letters, digits and dashes: write ^(one|another)$.",
            )
        elif key in _WITH_SIGN and _has_no_sign(pattern):
            reason = f'"{pattern}" allows nothing that has a `=`, and {variable} must be name=value: every job that sets it fails.'
            yield f"{key}{_ALLOWED}", f"{reason} Write ^team=(one|another)$."
    for key in ("allowed_images", "allowed_services"):
        for pattern in texts(kubernetes.get(key)):
            if _REGULAR.search(pattern):
                reason = f'"{pattern}" is read as a path with * and **, not as a regular expression: it allows nothing.'
                yield key, f'{reason} Write "registry.example.com/**".'
            elif end := unread_end(pattern):
                reason = f'"{pattern}" is not a pattern that GitLab Runner reads: it allows nothing.'
                yield key, f"{reason} {end}."


def _has_no_sign(pattern: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$") and not _ANY_SIGN.search(pattern)
