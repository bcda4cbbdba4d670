"""Everything a run makes is noted here before it is made, and removed in the opposite order."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from podrunner.cluster.interruption import Interrupted, Interruption, deferred

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.output.steps import Progress

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Removal:
    """Something to be removed: what it is called, how we remove it, and how people do (a shell command)."""

    name: str
    remove: Callable[[], None]
    command: str


class Removals:
    """A stack of what was made."""

    def __init__(self, progress: Progress, interruption: Interruption) -> None:
        self._progress = progress
        self._interruption = interruption
        self._made: list[Removal] = []

    def add(self, name: str, remove: Callable[[], None], command: str) -> None:
        """Notes something that is about to be made. `remove` must accept that it was not."""
        self._made.append(Removal(name, remove, command))

    def temporary_folder(self, prefix: str = "podrunner-") -> Path:
        """Makes a folder for temporary files, and notes it."""
        with deferred():
            folder = Path(tempfile.mkdtemp(prefix=prefix))
            self.add("temporary files", partial(shutil.rmtree, folder), f"rm -r {folder}")
        return folder

    @property
    def commands(self) -> list[str]:
        """What removes all of it by hand, in order."""
        return [made.command for made in reversed(self._made)]

    def forget(self, mark: int) -> None:
        """Drops what was noted since `mark`: it goes away with something else."""
        del self._made[mark:]

    def mark(self) -> int:
        """How much there is by now, for `run`."""
        return len(self._made)

    def run(self, mark: int = 0) -> bool:
        """Removes what was noted since `mark`; goes on when one thing fails, and says what is left.

        A further Ctrl-C is answered, one more gives up with the commands that remain. True when nothing is left.
        Raises Interrupted when the run was to go on (`mark`), but somebody wants it to end.
        """
        left: list[Removal] = []
        with self._interruption.shield(self._answer):
            while len(self._made) > mark:
                # Stays on the stack until it is gone: giving up must name it.
                made = self._made[-1]
                try:
                    with self._progress.step(f"Remove {made.name}"):
                        made.remove()
                except Interrupted:
                    self._say_left([*left, *reversed(self._made)])
                    raise
                except Exception as error:  # whatever fails here, the rest has to go all the same
                    self._progress.note(f"{made.name} is left: {error}")
                    left.append(made)
                self._made.pop()
        self._say_left(left)
        if mark and self._interruption.count:
            raise Interrupted
        return not left

    def _answer(self, count: int) -> None:
        if count == 1:
            self._progress.urgent("Removing what was made, a moment please. Once more, and the rest is left behind.")
            return
        raise Interrupted

    def _say_left(self, left: list[Removal]) -> None:
        if left:
            commands = "".join(f"\n     {made.command}" for made in left)
            self._progress.note(f"Left behind; to remove it:{commands}")


def run_and_remove(
    progress: Progress, run: Callable[[Removals], Result], remove: Callable[[Removals], object] = Removals.run
) -> Result | None:
    """What `run` gives; None when it was interrupted. Whatever happens, `remove` then gets what was made.

    Raises what `run` raises.
    """
    result = None
    with Interruption(partial(progress.urgent, "Ending what runs, then removing what was made.")) as interruption:
        removals = Removals(progress, interruption)
        try:
            with interruption.allowed():
                result = run(removals)
        except Interrupted:
            progress.failed("Interrupted")
        finally:
            remove(removals)
        return None if interruption.count else result
