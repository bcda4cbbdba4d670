"""Amounts as Kubernetes writes them: `500m`, `2`, `4Gi`."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

FORM = r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?"
_FORM = re.compile(FORM)
_FACTORS = {
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{unit: Decimal(1000) ** -power for power, unit in enumerate("mun", start=1)},
}


def quantity(value: Any) -> Decimal | None:
    """The amount as a number, None for what is none."""
    match = _FORM.fullmatch(str(value))
    if not match:
        return None
    number, unit = match.groups(default="")
    return Decimal(number) * _FACTORS[unit] if unit in _FACTORS else _scientific(number + unit)


def _scientific(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent of more digits than any amount has.
        return None
