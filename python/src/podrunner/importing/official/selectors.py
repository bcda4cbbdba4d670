"""Labels that GitLab's chart gives its pods, where values select by them: this chart's pods have others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Fate

if TYPE_CHECKING:
    from podrunner.findings.path import Path
    from podrunner.importing.official.values import Official

_OURS = {"app.kubernetes.io/name": "podrunner", "app.kubernetes.io/component": "manager"}
_SELECTORS = ("labelSelector", "podSelector", "selector")
# Of the Deployment's pods; `chart` and `heritage` never stand alone.
_THEIRS = ("app", "release", "chart", "heritage")


def select_by_own_labels(official: Official, path: Path, value: Any) -> Any:
    """A value whose selectors of the old manager's pods are those of the new one's; each is noted at `path`."""
    if isinstance(value, list):
        return [select_by_own_labels(official, path, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _selector(official, path, item)
        if key in _SELECTORS and isinstance(item, dict)
        else select_by_own_labels(official, path, item)
        for key, item in value.items()
    }


def _selector(official: Official, path: Path, selector: dict[str, Any]) -> dict[str, Any]:
    is_plain = not {"matchLabels", "matchExpressions"} & set(selector)
    labels = selector if is_plain else selector.get("matchLabels") or {}
    expressions = [one for one in selector.get("matchExpressions") or () if isinstance(one, dict)]
    old = [key for key in labels if key in _THEIRS and _is_theirs(official, labels[key])]
    asked = [one for one in expressions if one.get("key") in _THEIRS and _any_theirs(official, one.get("values"))]
    if not old and not asked:
        return selector
    named = ", ".join([*old, *(str(one["key"]) for one in asked)])
    message = f"selects the manager's pods by {named}, which they do not have here: it is {', '.join(_OURS)} now."
    official.changes.add(Fate.CHANGED, path, message)
    kept = {**{key: text for key, text in labels.items() if key not in _THEIRS}, **_OURS}
    if is_plain:
        return kept
    rest = [one for one in expressions if one not in asked]
    return {"matchLabels": kept, **({"matchExpressions": rest} if rest else {})}


def _any_theirs(official: Official, values: Any) -> bool:
    return any(_is_theirs(official, one) for one in values or ())


def _is_theirs(official: Official, label: Any) -> bool:
    data, release = official.templates.values.data, official.templates.release
    return "gitlab-runner" in str(label) or label in (release, data.get("fullnameOverride") or release)
