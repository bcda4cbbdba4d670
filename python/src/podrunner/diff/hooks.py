"""Objects that become hooks of Helm, or are hooks no more, and what Helm then finds in the cluster.

Hooks are not labelled as the release's own, and what is in its way is deleted only where its delete policy says so.
Source: tests/admission/test_upgrades.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.manifests.objects import HOOK_ANNOTATION, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_POLICY = "helm.sh/hook-delete-policy"
_INSTALL, _UPGRADE = {"pre-install", "post-install"}, {"pre-upgrade", "post-upgrade"}
_WAY_OUT = "Delete it before the upgrade, give the new one another name, or upgrade once with --take-ownership (Helm 3.17 and newer)."
_UNOWNED = "was a hook, which Helm leaves without its labels, and is none any more"


def hook_conflict(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[DiffEntry]:
    """What is to be said of an object that was a hook, or is one. `before` is empty for a new one."""
    was, is_now = hook_events(before), hook_events(after)
    stays = bool(was) and "hook-succeeded" not in _policies(before)
    if was and not is_now and stays and was & _INSTALL:
        fails = f"Helm finds it in the cluster (invalid ownership metadata): helm upgrade fails. {_WAY_OUT}"
        yield DiffEntry(Consequence.IMMUTABLE, name, _UNOWNED, advice=fails)
    elif was and not is_now and stays and was & _UPGRADE:
        fails = f"After an upgrade has made it, the next one fails (invalid ownership metadata). {_WAY_OUT}"
        yield DiffEntry(Consequence.OTHER, name, _UNOWNED, advice=fails)
    # An object that is no hook yet is removed before hooks of post-upgrade run.
    runs_beside = is_now & _UPGRADE if was else is_now & {"pre-upgrade"}
    is_there = stays and was & _INSTALL if was else before
    if is_there and runs_beside and "before-hook-creation" not in _policies(after):
        yield DiffEntry(
            Consequence.IMMUTABLE,
            name,
            f"is a hook, and its {_POLICY} leaves in the cluster what was there before",
            advice="It already exists: helm upgrade of Helm 3 fails. Add before-hook-creation to the policy.",
        )


def hook_events(item: Mapping[str, Any]) -> set[str]:
    """`{"pre-install", "post-upgrade"}`; empty for an object that is not a hook."""
    return _words(item, HOOK_ANNOTATION)


def _policies(item: Mapping[str, Any]) -> set[str]:
    return _words(item, _POLICY) or {"before-hook-creation"}


def _words(item: Mapping[str, Any], annotation: str) -> set[str]:
    said = table(table(item.get("metadata")).get("annotations")).get(annotation)
    return {word.strip() for word in str(said or "").lower().split(",")} - {""}
