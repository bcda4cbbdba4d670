"""Snapshots: what a test rendered when somebody last looked at it, kept beside the test."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.manifests.difference.objects import differences
from podrunner.manifests.rendering import Rendering

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """The fixture `podrunner_snapshot`. `folder` holds the snapshots of the test's file; `test` is its node id there.

    `used` are the snapshots of this run so far, each with the one who used it.
    """

    folder: Path
    test: str
    update: bool
    used: dict[Path, Snapshot]

    def __call__(self, what: Any, name: str = "") -> None:
        """Fails when what is given is not what the snapshot has.

        It may be a rendering, of which the objects are kept, or a part of one: an object, a list, a text. A snapshot
        that is not there is written, but in CI (the environment has CI) that is a failure. A test with several
        snapshots gives each a name.
        """
        __tracebackhide__ = True
        file = self.folder / f"{_file_name(self.test, name)}.yaml"
        self._refuse_to_share(file)
        documents = _documents(what)
        if self.update or not (file.exists() or os.environ.get("CI")):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_dump(documents), encoding="utf-8")
            return
        how = "Run pytest with --podrunner-update-snapshots, look at what it wrote, and commit it."
        if not file.exists():
            pytest.fail(f"{file}: there is no such snapshot. {how}", pytrace=False)
        found = _differences(list(yaml.safe_load_all(file.read_text(encoding="utf-8"))), documents)
        if found:
            lines = "\n".join(f"  {each}" for each in found)
            pytest.fail(f"{file} differs from what is rendered now:\n{lines}\nIs that wanted? {how}", pytrace=False)

    def _refuse_to_share(self, file: Path) -> None:
        """Fails where another call has the same file: each would write over what the other wrote."""
        __tracebackhide__ = True
        before = self.used.get(file)
        # A test that is run again has a new fixture.
        if before and (before is self or before.test != self.test):
            how = 'Give this one a name of its own: `podrunner_snapshot(rendering, "name")`.'
            pytest.fail(f"{file}: {before.test} has this snapshot already. {how}", pytrace=False)
        self.used[file] = self


def _documents(what: Any) -> list[Any]:
    """What the snapshot's file is to have, one document each: objects, or one that is not an object."""
    if isinstance(what, Rendering):
        return [document.data for document in what.documents]
    return what if isinstance(what, list) and _are_objects(what) else [what]


def _are_objects(documents: list[Any]) -> bool:
    return all(isinstance(one, dict) and "kind" in one for one in documents)


def _differences(before: list[Any], after: list[Any]) -> list[str]:
    """Each in a line or several: of objects by their names, of another value by the path in it."""
    if _are_objects([*before, *after]):
        return [str(each) for each in differences(before, after)]
    # As fields of one object: what is compared are objects.
    old, new = (one[0] if len(one) == 1 else one for one in (before, after))
    return [f"{each.path}: {each.text}" for each in differences([{"value": old}], [{"value": new}])]


def _file_name(test: str, name: str) -> str:
    """`TestJobs::test_image[s]` → `TestJobs.test_image-s`; where other characters had to go, a hash tells texts apart."""
    function, _, identity = test.partition("[")
    parts = [function.replace("::", "."), identity.removesuffix("]"), name]
    wanted = "-".join(part for part in parts if part)
    possible = re.sub(r"[^\w.=+-]+", "-", wanted)
    if possible == wanted:
        return wanted
    return f"{possible.strip('-')}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are, so that a review can read them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _dump(objects: list[Any]) -> str:
    return yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
