"""Values of GitLab's own chart, key by key by the table in official.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import FindingsError
from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, value_at
from podrunner.findings.rules.values import VALUES_TYPE
from podrunner.findings.suggest import did_you_mean
from podrunner.importing.change import Changes, Fate
from podrunner.importing.official import account, conversions, operation
from podrunner.importing.official.old_keys import take_old_key
from podrunner.importing.official.selectors import select_by_own_labels
from podrunner.importing.official.template import Templates, is_templated
from podrunner.importing.official.values import Official, put, table
from podrunner.importing.official.version import parts
from podrunner.secrets.find import find_secrets
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.findings.path import Path
    from podrunner.formats.placed import Values

_NOTHING: tuple[Any, ...] = (None, "", [], {})
# Of either file, not of the other.
_OURS = {"gitlab", "podman", "jobs", "manager"}
_THEIRS = {"gitlabUrl", "runnerToken", "runnerRegistrationToken", "checkInterval", "unregisterRunners"}
# Texts that are more than a value, whose templates are evaluated elsewhere or not at all.
_LATER = ("config", "config_override")
# Values that may select the manager's own pods.
_SELECTING = (("affinity",), ("topologySpreadConstraints",), ("extraObjects",))
# What conversions take.
_TYPES: dict[type, tuple[str, ...]] = {
    list: ("names", "objects", "environment_list"),
    dict: (
        *("texts", "user", "autoscaling", "budget", "monitor", "metrics_service", "session_server"),
        *("environment_map", "environment_sources"),
    ),
}
# Conversions that look for secrets themselves, one by one, or in what the text says.
_LOOK_FOR_SECRETS = (
    *("url", "token", "registration_token", "sentry", "config", "config_override", "objects"),
    *("environment_list", "environment_map", "environment_sources"),
)


def is_official(data: dict[str, Any]) -> bool:
    """Whether values are those of GitLab's chart, and not of this one."""
    runners = data.get("runners")
    theirs = isinstance(runners, dict) and any(("runners", key) in table() for key in runners)
    return not _OURS & set(data) and (theirs or bool(_THEIRS & set(data)))


def read_official(values: Values, templates: Templates, changes: Changes, version: str) -> Official:
    """Go through all keys of a values file; whatever has no place is noted in `changes`. Raises FindingsError.

    `version` is that of the chart, empty where nobody says it.
    """
    official = Official(templates, changes, version)
    for path in _entries(values.data):
        if path in table():
            _take(official, path, _evaluated(official, path, value_at(values.data, path)))
        else:
            _unknown(official, path)
    account.settle_account(official)
    _settle_annotations(official)
    if "unregisterRunners" not in values.data and not values.data.get("deploymentLifecycle"):
        official.values.setdefault("manager", {})["unregister"] = True
        message = "is true in GitLab's chart where nobody sets it: it is manager.unregister now."
        changes.add(Fate.CHANGED, ("unregisterRunners",), message)
    return official


def _settle_annotations(official: Official) -> None:
    if official.annotations:
        manager = official.values.setdefault("manager", {})
        manager["podAnnotations"] = {**official.annotations, **manager.get("podAnnotations", {})}
        message = f"GitLab's chart then writes {' and '.join(official.annotations)}: they are manager.podAnnotations."
        official.changes.add(Fate.CHANGED, ("metrics", "enabled"), message)


def _entries(data: Any, path: Path = ()) -> list[Path]:
    """The paths to look at: entries of the table, and leaves that none of them is about."""
    # An image is one text only in old charts.
    is_entry = path in table() and not (path == ("image",) and isinstance(data, dict))
    if is_entry or not isinstance(data, dict) or not data:
        return [path]
    return [found for name, value in data.items() for found in _entries(value, (*path, name))]


