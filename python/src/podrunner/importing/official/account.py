"""The manager's account: GitLab's chart has five values for it, each of which counts beside some others only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import dotted, value_at
from podrunner.importing.change import Fate

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.importing.official.values import Official

_RBAC, _CREATE, _NAME = ("rbac", "create"), ("serviceAccount", "create"), ("serviceAccount", "name")
_MADE, _GIVEN = ("rbac", "generatedServiceAccountName"), ("rbac", "serviceAccountName")
_NO_RULES = "the Role allows what the runners use. Without rbac.rules, that of GitLab's chart allows everything in the core API."


@dataclass(frozen=True, slots=True)
class _Account:
    """`is_made`: by GitLab's chart. `source` is the value that names it, () when none does."""

    is_made: bool
    source: Path
    name: str


def account(official: Official, path: Path, value: Any) -> None:
    """One of the five values: where it went, or why it does not count."""
    ours = _account(official.templates.values.data)
    if path == _RBAC and value:
        official.changes.add(Fate.MAPPED, path, "is rbac.create.")
    elif path == _CREATE:
        official.changes.add(Fate.MAPPED, path, "is manager.serviceAccount.create.")
    elif path == ours.source:
        official.moved[path] = ("manager", "serviceAccount", "name")
        official.changes.add(Fate.MAPPED, path, "is manager.serviceAccount.name.")
    elif path != _RBAC:
        official.changes.add(Fate.REMOVED, path, f"{_why_not(path, ours)} It is left out.")


def settle_account(official: Official) -> None:
    """Account and Role of the values, by all five together: also where none of them is set."""
    data = official.templates.values.data
    ours = _account(data)
    wants_role = value_at(data, _RBAC) is True
    values: dict[str, Any] = {"name": ours.name} if ours.name else {}
    if ours.name and not ours.is_made:
        values["create"] = False
    if values:
        official.values.setdefault("manager", {}).setdefault("serviceAccount", {}).update(values)
    if wants_role:
        if not value_at(data, ("rbac", "rules")):
            official.changes.add(Fate.CHANGED, ("rbac", "rules"), _NO_RULES)
        return
    if ours.name:
        official.values["rbac"] = {"create": False}
        message = f"the account {ours.name} has its permissions from elsewhere, and there is no Role here, either."
        official.changes.add(Fate.MAPPED, _RBAC, message)
        return
    message = (
        "there is a Role for the manager: without one, it could not make job pods. GitLab's chart makes none where this "
        "is not true"
    )
    was = "" if ours.is_made else "; its manager runs as the account `default`, and this one has an account of its own"
    official.changes.add(Fate.CHANGED, _RBAC, f"{message}{was}.")


def _account(data: dict[str, Any]) -> _Account:
    said = value_at(data, _CREATE)
    is_made = said if isinstance(said, bool) else value_at(data, _RBAC) is True
    for source in (_NAME, _MADE if is_made else _GIVEN):
        name = value_at(data, source)
        if name:
            return _Account(is_made, source, str(name))
    # Kubernetes gives a pod without an account this one.
    return _Account(is_made, (), "default" if said is False else "")


def _why_not(path: Path, ours: _Account) -> str:
    if ours.source == _NAME:
        return f"{dotted(_NAME)} is what counts."
    if path == _GIVEN:
        return (
            "GitLab's chart reads it only where it makes no account (rbac.create: false). Its manager had the account "
            "that it made, and has the one that this chart makes now."
        )
    return "GitLab's chart reads it only where it makes the account (rbac.create: true)."
