"""Cases checked in several processes: two threads in Helm's library are hardly faster than one."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from podrunner.check.result import Result
from podrunner.check.warm_up import warm_up
from podrunner.output.terminal import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future, ProcessPoolExecutor

    from podrunner.cases.case import Case
    from podrunner.check.checker import Checker
    from podrunner.findings.finding import Finding
    from podrunner.helm.renderer import Kind
    from podrunner.manifests.rendering import Rendering

    _Found: TypeAlias = tuple[tuple[Finding, ...], Rendering | None, bool, str]

# Each process loads Helm and the chart first, which takes as long as this many cases.
_WORTH_IT = 25
# Each process takes 100 to 150 MB: so many unless more are asked for.
_UNASKED = 4


@dataclass(frozen=True, slots=True)
class _Worker:
    """What a process checks with. Most reports need findings only, and a rendering is long."""

    checker: Checker
    keeps: bool

    def check(self, cases: list[Case]) -> list[_Found]:
        results = [self.checker.check(case) for case in cases]
        return [(one.findings, one.rendering if self.keeps else None, one.is_whole, one.job_pods) for one in results]


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
    # This process has read the chart and is one of them.
    with ProcessPoolExecutor(jobs - 1, mp_context=context, initializer=_begin, initargs=arguments) as pool:
        try:
            return _in_order(pool, _Worker(checker, keep_renderings), cases, jobs, quiet=quiet)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _processors() -> int:
    # A container is often allowed fewer than the machine has; only Linux can say.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, _UNASKED)


def _in_order(
    pool: ProcessPoolExecutor, here: _Worker, cases: Sequence[Case], jobs: int, *, quiet: bool
) -> list[Result]:
    size = max(1, len(cases) // (jobs * 16))
    chunks = [list(cases[start : start + size]) for start in range(0, len(cases), size)]
    found = ((number, share, one) for number, share in _shares(pool, here, chunks, jobs - 1) for one in share)
    shares = {number: share for number, share, _ in progress(found, "checking", len(cases), quiet=quiet)}
    in_order = (one for number in range(len(chunks)) for one in shares[number])
    return [
        Result(case, findings, rendering, is_whole=is_whole, job_pods=job_pods)
        for case, (findings, rendering, is_whole, job_pods) in zip(cases, in_order, strict=True)
    ]


def _shares(
    pool: ProcessPoolExecutor, here: _Worker, chunks: Sequence[list[Case]], others: int
) -> Iterator[tuple[int, list[_Found]]]:
    """Each chunk's number and what was found, as they are done: the others always have one waiting, the rest is ours."""
    from concurrent.futures import FIRST_COMPLETED, wait

    left = deque(enumerate(chunks))
    given: dict[Future[list[_Found]], int] = {}
    while left or given:
        while left and len(given) < 2 * others:
            number, chunk = left.popleft()
            given[pool.submit(_check, chunk)] = number
        if left:
            number, chunk = left.popleft()
            yield number, here.check(chunk)
        for done in [one for one in given if one.done()] if left else wait(given, return_when=FIRST_COMPLETED).done:
            yield given.pop(done), done.result()


_OWN: dict[str, _Worker] = {}


def _begin(helm: Kind, checker: bytes, keep_renderings: bool) -> None:
    """`checker` is pickled without what it loaded: its chart is read and loaded again."""
    warm_up(helm)
    import pickle

    _OWN["worker"] = _Worker(pickle.loads(checker), keep_renderings)


def _check(cases: list[Case]) -> list[_Found]:
    return _OWN["worker"].check(cases)
