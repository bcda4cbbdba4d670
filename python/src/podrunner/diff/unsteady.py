"""What a chart renders differently each time: random passwords, certificates, the time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.manifests.difference.objects import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.diff.entry import DiffEntry
    from podrunner.manifests.difference.objects import Difference, Identity
    from podrunner.manifests.rendering import Rendering

    Fields = frozenset[tuple[Identity, tuple[str, ...]]]


def unsteady_fields(pairs: Iterable[tuple[Rendering, Rendering]]) -> Fields:
    """The fields that differ between two renderings of the same values; no parts for an object of a random name."""
    return frozenset(
        _field(one, first.namespace)
        for first, again in pairs
        for one in differences(_objects(first), _objects(again), first.namespace)
    )


def is_unsteady(entry: DiffEntry, fields: Fields, namespace: str) -> bool:
    """Whether an entry is about such a field, or one around or below it."""
    if entry.difference is None:
        return False
    identity, parts = _field(entry.difference, namespace)
    return any(one == identity and parts[: len(known)] == known for one, known in fields)


def _field(difference: Difference, namespace: str) -> tuple[Identity, tuple[str, ...]]:
    return difference.identity.within(namespace), difference.parts


def _objects(rendering: Rendering) -> list[dict[str, object]]:
    return [document.data for document in rendering.documents]
