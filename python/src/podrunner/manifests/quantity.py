"""Amounts as Kubernetes writes them: `500m`, `2`, `4Gi`."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal, InvalidOperation
from typing import Any

from podrunner.findings.errors import UsageError

FORM = r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?"
_FORM = re.compile(FORM)
_FACTORS = {
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{unit: Decimal(1000) ** -power for power, unit in enumerate("mun", start=1)},
}

_THOUSANDTH = Decimal("0.001")


def quantity(value: Any) -> Decimal | None:
    """The amount as a number, None for what is none."""
    match = _FORM.fullmatch(str(value).strip())
    if not match:
        return None
    number, unit = match.groups(default="")
    return Decimal(number) * _FACTORS[unit] if unit in _FACTORS else _scientific(number + unit)


def resource_amount(value: Any) -> Decimal | None:
    """The same of requests, limits, quotas and LimitRanges, whose amounts the API server rounds up to thousandths.

    Source: SetDefaults_ResourceList of k8s.io/kubernetes/pkg/apis/core/v1/defaults.go.
    """
    amount = quantity(value)
    if amount is None or amount == amount.to_integral_value():
        return amount
    return amount.quantize(_THOUSANDTH, ROUND_UP, Context(prec=len(str(amount)) + 3))


def read_quantity(value: Any) -> Decimal:
    """The amount as a number, to compare: that of 1Gi is that of 1024Mi. Raises UsageError for what is none."""
    __tracebackhide__ = True
    amount = quantity(value)
    if amount is None or isinstance(value, bool):
        raise UsageError(f"`{value}` is not a quantity. Kubernetes takes 500m, 2, 1.5 and 4Gi, not 4GB.")
    return amount


def _scientific(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent of more digits than any amount has.
        return None


_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")


def shown(amount: Decimal, resource: str) -> str:
    """The amount as people write it: `500m` of cpu, `4Gi` of what is measured in bytes."""
    if resource.rpartition(".")[2] == "cpu" and amount != int(amount):
        return f"{(amount * 1000).normalize():f}m"
    for unit in _BINARY if is_in_bytes(resource) else ():
        if amount and amount % _FACTORS[unit] == 0:
            return f"{amount / _FACTORS[unit]:f}{unit}"
    return f"{amount.normalize():f}"


def is_in_bytes(resource: str) -> bool:
    """Whether a resource, also as a quota calls it, is memory or storage."""
    name = resource.rpartition(".")[2]
    return name.startswith(("memory", "ephemeral-storage", "storage", "hugepages-")) or resource.endswith("/storage")
