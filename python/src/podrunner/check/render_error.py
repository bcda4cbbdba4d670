"""What Helm refuses to render, at the value that somebody wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podrunner.findings.finding import Finding
from podrunner.findings.path import dotted, parse_dotted
from podrunner.findings.rules.values import RENDER
from podrunner.values.places import find_layer, locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podrunner.findings.errors import RenderError
    from podrunner.findings.path import Path as Parts
    from podrunner.formats.placed import Values

_DOTTED = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+")
# What Helm says of a dependency that has a schema: `NAME: - at '/port': got string, want integer`.
_IN_DEPENDENCY = re.compile(r"([\w.-]+): - at '/([^']+)'")
# Where a runner has what it does not say itself.
_OF_ALL: dict[str | int, Parts] = {"config": ("jobs", "config"), "podman": ("podman",)}


def place_render_error(error: RenderError, defaults: Values, layers: Sequence[Values]) -> Finding:
    """The finding about the value that the refusal speaks of, where that is written somewhere; else without a place.

    Templates see the settings of a runner, whoever wrote them: the finding names jobs.config where they are from there.
    """
    message = said = error.reason
    place: Parts = ()
    for path in _spoken_of(message):
        at = next((one for one in _names(path, message) if find_layer(layers, one)), None)
        name = _by_who_wrote_it(path, at or path)
        # Of what is spoken of besides, only what is there: advice is about the runner.
        if not place or at == name:
            said = said.replace(dotted(path), dotted(name))
        if not place:
            place = at or (path if find_layer([defaults], path) else ())
    return locate(Finding(RENDER, said, path=dotted(place)), layers, place) if place else Finding(RENDER, said)


def _spoken_of(message: str) -> list[Parts]:
    """Every path of values in a refusal."""
    below = [(name, *path.split("/")) for name, path in _IN_DEPENDENCY.findall(message)]
    return [*map(parse_dotted, _DOTTED.findall(message)), *below]


def _by_who_wrote_it(path: Parts, at: Parts) -> Parts:
    """A path of a runner by the name that all runners' settings have, when `at` is there."""
    of_all = _OF_ALL.get(path[2], ()) if path[0] == "runners" and len(path) > 2 else ()
    return (*of_all, *path[3:]) if of_all and at[: len(of_all)] == of_all else path


def _names(path: Parts, message: str) -> Iterator[Parts]:
    """Paths by which a value may be written: that of a runner or of all; what a key lacks is a mistake of its table."""
    yield path
    if path[0] == "runners" and len(path) > 3 and path[2] in _OF_ALL:
        own, of_all = path[:3], _OF_ALL[path[2]]
        for length in range(len(path), 3, -1):
            yield (*own, *path[3:length])
            yield (*of_all, *path[3:length])
    if path[0] == "podman":
        for name in re.findall(r"\(runners\.([\w-]+)\)", message):
            yield ("runners", name, *path)
