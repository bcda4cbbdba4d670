"""A Git repository as a job clones it: a commit, and a bundle of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that the job is for. `timestamp` in ISO 8601."""

    sha: str
    branch: str
    message: str = ""
    author: str = ""
    timestamp: str = ""

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A repository ready to be sent.

    `data` is a Git bundle of the commit and all before it; `shallow` are the commits whose parents it does not have,
    `commits` how many it has, `notes` what people should know.
    """

    name: str
    data: bytes
    commit: Commit
    commits: int
    shallow: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
