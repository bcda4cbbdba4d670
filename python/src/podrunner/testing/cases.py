"""What the pytest plugin does: cases of a matrix file as tests, and renders for tests written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cases.case import KUBE_VERSION, NAMESPACE, RELEASE, Case
from podrunner.cases.lookup import load_objects, read_objects
from podrunner.cases.matrix import load_matrix, make_cases
from podrunner.cases.names import chart_version as checked_version
from podrunner.check.checker import Checker
from podrunner.check.policy.comments import comments_of
from podrunner.check.policy.file import find_policy_file
from podrunner.findings.errors import PodrunnerError
from podrunner.findings.severity import Severity
from podrunner.helm.renderer import Kind, open_chart
from podrunner.secrets.redact import redact

if TYPE_CHECKING:
    from podrunner.cases.strategy import Strategy
    from podrunner.check.result import Result
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options of pytest say, and its ini file."""

    chart: Path | None = None
    helm: Kind = "library"
    strategy: Strategy | None = None
    crd_folders: Sequence[Path] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What all tests of a chart share in a run: it is loaded once."""

    checker: Checker
    strategy: Strategy | None = None

    @classmethod
    def make(cls, root: Path, wanted: Wanted) -> Setup:
        """Find and load the chart. A wrong option, or a wrong podrunner.toml at `root` or above it, ends the run with a sentence."""
        __tracebackhide__ = True
        try:
            found = find_policy_file(root)
            renderer = open_chart(wanted.chart or found.chart, wanted.helm)
            crds = renderer.chart.crds_with(wanted.crd_folders)
            policy = replace(found.policy, fail_on=Severity.WARNING) if wanted.strict else found.policy
            checker = Checker(renderer, found.runner_version or "", crds, policy)
            return cls(checker, wanted.strategy)
        except PodrunnerError as error:
            raise pytest.UsageError(redact(str(error))) from None


class MatrixFile(pytest.File):
    """A matrix file as pytest collects it."""

    setup_of_run: Callable[[], Setup]

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, setup: Callable[[], Setup]) -> MatrixFile:
        """The collector of one file; `setup` makes what the run shares, or gives what is made."""
        node: MatrixFile = cls.from_parent(parent, path=path)
        node.setup_of_run = setup
        return node

    def collect(self) -> Iterator[CaseItem]:
        """One test for each case."""
        try:
            setup = self.setup_of_run()
            cases = make_cases(load_matrix(self.path, setup.checker.chart), strategy=setup.strategy)
            checker = _with_comments(setup.checker, cases)
        except (PodrunnerError, pytest.UsageError) as error:
            raise self.CollectError(redact(str(error))) from None
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.name)
            item.case = case
            item.checker = checker
            yield item


def _with_comments(checker: Checker, cases: Sequence[Case]) -> Checker:
    """A checker that knows what comments in values files ignore, too. Raises UsageError."""
    layers = [checker.chart.defaults, *(layer for case in cases for layer in case.layers)]
    policy = checker.policy
    return replace(checker, policy=replace(policy, ignores=(*policy.ignores, *comments_of(layers))))


class CaseFailedError(Exception):
    """A case has errors, or what the team lets fail it."""

    def __init__(self, result: Result) -> None:
        super().__init__("\n".join(str(finding) for finding in result.failing))


class CaseItem(pytest.Item):
    """One case as a test: it fails when a check finds an error that the team does not ignore."""

    case: Case
    checker: Checker

    def runtest(self) -> None:
        """Check the case; what does not make it fail goes into a section of the report."""
        result = self.checker.policy.judge(self.checker.check(self.case))
        wrong = result.failing
        others = [str(finding) for finding in result.findings if finding not in wrong]
        others += [f"ignored ({one.reason}): {one.finding}" for one in result.suppressed]
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
        revision: int = 1,
        chart_version: str = "",
        app_version: str = "",
        lookup: Sequence[Mapping[str, Any]] | Path | str = (),
        include_crds: bool = False,
        skip_schema_validation: bool = False,
        templates: Sequence[str] = (),
    ) -> Rendering:
        """Values, each over the one before, over the preset: as Helm would render them, from revision 2 on to upgrade.

        `chart_version` and `app_version` stand in place of those of Chart.yaml, `lookup` are objects that templates find, or
        a file of them; `templates` leaves out all others, as `helm template --show-only` does. Raises ValuesError where
        values do not fit the chart's schema, RenderError where Helm refuses.
        """
        __tracebackhide__ = True
        try:
            chart = self.setup.checker.chart
            layers = (chart.preset(preset),) if preset else ()
            case = Case(
                "podrunner_render",
                layers,
                release,
                namespace,
                kube_version,
                tuple(api_versions),
                revision,
                chart_version=chart_version and checked_version(chart_version),
                app_version=app_version,
                lookup=_objects(lookup),
                include_crds=include_crds,
                skip_schema_validation=skip_schema_validation,
            )
            for layer in values:
                if isinstance(layer, Mapping):
                    case = case.with_values(layer, "values of the test")
                else:
                    case = case.with_file(layer)
            return self.setup.checker.renderer.render(case).only(templates)
        except PodrunnerError as error:
            # The sentence and the line of the test: where this program was when it found out helps nobody.
            raise error.with_traceback(None) from None


def _objects(lookup: Sequence[Mapping[str, Any]] | Path | str) -> tuple[str, ...]:
    return load_objects(Path(lookup)) if isinstance(lookup, Path | str) else read_objects(lookup, "lookup: ")
