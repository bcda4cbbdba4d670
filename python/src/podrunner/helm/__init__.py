"""Helm: a chart and values in, a rendering out. In this process, or by the `helm` command."""

from pathlib import Path
from typing import Literal

from podrunner.errors import RenderError, UsageError
from podrunner.helm.rendering import Document, Renderer, Rendering

Kind = Literal["library", "command"]
KINDS: tuple[Kind, ...] = ("library", "command")

__all__ = ["KINDS", "Document", "Kind", "RenderError", "Renderer", "Rendering", "renderer"]


def renderer(kind: Kind, chart: Path) -> Renderer:
    """A renderer for one chart, loaded once. Raises UsageError when it cannot work here."""
    from podrunner.helm.dependencies import refuse_library_chart, refuse_missing_dependencies

    refuse_library_chart(chart)
    refuse_missing_dependencies(chart)
    if kind == "command":
        from podrunner.helm.command import CommandRenderer

        return CommandRenderer(chart)
    if kind == "library":
        from podrunner.helm.library import LibraryRenderer

        return LibraryRenderer(chart)
    raise UsageError(f"--helm {kind}: unknown. Choose library (in this process) or command (the helm CLI).")