def _evaluated(official: Official, path: Path, value: Any) -> Any:
    """A value without template actions; what they became is noted, line by line of a long text by its own reader."""
    if isinstance(value, dict):
        # The keys of labels may be templates, too.
        return {
            _evaluated(official, (*path, name), name): _evaluated(official, (*path, name), item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_evaluated(official, (*path, index), item) for index, item in enumerate(value)]
    if not is_templated(value) or table().get(path, {}).get("as") in _LATER:
        return value
    text = official.templates.evaluate(value, path)
    message = redact(f"`{value.strip()}` was evaluated to `{text}`: there are no templates here.")
    official.changes.add(Fate.CHANGED, path, message)
    return text


def _take(official: Official, path: Path, value: Any) -> None:
    entry = table()[path]
    switch = entry.get("switch")
    if path in _SELECTING:
        value = select_by_own_labels(official, path, value)
    if _is_newer(official.version, entry.get("since", "")):
        message = f"GitLab's chart {official.version} does not read it: {entry['since']} is the first that does."
        official.changes.add(Fate.REMOVED, path, message)
    elif "was" in entry:
        _take_old(official, path, value, entry["was"])
    elif value in _NOTHING and not isinstance(value, bool):
        official.changes.add(Fate.EMPTY, path, "is not set.")
    elif entry.get("as") not in _LOOK_FOR_SECRETS and any(find_secrets([value])):
        official.changes.add(Fate.SECRET, path, "looks as if it held a secret, and is left out.")
    elif switch and isinstance(value, dict) and not value.get(switch):
        official.changes.add(Fate.EMPTY, path, "is off.")
    elif "default" in entry and value == entry["default"]:
        official.changes.add(Fate.EMPTY, path, "is what GitLab's chart has anyway.")
    elif "as" in entry:
        _refuse_another_type(official, path, value, entry["as"])
        _conversion(entry["as"])(official, path, value)
    elif "to" in entry:
        put(official, path, entry["to"], value)
    else:
        official.changes.add(Fate(entry.get("kind", "changed")), path, entry["why"])


def _is_newer(version: str, since: str) -> bool:
    """Whether a key came after the chart of this file."""
    ours, first = parts(version), parts(since)
    return ours is not None and first is not None and ours < first


def _refuse_another_type(official: Official, path: Path, value: Any, conversion: str) -> None:
    wanted = next((kind for kind, names in _TYPES.items() if conversion in names), None)
    if wanted is None or isinstance(value, wanted):
        return
    values = official.templates.values
    line, column = values.places.get(path, (0, 0))
    message = f"{dotted(path)}: must be a {'list' if wanted is list else 'map'}, as in GitLab's chart."
    raise FindingsError([Finding(VALUES_TYPE, message, file=values.source, line=line, column=column)])


def _conversion(name: str) -> Callable[[Official, Path, Any], None]:
    found: Callable[[Official, Path, Any], None] = next(
        getattr(room, name) for room in (conversions, operation, account) if hasattr(room, name)
    )
    return found


def _take_old(official: Official, path: Path, value: Any, was: str) -> None:
    if value in _NOTHING and not isinstance(value, bool):
        official.changes.add(Fate.EMPTY, path, "is not set.")
    elif _is_for_templates(official.templates.values.data, f".Values.{'.'.join(map(str, path))}"):
        official.changes.add(Fate.EMPTY, path, "is read by templates of this file only, which were evaluated.")
    else:
        take_old_key(official, path, value, was)


def _is_for_templates(data: Any, reference: str) -> bool:
    if isinstance(data, (dict, list)):
        return any(_is_for_templates(item, reference) for item in data) or (
            isinstance(data, dict) and _is_for_templates(list(data.values()), reference)
        )
    return isinstance(data, str) and re.search(rf"{re.escape(reference)}\b", data) is not None


def _unknown(official: Official, path: Path) -> None:
    if value_at(official.templates.values.data, path) in _NOTHING:
        official.changes.add(Fate.EMPTY, path, "is not set.")
        return
    if _is_for_templates(official.templates.values.data, f".Values.{'.'.join(map(str, path))}"):
        official.changes.add(Fate.EMPTY, path, "is read by templates of this file only, which were evaluated.")
        return
    near = did_you_mean(str(path[-1]), [str(one[-1]) for one in table() if one[:-1] == path[:-1]])
    home = " Keys of jobs belong under runners.<name>.config.kubernetes." if path[0] == "runners" else ""
    official.changes.add(Fate.UNSUPPORTED, path, f"is not a value that GitLab's chart reads.{near}{home}")
