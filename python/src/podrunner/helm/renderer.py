"""The one way from a case to a rendering: its values are checked, then Helm is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from podrunner.chart.chart import Chart
from podrunner.chart.dependencies import refuse_library_chart, refuse_missing_dependencies
from podrunner.findings.errors import RenderError, UsageError, ValuesError
from podrunner.findings.finding import errors
from podrunner.helm.command import HelmCommand
from podrunner.helm.library import HelmLibrary
from podrunner.helm.stderr import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podrunner.cases.case import Case
    from podrunner.manifests.rendering import Rendering

Kind = Literal["library", "command"]
Answer = TypeVar("Answer")


class Helm(Protocol):
    """Helm with one chart, which it has loaded."""

    @property
    def is_3(self) -> bool:
        """Whether it is Helm 3, which patches objects; Helm 4 sends them by server-side apply."""
        ...

    def template(self, case: Case) -> Rendering:
        """What `helm template` makes of a case. Raises RenderError, UsageError for names that Helm does not take."""
        ...

    def raw(self, case: Case) -> str:
        """The same as Helm gives it, not read: equal texts are equal renderings. Raises as `template`."""
        ...

    def forget(self) -> None:
        """Ask Helm the next time, also for what was asked for last."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Renderer:
    """A chart that can be rendered many times. A process that is sent one loads the chart itself."""

    chart: Chart
    kind: Kind
    helm: Helm

    def __reduce__(self) -> tuple[object, tuple[Kind, Chart]]:
        return renderer, (self.kind, self.chart)

    def render(self, case: Case) -> Rendering:
        """Render a case whose values pass `Chart.check`.

        Raises ValuesError with every error that they have, RenderError when Helm refuses them.
        """
        __tracebackhide__ = True
        if wrong := errors(self.chart.check(case.layers, by_schema=not case.skip_schema_validation)):
            raise ValuesError([case.without_secrets(finding) for finding in wrong])
        return self._asked(self.helm.template, case)

    def render_anew(self, case: Case) -> Rendering:
        """The same, and never what was rendered before: some templates make something else each time."""
        __tracebackhide__ = True
        self.helm.forget()
        return self.render(case)

    def render_unchecked(self, case: Case) -> Rendering:
        """Render a case without a look at its values: for what tries values that nobody wrote. Raises RenderError."""
        __tracebackhide__ = True
        return self._asked(self.helm.template, case)

    def raw(self, case: Case) -> str:
        """What Helm makes of a case without a look at its values, not read: for comparisons. Raises RenderError."""
        __tracebackhide__ = True
        return self._asked(self.helm.raw, case)

    def _asked(self, ask: Callable[[Case], Answer], case: Case) -> Answer:
        __tracebackhide__ = True
        try:
            with without_secrets(partial(self._redact, case)):
                return ask(case)
        except RenderError as error:
            message = self._redact(case, error.message)
            raise RenderError(message, template=error.template, line=error.line, column=error.column) from None

    def _redact(self, case: Case, text: str) -> str:
        """What Helm says, which may quote a value, of the chart's own defaults, too."""
        return case.over(self.chart.defaults).redact(text)


def open_chart(path: Path | None, kind: Kind = "library") -> Renderer:
    """The renderer of a chart that is opened for it, see `Chart.open`. Raises UsageError."""
    return renderer(kind, Chart.open(path))


def renderer(kind: Kind, chart: Chart) -> Renderer:
    """A renderer for one chart, loaded once. Raises UsageError when it cannot work here."""
    refuse_library_chart(chart)
    refuse_missing_dependencies(chart)
    if kind == "command":
        return Renderer(chart, kind, HelmCommand(chart))
    if kind == "library":
        return Renderer(chart, kind, HelmLibrary(chart))
    raise UsageError(f"--helm {kind}: unknown. Choose library (in this process) or command (the helm CLI).")
