"""What the pytest plugin does: cases of a matrix file as tests, and renders for tests written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import KUBE_VERSION, NAMESPACE, RELEASE, Case
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.check.checker import Checker
from podrunner.findings.errors import PodrunnerError
from podrunner.findings.finding import errors
from podrunner.helm.renderer import Kind, open_chart
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from pathlib import Path

    from podrunner.cases.strategy import Strategy
    from podrunner.check.result import Result
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What all tests of a run share: the chart is loaded once."""

    checker: Checker
    strategy: Strategy | None = None

    @classmethod
    def make(cls, chart: Path | None, helm: Kind, strategy: Strategy | None, crd_folders: Sequence[Path] = ()) -> Setup:
        """Find and load the chart. A wrong option ends the run with a sentence."""
        try:
            renderer = open_chart(chart, helm)
            crds = renderer.chart.crds_with(crd_folders)
            return cls(Checker(renderer, renderer.chart.file.app_version, crds), strategy)
        except PodrunnerError as error:
            raise pytest.UsageError(redact(str(error))) from None


class MatrixFile(pytest.File):
    """A matrix file as pytest collects it."""

    setup_of_run: Setup

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, setup: Setup) -> MatrixFile:
        """The collector of one file."""
        node: MatrixFile = cls.from_parent(parent, path=path)
        node.setup_of_run = setup
        return node

    def collect(self) -> Iterator[CaseItem]:
        """One test for each case."""
        try:
            matrix = load_matrix(self.path, self.setup_of_run.checker.chart)
            cases = make_cases(matrix, strategy=self.setup_of_run.strategy)
        except PodrunnerError as error:
            raise self.CollectError(redact(str(error))) from None
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.name)
            item.case = case
            item.checker = self.setup_of_run.checker
            yield item


class CaseFailedError(Exception):
    """A case has errors."""

    def __init__(self, result: Result) -> None:
        super().__init__("\n".join(str(finding) for finding in errors(result.findings)))


class CaseItem(pytest.Item):
    """One case as a test: it fails when a check finds an error."""

    case: Case
    checker: Checker

    def runtest(self) -> None:
        """Check the case; warnings and notes go into a section of the report."""
        result = self.checker.check(self.case)
        wrong = errors(result.findings)
        others = [str(finding) for finding in result.findings if finding not in wrong]
        if others:
            self.add_report_section("call", "podrunner", "\n".join(others))
        if wrong:
            raise CaseFailedError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings alone: where this program was when it found them helps nobody."""
        if isinstance(excinfo.value, CaseFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Headline of a failure: the name of the case."""
        return self.path, self.case.line - 1 if self.case.line else None, f"case {self.name}"


@dataclass(frozen=True, slots=True, repr=False)
class Render:
    """The fixture `podrunner_render`."""

    setup: Setup

    def __call__(
        self,
        *values: Mapping[str, Any] | Path | str,
        preset: str | None = None,
        release: str = RELEASE,
        namespace: str = NAMESPACE,
        kube_version: str = KUBE_VERSION,
        api_versions: Sequence[str] = (),
    ) -> Rendering:
        """Values, each over the one before, over the preset: as Helm would render them.

        Raises ValuesError where values do not fit the chart's schema, RenderError where Helm refuses.
        """
        __tracebackhide__ = True
        try:
            chart = self.setup.checker.chart
            layers = (chart.preset(preset),) if preset else ()
            case = Case("podrunner_render", layers, release, namespace, kube_version, tuple(api_versions))
            for layer in values:
                if isinstance(layer, Mapping):
                    case = case.with_values(layer, "values of the test")
                else:
                    case = case.with_file(layer)
            return self.setup.checker.renderer.render(case)
        except PodrunnerError as error:
            # The sentence and the line of the test: where this program was when it found out helps nobody.
            raise error.with_traceback(None) from None
