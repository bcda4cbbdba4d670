"""The renderer of one chart: Helm in this process or the `helm` command."""

from pathlib import Path
from typing import Literal

from podrunner.findings.errors import UsageError
from podrunner.manifests.rendering import Renderer

Kind = Literal["library", "command"]
KINDS: tuple[Kind, ...] = ("library", "command")


def renderer(kind: Kind, chart: Path) -> Renderer:
    """A renderer for one chart, loaded once. Raises UsageError when it cannot work here."""
    from podrunner.chart.dependencies import refuse_library_chart, refuse_missing_dependencies

    refuse_library_chart(chart)
    refuse_missing_dependencies(chart)
    if kind == "command":
        from podrunner.helm.command import CommandRenderer

        return CommandRenderer(chart)
    if kind == "library":
        from podrunner.helm.library import LibraryRenderer

        return LibraryRenderer(chart)
    raise UsageError(f"--helm {kind}: unknown. Choose library (in this process) or command (the helm CLI).")
