"""Which branches the cases reach: rendered with probes, each taken away when it is reached for the first time."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.check.coverage.branches import PROBE, Branch, find_branches, with_probes
from podrunner.findings.errors import RenderError
from podrunner.helm.library import HelmLibrary, copy_without_schema
from podrunner.helm.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart

_REACHED = re.compile(rf"{PROBE}(\d+)\.")


@dataclass(frozen=True, slots=True)
class Exercised:
    """All branches of a chart's own templates, and those that no case reaches."""

    branches: tuple[Branch, ...]
    missed: tuple[Branch, ...]


def read_templates(chart: Path) -> dict[str, str]:
    """Template → text, for every template of the chart itself; those of subcharts are somebody else's."""
    files = sorted((chart / "templates").rglob("*"))
    return {
        file.relative_to(chart).as_posix(): file.read_text(encoding="utf-8")
        for file in files
        if file.is_file() and file.suffix in (".yaml", ".yml", ".tpl", ".txt", ".json")
    }


def exercise(chart: Chart, cases: Iterable[Case]) -> Exercised:
    """Render every case until it reaches no new branch. Cases that Helm refuses count as far as they came."""
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        probed = _Probed(chart, copy_without_schema(chart.path, Path(folder)))
        renderer = probed.renderer()
        for case in cases:
            while probed.waiting and (reached := _reached(renderer, case)) is not None:
                probed.remove(reached)
                renderer = probed.renderer()
        return Exercised(tuple(probed.branches), tuple(probed.branches[number] for number in sorted(probed.waiting)))


class _Probed:
    """A copy of a chart with a probe in every branch that was not reached yet."""

    def __init__(self, chart: Chart, copy: Path) -> None:
        self._chart, self._copy = chart, copy
        self._texts = read_templates(chart.path)
        self.branches = [branch for template, text in self._texts.items() for branch in find_branches(template, text)]
        self.waiting = set(range(len(self.branches)))
        for template in self._texts:
            self._write(template)

    def remove(self, number: int) -> None:
        """Take the probe of one branch away."""
        self.waiting.remove(number)
        self._write(self.branches[number].template)

    def renderer(self) -> Renderer:
        """Load the chart with the probes that are left."""
        return Renderer(self._chart, "library", HelmLibrary(self._chart, loaded_from=self._copy))

    def _write(self, template: str) -> None:
        numbers = [number for number in self.waiting if self.branches[number].template == template]
        text = with_probes(self._texts[template], self.branches, numbers)
        (self._copy / template).write_text(text, encoding="utf-8")


def _reached(renderer: Renderer, case: Case) -> int | None:
    """The number of the branch whose probe ended the render; None when none did."""
    try:
        # Values that the schema refuses reach branches, too: a case may expect that.
        renderer.render_unchecked(case)
    except RenderError as error:
        match = _REACHED.search(str(error))
        return int(match[1]) if match else None
    return None
