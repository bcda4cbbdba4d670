"""Node ports and addresses that a Service asks for while another one still has them.

Helm makes and changes objects in their order, and removes what is gone after all of that. Source:
tests/admission/test_upgrades.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.difference.objects import Identity

    Objects = Mapping[Identity, Mapping[str, Any]]


def taken(before: Objects, after: Objects) -> Iterator[DiffEntry]:
    """An entry for each Service that fails; identities are those within the release's namespace, in Helm's order."""
    holders = {one: identity for identity, item in before.items() for one in _asked(identity, item)}
    order = {identity: place for place, identity in enumerate(after)}
    for identity, item in after.items():
        for one in _asked(identity, item):
            holder = holders.get(one, identity)
            is_free = holder in order and order[holder] < order[identity] and not _keeps(one, holder, after[holder])
            if holder != identity and not is_free:
                yield DiffEntry(
                    Consequence.IMMUTABLE,
                    str(identity),
                    f"asks for {one}, which {holder} {_how_long(one, holder, after)}",
                    advice=f"It is already allocated: helm upgrade fails. Leave it out, take another one, or delete {holder} before the upgrade.",
                )


def _how_long(one: str, holder: Identity, after: Objects) -> str:
    if holder not in after:
        return "has until it is removed, which is the last that Helm does"
    return "keeps" if _keeps(one, holder, after[holder]) else "has until its own turn, later"


def _keeps(one: str, identity: Identity, item: Mapping[str, Any]) -> bool:
    """Whether a Service has it after its change, too: what is left out stays what it was, while its type has such.

    Source: patchAllocatedValues of pkg/registry/core/service/storage/storage.go.
    """
    spec = table(item.get("spec"))
    kind = spec.get("type") or "ClusterIP"
    if one in _asked(identity, item):
        return True
    if one.startswith("clusterIP"):
        return kind != "ExternalName"
    return kind in ("NodePort", "LoadBalancer") and any(not port.get("nodePort") for port in maps(spec.get("ports")))


def _asked(identity: Identity, item: Mapping[str, Any]) -> list[str]:
    """`nodePort 30080`, `clusterIP 10.96.0.7`: what only one Service of a cluster can have."""
    if (identity.group, identity.kind) != ("", "Service"):
        return []
    spec = table(item.get("spec"))
    ports = [one.get("nodePort") for one in maps(spec.get("ports"))] + [spec.get("healthCheckNodePort")]
    address = spec.get("clusterIP")
    # Protocols share the numbers, unless they are ports of one Service.
    return [
        *dict.fromkeys(f"nodePort {port}" for port in ports if port),
        *([f"clusterIP {address}"] if address not in (None, "", "None") else []),
    ]
