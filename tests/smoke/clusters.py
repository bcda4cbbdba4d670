"""The clusters of a run: whoever asks for one first makes it, all share it, and the run removes it at its end.

With pytest-xdist the tests run in several processes. The one that started them removes the clusters, for it is there
after Ctrl-C, too. What there is to remove is written down before it is made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cluster.cluster import Nodes, make_cluster
from podrunner.cluster.interruption import Interruption
from podrunner.cluster.kind import find_kind
from podrunner.cluster.processes import run
from podrunner.cluster.removal import Removals
from podrunner.output.steps import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.cluster.images import ImageSet

CRIO = Path(__file__).parents[2] / "ci" / "airgap" / "crio"


def run_crio(*arguments: str) -> str:
    """Run ci/airgap/crio, and give what it printed. Raises CommandError."""
    return run([str(CRIO), *arguments], os.environ)


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of one run. `folder` has a folder for each, with its kubeconfig once it is there."""

    folder: Path

    def kind(self, role: str, images: ImageSet, workers: int = 0) -> Path:
        """The kubeconfig of the kind cluster for a role."""

        def make(place: Path) -> None:
            name = f"podrunner-test-{uuid.uuid4().hex[:6]}"
            (place / "kind").write_text(name, encoding="utf-8")
            progress = _progress()
            removals = Removals(progress, Interruption())
            try:
                make_cluster(name, images, Nodes(workers=workers), place, progress, removals).api.close()
            except BaseException:
                removals.run()
                raise

        return self._get(role, make) / "kubeconfig"

    def crio(self, directory: str) -> Path:
        """The kubeconfig of the cluster on CRI-O."""

        def make(place: Path) -> None:
            (place / "crio").touch()
            (place / "kubeconfig").symlink_to(run_crio("up", "--directory", directory).splitlines()[-1])

        return (self._get("crio", make) / "kubeconfig").resolve()

    def remove(self, images: Callable[[], ImageSet], role: str = "*") -> None:
        """Remove the cluster of a role, by default all of them; `images` gives what they were made with."""
        removals = Removals(_progress(), Interruption())
        for note in self.folder.glob(f"{role}/kind"):
            kind = find_kind(note.read_text(encoding="utf-8"), images(), note.parent)
            removals.add(f"the kind cluster {kind.name}", kind.delete, kind.removal_command)
        if list(self.folder.glob(f"{role}/crio")):
            removals.add("the cluster on CRI-O", partial(run_crio, "down"), f"{CRIO} down")
        removals.run()
        for place in self.folder.glob(role):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        if role == "*":
            self.folder.rmdir()

    def _get(self, role: str, make: Callable[[Path], None]) -> Path:
        """The folder of a cluster that is there."""
        place = self.folder / role
        with locked(self.folder / f"{role}.lock"):
            if not (place / "made").exists():
                place.mkdir(exist_ok=True)
                make(place)
                (place / "made").touch()
        return place


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep other processes out; the kernel opens the lock when a process ends, however it ends."""
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _progress() -> Progress:
    # After Ctrl-C, pytest closes what it captures into before it gets here.
    return Progress(sys.__stdout__)
