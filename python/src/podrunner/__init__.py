"""GitLab Runner whose jobs run `podman build` without root: renders, checks and smokes the chart.

    from podrunner import Case, Chart, check_case, renderer

    case = Case("team-a").with_file("values/team-a.yaml").with_settings(["podman.run=true"])
    result = check_case(case)
    rendering = renderer("library", Chart.open()).render(case)

The names below are for use in your own code. All other modules are private: they change without notice.
"""

import importlib as _importlib
import typing as _typing

__version__ = "0.1.0"

__all__ = [
    "Case",
    "Chart",
    "Diagnosis",
    "Finding",
    "FindingsError",
    "MatrixError",
    "PodrunnerError",
    "RenderError",
    "Renderer",
    "Rendering",
    "Result",
    "Rule",
    "Severity",
    "UsageError",
    "ValuesError",
    "__version__",
    "check_case",
    "explain_log",
    "find",
    "find_all",
    "items",
    "quantity",
    "renderer",
    "same",
]

if _typing.TYPE_CHECKING:
    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart
    from podrunner.check.checker import check_case
    from podrunner.check.result import Result
    from podrunner.explain.diagnosis import Diagnosis
    from podrunner.explain.diagnosis import explain as explain_log
    from podrunner.findings.errors import (
        FindingsError,
        MatrixError,
        PodrunnerError,
        RenderError,
        UsageError,
        ValuesError,
    )
    from podrunner.findings.finding import Finding
    from podrunner.findings.rules.rule import Rule
    from podrunner.findings.severity import Severity
    from podrunner.helm.renderer import Renderer, renderer
    from podrunner.manifests.quantity import read_quantity as quantity
    from podrunner.manifests.rendering import Rendering
    from podrunner.manifests.selector import find, find_all, items, same

# Name → (module, name there). Loaded when a name is first asked for: importing the package costs nothing.
_PLACES = {
    "Case": ("podrunner.cases.case", "Case"),
    "Chart": ("podrunner.chart.chart", "Chart"),
    "Diagnosis": ("podrunner.explain.diagnosis", "Diagnosis"),
    "Finding": ("podrunner.findings.finding", "Finding"),
    "FindingsError": ("podrunner.findings.errors", "FindingsError"),
    "MatrixError": ("podrunner.findings.errors", "MatrixError"),
    "PodrunnerError": ("podrunner.findings.errors", "PodrunnerError"),
    "RenderError": ("podrunner.findings.errors", "RenderError"),
    "Renderer": ("podrunner.helm.renderer", "Renderer"),
    "Rendering": ("podrunner.manifests.rendering", "Rendering"),
    "Result": ("podrunner.check.result", "Result"),
    "Rule": ("podrunner.findings.rules.rule", "Rule"),
    "Severity": ("podrunner.findings.severity", "Severity"),
    "UsageError": ("podrunner.findings.errors", "UsageError"),
    "ValuesError": ("podrunner.findings.errors", "ValuesError"),
    "check_case": ("podrunner.check.checker", "check_case"),
    "explain_log": ("podrunner.explain.diagnosis", "explain"),
    "find": ("podrunner.manifests.selector", "find"),
    "find_all": ("podrunner.manifests.selector", "find_all"),
    "items": ("podrunner.manifests.selector", "items"),
    "quantity": ("podrunner.manifests.quantity", "read_quantity"),
    "renderer": ("podrunner.helm.renderer", "renderer"),
    "same": ("podrunner.manifests.selector", "same"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found: object = getattr(_importlib.import_module(module), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)
