"""One import as people run it."""

from __future__ import annotations

import io
import re
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from podrunner.findings.errors import PodrunnerError
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from bench.importing.labelled import Label
    from podrunner.helm.renderer import Renderer
    from podrunner.manifests.rendering import Config

_RELEASE = re.compile(r"^\s*helm install .*--namespace (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """What one import wrote: values to standard output, the list or an error to standard error, and the list as JSON."""

    exit_code: int
    text: str
    said: str
    json: str = ""
    trace: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether there are no values."""
        return not self.text

    @property
    def release(self) -> str:
        """The namespace of the command that installs; empty where the list has none."""
        found = _RELEASE.search(self.said)
        return found[1] if found else ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values that were written."""
        return read_values(self.text, "values.yaml").data

    @cached_property
    def effective(self) -> dict[str, Any]:
        """The values over the chart's own."""
        return merge(_renderer().chart.defaults.data, self.values)

    @cached_property
    def config(self) -> Config | None:
        """What the chart makes of the values; None where it refuses them."""
        case = Case("values", (read_values(self.text, "values.yaml"),), namespace=self.release or "ci")
        try:
            return _renderer().render_unchecked(case).config
        except PodrunnerError:
            return None

    @cached_property
    def bare(self) -> str:
        """The values without their comments, and config.toml."""
        config = self.config
        return yaml.safe_dump(self.values, width=10_000) + (config.toml.text if config else "")

    @property
    def shown(self) -> str:
        """All that anybody can read."""
        return "\n".join([self.text, self.said, self.json])


@cache
def _renderer() -> Renderer:
    return renderer("library", Chart.open())


def run(label: Label) -> Trial:
    """Imports the file of a label, in this process."""
    output, errors = io.StringIO(), io.StringIO()
    trace = ""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(output), redirect_stderr(errors):
        report = Path(folder) / "changes.json"
        arguments = ["import", str(label.file), *label.options, "--format", "text", "--format", f"json={report}"]
        try:
            exit_code = main(arguments)
        except SystemExit as ended:
            exit_code = int(ended.code or 0)
        except Exception:  # whatever it is, a user would see a traceback
            exit_code, trace = 1, traceback.format_exc()
        json = report.read_text(encoding="utf-8") if report.exists() else ""
    return Trial(exit_code, output.getvalue(), errors.getvalue(), json, trace)
