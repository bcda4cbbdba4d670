"""`podrunner.toml`, or `[tool.podrunner]` of a pyproject.toml: what a team checks, and what it lives with.

Its keys are the options of `podrunner check`, without dashes before them. Names of files are relative to it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.check.policy.ignore import Ignore, Origin, refuse_code
from podrunner.check.policy.policy import Policy
from podrunner.findings.errors import UsageError
from podrunner.findings.path import dotted, value_at
from podrunner.findings.severity import Severity
from podrunner.formats.toml import read_toml
from podrunner.output.paths import folders_of_repository, shown_path
from podrunner.schema.mistakes import MistakeKind, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import jsonschema_rs

    from podrunner.findings.path import Path as Parts
    from podrunner.formats.toml import Toml

NAME, PYPROJECT = "podrunner.toml", "pyproject.toml"
_TOOL: Parts = ("tool", "podrunner")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What the file says, or nothing: `file` is how people call it. Paths are as people type them here."""

    file: str = ""
    chart: Path | None = None
    values: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    matrix: Path | None = None
    runner_version: str | None = None
    kube_versions: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)

    @property
    def names_cases(self) -> bool:
        """Whether it says what to check."""
        return bool(self.values or self.files or self.matrix)


def find_policy_file(folder: Path) -> PolicyFile:
    """The nearest file, from a folder up to the top of its repository; outside of one in the folder alone.

    Raises UsageError with a line for each mistake in it.
    """
    for around in folders_of_repository(folder):
        found = [(file, below) for file, below in ((around / NAME, ()), (around / PYPROJECT, _TOOL)) if file.is_file()]
        said = [one for file, below in found if (one := _PolicyReader.open(file, below))]
        if len(said) > 1:
            raise UsageError(f"{said[0].shown} and {said[1].shown}: both say what to check. Keep one of them.")
        if said:
            return said[0].read()
    return PolicyFile()


@cache
def policy_schema() -> dict[str, Any]:
    """The schema of the file, for editors, too."""
    return dict(json.loads(Path(__file__).with_name("podrunner.schema.json").read_text(encoding="utf-8")))


@cache
def _validator() -> jsonschema_rs.Validator:
    import jsonschema_rs

    return jsonschema_rs.validator_for(policy_schema())


