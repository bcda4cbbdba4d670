"""Hooks of Helm, by the annotation `helm.sh/hook`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.manifests import HOOK, HOOK_SETTING
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import HOOK_ANNOTATION, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.finding import Finding
    from podrunner.manifests.rendering import Document

_PATH = f"metadata.annotations.{HOOK_ANNOTATION}"
# https://helm.sh/docs/topics/charts_hooks/, and `test-success`, which Helm 2 had and later ones take for `test`.
_HOOKS = (
    *("pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-delete", "post-delete"),
    *("pre-rollback", "post-rollback", "test", "test-success"),
)


_POLICIES = {
    "helm.sh/hook-delete-policy": ("before-hook-creation", "hook-succeeded", "hook-failed"),
    "helm.sh/hook-output-log-policy": ("hook-succeeded", "hook-failed"),
}
_WEIGHT = "helm.sh/hook-weight"
# As Go's strconv.Atoi reads it.
_NUMBER = re.compile(r"[+-]?[0-9]+\Z")


def check_hooks(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each name that is not a hook's: Helm installs such an object neither as a hook nor otherwise.

    A warning for a setting of a hook that Helm does not read.
    """
    for document in documents:
        annotations = table(table(document.data.get("metadata")).get("annotations"))
        if HOOK_ANNOTATION not in annotations:
            continue
        for name in str(annotations[HOOK_ANNOTATION]).split(","):
            hook = name.strip().lower()
            if hook not in _HOOKS:
                near = did_you_mean(hook, _HOOKS) or f" Hooks: {listed(_HOOKS[:-1])}."
                reason = f"`{name.strip()}` is not a hook, so Helm leaves this object out.{near}"
                yield object_finding(document, HOOK, _PATH, reason)
        yield from _settings(document, annotations)


def _settings(document: Document, annotations: dict[str, Any]) -> Iterator[Finding]:
    # Of annotations that are not text, the schema speaks.
    said = {key: value for key, value in annotations.items() if isinstance(value, str)}
    if not _NUMBER.match(said.get(_WEIGHT, "0")):
        reason = f'`{said[_WEIGHT]}` is not a whole number, so Helm takes 0. Write one in quotes, such as "-5".'
        yield object_finding(document, HOOK_SETTING, f"metadata.annotations.{_WEIGHT}", reason)
    for key, policies in _POLICIES.items():
        for name in (one.strip() for one in said.get(key, "").split(",") if key in said):
            if name.lower() not in policies:
                near = did_you_mean(name.lower(), policies) or f" Policies: {listed(policies)}."
                reason = f"`{name}` is not a policy of Helm, which does nothing for it.{near}"
                yield object_finding(document, HOOK_SETTING, f"metadata.annotations.{key}", reason)
