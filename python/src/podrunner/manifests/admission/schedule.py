"""When a CronJob runs: its schedule, as the library that Kubernetes uses reads it, and its time zone."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import hold
from podrunner.manifests.objects import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Least and most of each field, and names for its numbers from the least on.
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = re.compile(r"@every ([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+\Z")
_REASON = "must be five fields, minute, hour, day, month and day of the week, such as `0 4 * * *`, or @daily"


def cron_job_faults(data: Mapping[str, Any]) -> Faults:
    """What is wrong with when a CronJob runs. Source: github.com/robfig/cron/v3, parser.go."""
    spec = table(data.get("spec"))
    yield from hold("spec.schedule", spec.get("schedule") or None, schedule)
    yield from hold("spec.timeZone", spec.get("timeZone"), time_zone)


def schedule(text: str) -> str:
    """A schedule of cron."""
    if text.startswith(("TZ=", "CRON_TZ=")):
        return "must not say a time zone: write it as timeZone"
    if text.startswith("@"):
        return "" if text in _DESCRIPTORS or _EVERY.match(text) else _REASON
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return _REASON
    fine = all(_is_field(one, *bounds) for one, bounds in zip(fields, _FIELDS, strict=True))
    return "" if fine else _REASON


def _is_field(text: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    return all(_is_range(one, least, most, names) for one in text.split(",") if one)


def _is_range(text: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    span, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    first, dash, last = span.partition("-")
    if first in ("*", "?"):
        # What is behind the dash, the library does not read.
        return True
    start, end = _number(first, least, names), _number(last or first, least, names)
    return start is not None and end is not None and least <= start <= end <= most and not (dash and not last)


def _number(text: str, least: int, names: tuple[str, ...]) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + least
    return int(text) if text.isdecimal() else None


def time_zone(text: str) -> str:
    """A name of the time zone database; any where this machine has none."""
    known = _zones()
    fine = text.lower() != "local" and (not known or text in known)
    return "" if fine else "must be the name of a time zone such as Europe/Berlin"


@cache
def _zones() -> frozenset[str]:
    # Few charts have a CronJob with a zone: until then it is not worth its milliseconds.
    from zoneinfo import available_timezones

    return frozenset(available_timezones())