@dataclass(slots=True)
class _PolicyReader:
    """A file, what it says below `below`, and the mistakes found so far, each with its line."""

    file: Path
    below: Parts
    toml: Toml
    data: dict[str, Any]
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def open(cls, file: Path, below: Parts) -> _PolicyReader | None:
        """None where nothing is said about podrunner. Raises UsageError for what is not TOML."""
        shown = shown_path(file)
        try:
            toml = read_toml(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{shown}: cannot be read: {getattr(error, 'strerror', error)}.") from None
        if toml.flaw:
            line, column = toml.flaw.start
            # Of what is missing at its end, Python names no line.
            place = f"{line}:{column}" if line else str(toml.text.count("\n", 0, -1) + 1)
            raise UsageError(f"{shown}:{place}: {toml.flaw.sentence('not TOML')}")
        data: Any = toml.data
        for part in below:
            data = data.get(part) if isinstance(data, dict) else None
        if data is None:
            return None
        reader = cls(file, below, toml, data if isinstance(data, dict) else {})
        if not isinstance(data, dict):
            reader.wrong((), f"{dotted(below)}: must be a table.")
        return reader

    @property
    def shown(self) -> str:
        """The file as people call it, with the table in it."""
        return f"{shown_path(self.file)}{f' [{dotted(self.below)}]' if self.below else ''}"

    def read(self) -> PolicyFile:
        """All of it. Raises UsageError."""
        self._refuse_keys()
        said = {key.replace("-", "_"): value for key, value in self.data.items()}
        read = PolicyFile(
            shown_path(self.file),
            chart=self._one("chart"),
            values=tuple(self._several("values")),
            files=tuple(self._several("files")),
            matrix=self._one("matrix"),
            runner_version=said.get("runner_version"),
            kube_versions=_texts(said.get("kube_version", [])),
            policy=self._policy(),
        )
        self._refuse_all()
        return read

    def _refuse_keys(self) -> None:
        """Raises UsageError for every key and value that the schema does not allow, or that no schema knows."""
        foreign = dict(_not_of_json(self.data, ()))
        for error in _validator().iter_errors(_as_json(self.data)):
            for mistake in explain(error, policy_schema(), self._written):
                # Text would be wrong there, too.
                if mistake.kind in (MistakeKind.UNKNOWN_KEY, MistakeKind.TYPE):
                    foreign = {
                        path: said for path, said in foreign.items() if path[: len(mistake.path)] != mistake.path
                    }
                if mistake.path not in foreign:
                    self.wrong(mistake.path, mistake.message)
        for path, said in foreign.items():
            self.wrong(path, f'{dotted(path)}: must be text, is {said}. For text write "{said}".')
        self._refuse_all()

    def wrong(self, path: Parts, message: str) -> None:
        """Note a mistake at a path, or at the nearest around it that has a line."""
        lines = self.toml.lines
        whole = (*self.below, *path)
        line = next((lines[whole[:end]] for end in range(len(whole), 0, -1) if whole[:end] in lines), 1)
        self.mistakes.append((line, message))

    def _written(self, path: Parts) -> str | None:
        """A number as it is in the file, with all its zeros: 1.30 is a version of Kubernetes."""
        if not isinstance(value_at(self.data, path), float):
            return None
        return str(value_at(tomllib.loads(self.toml.text, parse_float=str), (*self.below, *path)))

    def _refuse_all(self) -> None:
        if self.mistakes:
            said = sorted(self.mistakes)
            raise UsageError("\n".join(f"{shown_path(self.file)}:{line}: {message}" for line, message in said))

    def _one(self, key: str) -> Path | None:
        if key not in self.data:
            return None
        path = self.file.parent / self.data[key]
        if not path.exists():
            self.wrong((key,), f"{key}: {self.data[key]}: no such file. Names are relative to this file.")
        return Path(shown_path(path))

    def _several(self, key: str) -> Iterator[Path]:
        for name in _texts(self.data.get(key, [])):
            found = [self.file.parent / name] if Path(name).is_absolute() else sorted(self.file.parent.glob(name))
            if not any(path.is_file() for path in found):
                self.wrong((key,), f"{key}: {name}: no such file. Names are relative to this file.")
            yield from (Path(shown_path(path)) for path in found if path.is_file())

    def _policy(self) -> Policy:
        select = _texts(self.data.get("select", []))
        self._refuse_codes(("select",), "select", select, final=True)
        ignores = tuple(self._ignore(number, said) for number, said in enumerate(self.data.get("ignore", [])))
        return Policy(select, ignores, Severity(self.data.get("fail-on", "error")))

    def _ignore(self, number: int, said: dict[str, Any]) -> Ignore:
        codes = _texts(said["code"])
        self._refuse_codes(("ignore", number, "code"), f"ignore[{number}].code", codes)
        lines = self.toml.lines
        file = str(self.file.parent / said["file"]) if "file" in said else ""
        return Ignore(
            codes,
            said["reason"],
            Origin.FILE,
            said.get("path", ""),
            file,
            said.get("object", ""),
            said.get("case", ""),
            said_in=shown_path(self.file),
            said_at=lines.get((*self.below, "ignore", number), 1),
        )

    def _refuse_codes(self, path: Parts, where: str, codes: Sequence[str], *, final: bool = False) -> None:
        for code in codes:
            if sentence := refuse_code(code, final=final):
                self.wrong(path, f"{where}: {sentence}")


def _not_of_json(data: Any, path: Parts) -> Iterator[tuple[Parts, str]]:
    """(path, as it is written) of what TOML has and JSON has not: dates, times, and floats that are no numbers."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, value in below:
        yield from _not_of_json(value, (*path, part))
    if isinstance(data, dt.date | dt.time):
        yield path, data.isoformat()
    elif isinstance(data, float) and not math.isfinite(data):
        yield path, str(data)


def _as_json(data: Any) -> Any:
    """The same, with texts in place of these."""
    if isinstance(data, dict):
        return {key: _as_json(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_as_json(value) for value in data]
    return next((said for _, said in _not_of_json(data, ())), data)


def _texts(said: Any) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)
