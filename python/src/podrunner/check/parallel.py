"""Cases checked in several processes: two threads in Helm's library are hardly faster than one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from podrunner.check.result import Result
from podrunner.check.warm_up import warm_up
from podrunner.output.terminal import progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import ProcessPoolExecutor

    from podrunner.cases.case import Case
    from podrunner.check.checker import Checker
    from podrunner.findings.finding import Finding
    from podrunner.helm.renderer import Kind
    from podrunner.manifests.rendering import Rendering

# Each process loads Helm and the chart first, which takes as long as this many cases.
_WORTH_IT = 25
# Each process takes 100 to 150 MB: so many unless more are asked for.
_UNASKED = 4


def check_cases(
    checker: Checker,
    cases: Sequence[Case],
    jobs: int | None = None,
    *,
    keep_renderings: bool = True,
    quiet: bool = False,
) -> list[Result]:
    """The results of all cases, in their order. There is a progress bar unless it is to be quiet.

    `jobs` processes work on them, one for each processor when nobody says. With few cases one does it, whatever `jobs`
    says.
    """
    jobs = min(jobs or _processors(), len(cases) // _WORTH_IT)
    if jobs < 2:
        return [checker.check(case) for case in progress(cases, "checking", len(cases), quiet=quiet)]
    # As long as ten renders, and one process needs neither.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Not by fork: Go's runtime, which Helm is made of, does not survive one.
    context = multiprocessing.get_context("spawn")
    # Pickled here: a process begins with what saves it time, and only then reads and loads the chart.
    import pickle

    arguments = (checker.renderer.kind, pickle.dumps(checker), keep_renderings)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=arguments) as pool:
        try:
            return _in_order(pool, cases, jobs, quiet=quiet)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _processors() -> int:
    # A container is often allowed fewer than the machine has; only Linux can say.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, _UNASKED)


def _in_order(pool: ProcessPoolExecutor, cases: Sequence[Case], jobs: int, *, quiet: bool) -> list[Result]:
    size = max(1, len(cases) // (jobs * 16))
    chunks = [list(cases[start : start + size]) for start in range(0, len(cases), size)]
    found = (one for chunk in pool.map(_check, chunks) for one in chunk)
    shown = progress(found, "checking", len(cases), quiet=quiet)
    return [
        Result(case, findings, rendering, is_whole=is_whole, job_pods=job_pods)
        for case, (findings, rendering, is_whole, job_pods) in zip(cases, shown, strict=True)
    ]


_OWN: dict[str, Any] = {}


def _begin(helm: Kind, checker: bytes, keep_renderings: bool) -> None:
    """`checker` is pickled without what it loaded: its chart is read and loaded again."""
    warm_up(helm)
    import pickle

    _OWN["checker"] = pickle.loads(checker)
    _OWN["keeps"] = keep_renderings


def _check(cases: list[Case]) -> list[tuple[tuple[Finding, ...], Rendering | None, bool, str]]:
    checker: Checker = _OWN["checker"]
    results = [checker.check(case) for case in cases]
    # Most reports need findings only, and a rendering is long.
    keeps = _OWN["keeps"]
    return [(one.findings, one.rendering if keeps else None, one.is_whole, one.job_pods) for one in results]
