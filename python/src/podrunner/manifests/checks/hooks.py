"""Hooks of Helm, by the annotation `helm.sh/hook`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.rules.manifests import HOOK
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


def check_hooks(documents: Sequence[Document]) -> Iterator[Finding]:
    """An error for each name that is not a hook's: Helm installs such an object neither as a hook nor otherwise."""
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
