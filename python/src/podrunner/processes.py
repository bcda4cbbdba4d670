"""Cases checked in several processes: two threads in Helm's library are hardly faster than one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.terminal import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor

    from podrunner.cases import Case
    from podrunner.check import Checker, Result
    from podrunner.helm import Kind

# Each process loads Helm and the chart first, which takes as long as this many cases.
_WORTH_IT = 16


def check_cases(checker: Checker, cases: Sequence[Case], helm: Kind, jobs: int = 1) -> list[Result]:
    """The results of all cases, in their order. With few cases one process does it, whatever `jobs` says."""
    if jobs < 2 or len(cases) < _WORTH_IT:
        return [checker.check(case) for case in progress(cases, "checking")]
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Not by fork: Go's runtime, which Helm is made of, does not survive one.
    context = multiprocessing.get_context("spawn")
    arguments = (checker.chart, helm, checker.runner_version, checker.crds)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=arguments) as pool:
        try:
            return list(_in_order(pool, cases, jobs))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(pool: ProcessPoolExecutor, cases: Sequence[Case], jobs: int) -> Iterator[Result]:
    size = max(1, len(cases) // (jobs * 4))
    chunks = [list(cases[start : start + size]) for start in range(0, len(cases), size)]
    for results in pool.map(_check, chunks):
        yield from results


_OWN: dict[str, Any] = {}


def _begin(chart: Any, helm: Kind, runner_version: str, crds: Any) -> None:
    from podrunner.check import Checker
    from podrunner.helm import renderer

    _OWN["checker"] = Checker(chart, renderer(helm, chart), runner_version, crds)


def _check(cases: list[Case]) -> list[Result]:
    checker: Checker = _OWN["checker"]
    # Reports need findings only, and a rendering is long.
    return [replace(checker.check(case), rendering=None) for case in cases]
