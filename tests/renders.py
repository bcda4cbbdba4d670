"""Values rendered as they are, whatever the chart's schema says: for tests of what Helm makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podrunner.cases.case import Case
from podrunner.formats.placed import Values
from podrunner.helm.renderer import Renderer
from podrunner.manifests.rendering import Rendering


def render_values(renderer: Renderer, values: Mapping[str, Any], **said: Any) -> Rendering:
    """A rendering of values over the chart's defaults. `said` is what the case says: release, kube_version, ..."""
    said["api_versions"] = tuple(said.get("api_versions", ()))
    return renderer.render_unchecked(Case("the test", (Values(dict(values), "the test"),), **said))
