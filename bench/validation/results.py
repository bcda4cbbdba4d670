"""What was counted, and the file it is kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from podrunner.findings.errors import PodrunnerError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figures:
    """podrunner against the API server of one version. `wrong` are changes that the server takes, `on_purpose` more of these."""

    kubernetes: str
    seed: int
    date: str
    refused: int
    found: int
    taken: int
    wrong: int
    on_purpose: int


@dataclass(frozen=True, slots=True)
class Tool:
    """What one tool says of the same changes: `found` of those refused, `wrong` of those taken, for whatever reason."""

    name: str
    counted: str
    found: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of each version, oldest first, and the tools, all on the changes of one of them, `beside`."""

    versions: tuple[Figures, ...]
    beside: str
    tools: tuple[Tool, ...]

    def figures(self, kubernetes: str) -> Figures:
        """Those of one version. Raises UsageError when it was not asked."""
        for one in self.versions:
            if one.kubernetes == kubernetes:
                return one
        raise UsageError(f"there are no figures of Kubernetes {kubernetes or '(none)'}: give a record of it.")


def save(results: Results, file: Path) -> None:
    """Writes the results as JSON."""
    file.write_text(json.dumps(asdict(results), indent=2) + "\n", encoding="utf-8")


def load(file: Path) -> Results:
    """Reads what `save` wrote; none where there is no file. Raises PodrunnerError when something is wrong with it."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        versions, tools = (Figures(**one) for one in data["versions"]), (Tool(**one) for one in data["tools"])
        return Results(tuple(versions), data["beside"], tuple(tools))
    except FileNotFoundError:
        return Results((), "", ())
    except (ValueError, KeyError, TypeError) as error:
        raise PodrunnerError(f"{file}: not results of this program: {error}. Remove it, and count anew.") from None
