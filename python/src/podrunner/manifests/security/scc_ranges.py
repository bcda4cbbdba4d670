"""The ids and SELinux options that SecurityContextConstraints leave to a pod: their own, or the namespace's."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

USERS = "openshift.io/sa.scc.uid-range"
GROUPS = "openshift.io/sa.scc.supplemental-groups"
MCS = "openshift.io/sa.scc.mcs"
_BLOCK = re.compile(r"(\d+)([/-])(\d+)")
_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ids that a strategy allows, ends included; `allowed` is None for all. `source` says who gave them.

    `problem` is set when there are none because the namespace lacks the annotation.
    """

    strategy: str
    allowed: tuple[_Range, ...] | None = None
    source: str = ""
    problem: str = ""

    def __str__(self) -> str:
        """As people write them."""
        return ", ".join(f"{low}-{high}" if low != high else str(low) for low, high in self.allowed or ())


def user_range(constraints: Mapping[str, Any], annotations: Mapping[str, str] | None) -> Ranges:
    """The uids of strategy runAsUser."""
    own = table(constraints.get("runAsUser"))
    strategy = str(own.get("type") or "RunAsAny")
    if strategy == "MustRunAs" and own.get("uid") is not None:
        return Ranges(strategy, ((own["uid"], own["uid"]),), "runAsUser.uid")
    if strategy == "MustRunAsRange" and own.get("uidRangeMax") is not None:
        return Ranges(strategy, ((own.get("uidRangeMin") or 0, own["uidRangeMax"]),), "runAsUser.uidRangeMin and Max")
    if strategy not in ("MustRunAs", "MustRunAsRange"):
        return Ranges(strategy)
    found = _of_namespace(strategy, (USERS,), annotations)
    if strategy == "MustRunAs" and found.allowed:
        first = found.allowed[0][0]
        return replace(found, allowed=((first, first),))
    return found


def group_ranges(kind: str, constraints: Mapping[str, Any], annotations: Mapping[str, str] | None) -> Ranges:
    """The gids of strategy `kind`: fsGroup or supplementalGroups. Without an annotation of groups, the uids' counts."""
    own = table(constraints.get(kind))
    strategy = str(own.get("type") or "RunAsAny")
    if strategy != "MustRunAs":
        return Ranges(strategy)
    given = tuple((int(one.get("min") or 0), int(one.get("max") or 0)) for one in maps(own.get("ranges")))
    return Ranges(strategy, given, f"{kind}.ranges") if given else _of_namespace(strategy, (GROUPS, USERS), annotations)


def selinux_options(constraints: Mapping[str, Any], annotations: Mapping[str, str] | None) -> dict[str, str] | None:
    """What every container runs with; None when a pod may choose. The level is the namespace's where none is given."""
    own = table(constraints.get("seLinuxContext"))
    if own.get("type") != "MustRunAs" or (annotations is None and not own.get("seLinuxOptions")):
        return None
    options = {key: str(value) for key, value in table(own.get("seLinuxOptions")).items()}
    return {**({"level": annotations[MCS]} if annotations and MCS in annotations else {}), **options}


def _of_namespace(strategy: str, names: tuple[str, ...], annotations: Mapping[str, str] | None) -> Ranges:
    if annotations is None:
        return Ranges(strategy)
    name = next((one for one in names if one in annotations), "")
    if not name:
        return Ranges(strategy, (), "", f"the strategy is {strategy}, and the namespace has no annotation {names[0]}.")
    blocks = [_BLOCK.fullmatch(block.strip()) for block in annotations[name].split(",")]
    if None in blocks:
        wrong = f"the namespace's {name} is {annotations[name]!r}. Write 1000650000/10000 or 1000650000-1000659999."
        return Ranges(strategy, (), "", wrong)
    return Ranges(strategy, tuple(_range(block) for block in blocks if block), f"the namespace's {name}")


def _range(block: re.Match[str]) -> _Range:
    first, second = int(block[1]), int(block[3])
    # 1000650000/10000 is a start and a length.
    return (first, first + second - 1) if block[2] == "/" else (first, second)
