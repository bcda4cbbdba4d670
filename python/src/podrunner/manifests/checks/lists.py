"""Lists of objects: `kind: List`, which Helm and kubectl flatten before they send it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import yaml

from podrunner.manifests.objects import maps
from podrunner.manifests.rendering import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.manifests.rendering import Rendering


def flatten_lists(rendering: Rendering) -> Rendering:
    """The rendering with the items of each list in its place."""
    if not any(_is_list(document) for document in rendering.documents):
        return rendering
    return replace(rendering, documents=tuple(one for document in rendering.documents for one in _items(document)))


def _is_list(document: Document) -> bool:
    # Other kinds may end with List, too: SecretList is one, a custom kind AllowList is not.
    kind = str(document.data.get("kind"))
    return kind.endswith("List") and isinstance(document.data.get("items"), list) and "spec" not in document.data


def _items(document: Document) -> Iterator[Document]:
    if not _is_list(document):
        yield document
        return
    kind = str(document.data["kind"]).removesuffix("List")
    for item in maps(document.data["items"]):
        # Items of a SecretList may leave out what the list says.
        data = {"apiVersion": document.data.get("apiVersion"), "kind": kind, **item} if kind else item
        yield from _items(Document(document.template, yaml.safe_dump(data, sort_keys=False, allow_unicode=True), data))
