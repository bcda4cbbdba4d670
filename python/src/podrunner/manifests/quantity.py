"""Amounts as Kubernetes writes them: `500m`, `2`, `4Gi`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_FORM = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]|[KMGTPE]i)?\Z")
_FACTORS = {
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{unit: Decimal(1000) ** -power for power, unit in enumerate("mun", start=1)},
}


def quantity(value: Any) -> Decimal | None:
    """The amount as a number, None for what is none."""
    match = _FORM.match(str(value))
    if not match:
        return None
    number, unit = match.groups()
    return Decimal(number) * _FACTORS.get(unit, Decimal(1))
