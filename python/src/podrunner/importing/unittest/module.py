"""A file of pytest for a file of suites: what `podrunner import-tests` writes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.importing.unittest.assertions import LeftOutError
from podrunner.importing.unittest.code import Code, call, lines, literal, quoted
from podrunner.importing.unittest.job import Body, Left, body_lines, layers_of, write_job
from podrunner.importing.unittest.release import TestedRelease
from podrunner.importing.unittest.suite import read_suites

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.importing.unittest.suite import Job, Suite

# What the text of a module uses → the line that imports it, in ruff's order.
_STANDARD = {
    "base64.": "import base64",
    "re.": "import re",
    "partial(": "from functools import partial",
    "Path(": "from pathlib import Path",
}
_OTHERS = {"pytest.": "import pytest", "yaml.": "import yaml"}
_OURS = {
    "PodrunnerError": "PodrunnerError",
    "find(": "find",
    "find_all(": "find_all",
    "items(": "items",
    "quantity(": "quantity",
    "same(": "same",
}


@dataclass(frozen=True, slots=True)
class TestModule:
    """A file to write. `tests` is how many functions are in it, `left` what they leave out."""

    __test__ = False

    source: Path
    file: Path
    text: str
    tests: int
    left: tuple[Left, ...]


def import_suites(source: Path, file: Path, chart: Path | None) -> TestModule:
    """The module for a file of suites; without a chart it is the one around it. Raises UsageError."""
    suites = read_suites(source)
    if not suites:
        raise UsageError(f"{source}: there is no suite of helm unittest in it.")
    writer = _Writer(source, file, chart or _chart_around(source))
    functions = [function for number, suite in enumerate(suites, 1) for function in writer.suite(suite, number)]
    title = str(suites[0].data.get("suite") or source.stem).strip().rstrip(".")
    return TestModule(source, file, writer.text(title, functions), writer.tests, tuple(writer.left))


def name_of(source: Path) -> str:
    """`deployment_test.yaml` is `test_deployment.py`."""
    stem = re.sub(r"\W+", "_", source.stem.removesuffix("_test").removesuffix("-test")).strip("_").lower()
    return f"test_{stem.removeprefix('test_') or 'suite'}.py"


def _chart_around(source: Path) -> Path:
    for folder in source.resolve().parents:
        if (folder / "Chart.yaml").is_file():
            return folder
    raise UsageError(f"{source}: there is no Chart.yaml in the folders around it. Give the chart with --chart.")


@dataclass(slots=True, init=False)
class _Writer:
    """Writes the functions of one module."""

    source: Path
    file: Path
    chart: Path
    names: set[str]
    left: list[Left]
    tests: int

    def __init__(self, source: Path, file: Path, chart: Path) -> None:
        self.source, self.file, self.chart = source, file, chart
        self.names, self.left, self.tests = set(), [], 0

    def suite(self, suite: Suite, number: int) -> list[str]:
        """The fixture of a suite and its functions."""
        fixture = f"render_{number}" if number > 1 else "render"
        skip = suite.data.get("skip")
        reason = str(skip.get("reason") or "") if isinstance(skip, dict) else ""
        try:
            layers = layers_of(suite.data, self._files(suite.data))
        except LeftOutError as error:
            raise UsageError(f"{suite.file}:{suite.line}: {error}.") from None
        of_suite = TestedRelease.of(suite.data)
        options = [(f"{name}=", *literal(value)) for name, value in of_suite.options.items()]
        made = lines(("return ", *call("partial", "podrunner_render", *layers, *options)), 4)
        head = ["@pytest.fixture", f"def {fixture}(podrunner_render):", *made]
        functions = [self._function(suite, job, fixture, of_suite, reason) for job in suite.jobs]
        return ["\n".join(head), *functions]

    def _function(self, suite: Suite, job: Job, fixture: str, of_suite: TestedRelease, skip: str) -> str:
        self.tests += 1
        body = self._body(suite, job, fixture, of_suite)
        self.left += body.left
        if body.left:
            more = f", and {len(body.left) - 1} more" if body.left[1:] else ""
            body.add(call("pytest.skip", quoted(f"{self.source.name}:{body.left[0].line}: {body.left[0].why}{more}")))
        text = "\n".join(body_lines(body))
        uses = [name for name in (fixture, "podrunner_snapshot") if f"{name}(" in text]
        mark = [*lines(("@pytest.mark.skip", *call("", f"reason={quoted(skip)}")))] if skip else []
        head = lines((f"def {self._name(job)}", *call("", *uses), ":"))
        return "\n".join([*mark, *head, text])

    def _body(self, suite: Suite, job: Job, fixture: str, of_suite: TestedRelease) -> Body:
        release = TestedRelease.of(suite.data, job.data)
        try:
            files = self._files(job.data)
            # Files of a test lie below what the suite sets.
            again = layers_of({"set": suite.data.get("set")}, []) if files else []
            layers = [*files, *again, *layers_of(job.data, [])]
        except LeftOutError as error:
            return Body(release, fixture, left=[Left(job.line, str(error))])
        options = [
            (f"{name}=", *literal(value))
            for name, value in release.options.items()
            if of_suite.options.get(name) != value
        ]
        return write_job(suite, job, Body(release, fixture), [*layers, *options])

    def _files(self, data: dict[str, object]) -> list[Code]:
        said = data.get("values")
        return [self._place(self.source.parent / str(one)) for one in said] if isinstance(said, list) else []

    def _place(self, path: Path) -> Code:
        relative = os.path.relpath(path.resolve(), self.file.parent.resolve())
        return ("HERE", " / ", quoted(Path(relative).as_posix()))

    def _name(self, job: Job) -> str:
        words = re.sub(r"\W+", "_", job.name.lower(), flags=re.ASCII).strip("_")[:70].rstrip("_") or "it"
        name = unique = words if words.startswith("test_") else f"test_{words}"
        number = 1
        while unique in self.names:
            number += 1
            unique = f"{name}_{number}"
        self.names.add(unique)
        return unique

    def text(self, title: str, functions: Iterable[str]) -> str:
        """The whole module."""
        chart = "\n".join(
            ["@pytest.fixture", "def podrunner_chart():", *lines(("return ", *self._place(self.chart)), 4)]
        )
        code = "\n\n\n".join([chart, *functions])
        standard = [line for use, line in _STANDARD.items() if _uses(code, use) or use == "Path("]
        others = [line for use, line in _OTHERS.items() if _uses(code, use)]
        ours = [name for use, name in _OURS.items() if _uses(code, use)]
        ours_line = [f"from podrunner import {', '.join(ours)}"] if ours else []
        one_line = " ".join(title.replace("\\", "").replace('"', "'").split())[:70]
        return "\n".join(
            [
                f'"""{one_line}: imported from {self.source.name}, a suite of helm unittest."""',
                "",
                *standard,
                "",
                *others,
                *ours_line,
                "",
                "HERE = Path(__file__).parent",
                "",
                "",
                code,
                "",
            ]
        )


def _uses(code: str, word: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(word)}", code) is not None
