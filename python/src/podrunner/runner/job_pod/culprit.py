"""Which key of a runner, or which of its patches, makes the pods of its jobs what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import value_at
from podrunner.manifests.objects import maps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from podrunner.findings.path import Path

    # Whether something is so of the jobs of a runner.
    Holds = Callable[[Mapping[str, Any]], bool]
    Problems = Callable[[Mapping[str, Any]], list[str]]

_PATCHES: Path = ("kubernetes", "pod_spec")


def culprit(runner: Mapping[str, Any], holds: Holds) -> Path | None:
    """The path in a runner's table without which something would not hold; None where no single one is found.

    Of patches it is the first with which it holds, as a later one may say the same again.
    """
    patches = maps(value_at(runner, _PATCHES))
    if patches and not holds(without_patches(runner)):
        for end in range(1, len(patches) + 1):
            if holds(_with_patches(runner, patches[:end])):
                return (*_PATCHES, end - 1, "patch")
    # One that takes back what another gives.
    for index in range(len(patches)):
        if not holds(_with_patches(runner, [*patches[:index], *patches[index + 1 :]])):
            return (*_PATCHES, index, "patch")
    found = _deepest(runner, (), holds)
    return found if found and found != _PATCHES[:1] else None


def by_culprit(runner: Mapping[str, Any], found: Iterable[str], problems: Problems) -> dict[Path | None, list[str]]:
    """The problems that were `found` of a runner's jobs, by the key or patch that makes each."""
    made: dict[Path | None, list[str]] = {}
    for problem in found:
        path = culprit(runner, lambda one, said=problem: said in problems(one))  # type: ignore[misc]
        made.setdefault(path, []).append(problem)
    return made


def without_patches(runner: Mapping[str, Any]) -> dict[str, Any]:
    """The runner without pod_spec."""
    return _with_patches(runner, []) if "kubernetes" in runner else dict(runner)


def _with_patches(runner: Mapping[str, Any], patches: list[dict[str, Any]]) -> dict[str, Any]:
    return {**runner, "kubernetes": {**runner["kubernetes"], "pod_spec": patches}}


def _deepest(runner: Mapping[str, Any], path: Path, holds: Holds) -> Path | None:
    around: Any = value_at(runner, path)
    for part in around if isinstance(around, dict) else range(len(around)) if isinstance(around, list) else ():
        here = (*path, part)
        if not holds(_without(runner, here)):
            # An item of a list is one thing, though it is none without its name either.
            return here if isinstance(part, int) else _deepest(runner, here, holds) or here
    return None


def _without(data: Any, path: Path) -> Any:
    """A copy without what is at a path that is there."""
    part, *rest = path
    if isinstance(data, list):
        return [
            _without(item, (*rest,)) if number == part else item
            for number, item in enumerate(data)
            if rest or number != part
        ]
    return {
        name: _without(value, (*rest,)) if name == part else value
        for name, value in data.items()
        if rest or name != part
    }
