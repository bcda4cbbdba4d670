"""Texts that must have a form: durations, quantities, addresses. Keyed by the words of keys.json."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from podrunner.manifests.quantity import FORM
from podrunner.runner.address import address_reason
from podrunner.runner.listen_address import metrics_reason, session_reason

if TYPE_CHECKING:
    from collections.abc import Callable

_DURATION = re.compile(r"[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)\Z")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_QUANTITY = re.compile(rf"{FORM}\Z")
_LABEL_KEY = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{2,64}\Z")
_LABEL_VALUE = re.compile(r"[a-zA-Z0-9._-]{1,256}\Z")
_AT_LEAST = re.compile(r"integer >= (\d+)|min=(\d+)|integer (\d+)\.\.100")


def is_duration(text: str) -> bool:
    """Whether Go's time.ParseDuration takes a text: `1h30m`, `15m0s`, `0`."""
    return bool(_DURATION.match(text))


def nanoseconds(text: str) -> Decimal | None:
    """How long a duration is; None for what is not one."""
    if not is_duration(text):
        return None
    sign = -1 if text.startswith("-") else 1
    parts = re.findall(r"([0-9.]+)([^0-9.]+)", text.lstrip("+-"))
    return sign * sum((Decimal(number) * _NANOSECONDS[unit] for number, unit in parts), Decimal(0))


def refuse(form: str, value: Any) -> str:
    """Why a value does not have the form that keys.json describes, as the rest of a sentence; empty when it has."""
    for beginning, check in _CHECKS.items():
        if form.startswith(beginning):
            return check(value)
    least = _AT_LEAST.search(form)
    if least and isinstance(value, int):
        limit = int(next(group for group in least.groups() if group))
        return f"must be {limit} or more" if value < limit else ""
    return ""


def _quantity(value: Any) -> str:
    fine = not isinstance(value, str) or not value or _QUANTITY.match(value)
    return "" if fine else 'must be a Kubernetes quantity such as "500m", "2" or "4Gi"'


def _address(value: Any) -> str:
    return address_reason(value) if isinstance(value, str) else ""


def _listen(value: Any) -> str:
    return metrics_reason(value) if isinstance(value, str) else ""


def _listen_for_sessions(value: Any) -> str:
    return session_reason(value) if isinstance(value, str) else ""


def _assignment(value: Any) -> str:
    name, sign, _ = value.partition("=") if isinstance(value, str) else ("A", "=", "")
    if not sign:
        return 'must be "KEY=value", else the runner ignores it'
    return "" if name else 'must be "KEY=value": a variable without a name is in no pod'


def _labels(value: Any) -> str:
    for name, text in value.items() if isinstance(value, dict) else ():
        if not _LABEL_KEY.match(name) or not isinstance(text, str) or not _LABEL_VALUE.match(text):
            return f"has the label {name}, which the runner refuses: letters, digits, `_`, `.`, `-`, names of 3 or more"
    return ""


_CHECKS: dict[str, Callable[[Any], str]] = {
    "Kubernetes quantity": _quantity,
    "http(s) URL": _address,
    "HOST:PORT of metrics": _listen,
    "HOST:PORT of sessions": _listen_for_sessions,
    '"KEY=value"': _assignment,
    "keys ^[a-zA-Z0-9_]": _labels,
}
