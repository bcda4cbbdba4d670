"""What makes `helm upgrade` fail on a whole object: errors in it, hooks that were none, ports that are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.diff.allocated import taken
from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.diff.hooks import hook_conflict
from podrunner.manifests.checks.refused import refused_fields
from podrunner.manifests.difference.objects import identity_of
from podrunner.manifests.schemas.crds import Crds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from podrunner.manifests.difference.objects import Identity
    from podrunner.manifests.rendering import Document, Rendering

    Documents = dict[Identity, Document]

_INVALID = (
    "The API server refuses it: helm upgrade fails. `podrunner check` says which template or value it comes from."
)
_TWICE = "Server-side apply refuses that: helm upgrade of Helm 4 fails. Keep one, or go on with --server-side=false."


def refusals(old: Rendering, new: Rendering, changed: Collection[Identity], kube_version: str) -> Iterator[DiffEntry]:
    """An entry for each reason; `changed` are the identities, within the namespace, of objects that differ."""
    before, after = _by_identity(old), _by_identity(new)
    crds = [Crds().with_documents(one.data for one in side.documents) for side in (old, new)]
    for identity, document in after.items():
        if identity not in changed:
            continue
        was, shown = before.get(identity), str(identity_of(document.data))
        yield from hook_conflict(shown, was.data if was else {}, document.data)
        known = refused_fields(was, old, kube_version, crds[0]) if was else []
        for one in refused_fields(document, new, kube_version, crds[1]):
            # What the old one has, too, was taken once.
            if one not in known:
                advice = _TWICE if one.by_apply else _INVALID
                yield DiffEntry(Consequence.IMMUTABLE, shown, one.message, advice=advice)
    yield from taken(_objects(before), _objects(after))


def _objects(documents: Documents) -> dict[Identity, dict[str, object]]:
    return {identity: document.data for identity, document in documents.items()}


def _by_identity(rendering: Rendering) -> Documents:
    """In the order in which Helm sends them."""
    return {identity_of(one.data).within(rendering.namespace): one for one in rendering.documents}
