"""When policies of config.toml hold: periods as cron writes them, and their time zones.

Sources: executors/kubernetes/autoscaler/policy.go, whose periods have five fields (docs/executors/kubernetes), and
common/config/runner/monitoring/job_queuing_durations.go, whose periods github.com/gorhill/cronexpr reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_FORMAT
from podrunner.manifests.admission.schedule import time_zone
from podrunner.manifests.objects import maps, table, texts
from podrunner.runner.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_SIXTY = "0?[0-9]|[1-5][0-9]"
_MONTHS = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(tember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)
_DAYS = "(sun|mon|tues|wednes|thurs|fri|satur)day|sun|mon|tue|wed|thu|fri|sat"
# Values of the fields, and what else they may say: the last day, a workday, a week of the month.
_MINUTE, _HOUR = (_SIXTY, ""), ("0?[0-9]|1[0-9]|2[0-3]", "")
_DAY = ("0?[1-9]|[12][0-9]|3[01]", "|l|lw|(0?[1-9]|[12][0-9]|3[01])w")
_MONTH = (f"0?[1-9]|1[012]|{_MONTHS}", "")
_WEEKDAY = (f"0?[0-7]|{_DAYS}", f"|(0?[0-7]|{_DAYS})(l|#[1-5])")
_YEAR = ("19[789][0-9]|20[0-9]{2}", "")
_FIVE = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)
_VALUES = tuple(value for value, _ in _FIVE)
# By their number: with a year, and with seconds before.
_FIELDS = {5: _FIVE, 6: (*_FIVE, _YEAR), 7: (_MINUTE, *_FIVE, _YEAR)}
_ALIAS = re.compile(r"@(yearly|annually|monthly|weekly|daily|hourly)")
_REASON = "must be five fields, minute, hour, day, month and day of the week, such as `* 8-17 * * mon-fri`"
_POLICIES: Path = ("kubernetes", "autoscaler", "policy")
_DURATIONS: Path = ("monitoring", "job_queuing_durations")


def schedule_faults(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """A fault for each period and time zone that the runner cannot read."""
    policies = table(table(runner.get("kubernetes")).get("autoscaler")).get("policy")
    yield from _faults(policies, (*path, *_POLICIES), "GitLab Runner makes no pause pods", is_plain=True)
    durations = table(runner.get("monitoring")).get("job_queuing_durations")
    yield from _faults(durations, (*path, *_DURATIONS), "GitLab Runner does not load the file", is_plain=False)


def _faults(items: Any, path: Path, effect: str, *, is_plain: bool) -> Iterator[Fault]:
    for index, one in enumerate(maps(items)):
        for number, period in enumerate(texts(one.get("periods"))):
            if not _is_period(period, is_plain=is_plain):
                reason = f'{_REASON}, is "{period}": {effect}.'
                yield Fault(CONFIG_FORMAT, (*path, index, "periods", number), reason, about=period)
        zone = one.get("timezone")
        # For Go, Local is the zone of the machine.
        if isinstance(zone, str) and zone not in ("", "Local") and (reason := time_zone(zone)):
            yield Fault(CONFIG_FORMAT, (*path, index, "timezone"), f'{reason}, is "{zone}": {effect}.', about=zone)


def _is_period(text: str, *, is_plain: bool) -> bool:
    fields = text.lower().split()
    if is_plain:
        return len(fields) == len(_FIVE) and all(_is_field(*one, "") for one in zip(fields, _VALUES, strict=True))
    # What is behind the last field, the library does not read.
    forms = _FIELDS.get(min(len(fields), max(_FIELDS)), ())
    fine = bool(forms) and all(_is_field(one, *form) for one, form in zip(fields, forms, strict=False))
    return fine or _ALIAS.search(text) is not None


def _is_field(text: str, value: str, more: str) -> bool:
    form = re.compile(rf"(?:([*?]|({value})(-({value}))?)(/0*[1-9]\d*)?{more})\Z")
    parts = [part for part in text.split(",") if part]
    return bool(parts) and all(form.match(part) for part in parts)
