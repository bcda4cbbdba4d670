"""Ctrl-C and its kin: they end the run, but not the removal of what the run made."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    _Handler = Callable[[int, FrameType | None], object] | int | None

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """Somebody wants the run to end."""


class Interruption:
    """Handles signals while active: the first one raises Interrupted where that is allowed, all are counted."""

    # The active one: signals belong to the process.
    current: Interruption | None = None

    def __init__(self, announce: Callable[[], None] = lambda: None) -> None:
        """`announce` is called, within the signal handler, before the first signal raises."""
        self.count = 0
        self._announce = announce
        self._allowed = False
        self._deferred = False
        self._on_more: Callable[[int], None] = lambda _: None
        self._before: dict[signal.Signals, _Handler] = {}

    def __enter__(self) -> Self:
        Interruption.current = self
        for name in _SIGNALS:
            if name == signal.SIGHUP and signal.getsignal(name) == signal.SIG_IGN:
                continue  # under nohup the end of the terminal is not our end
            self._before[name] = signal.signal(name, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for name, handler in self._before.items():
            signal.signal(name, handler if handler is not None else signal.SIG_DFL)
        Interruption.current = None

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """In this block the first signal raises Interrupted; outside of it none does."""
        self._allowed = True
        try:
            yield
        finally:
            self._allowed = False

    @contextmanager
    def shield(self, on_more: Callable[[int], None]) -> Iterator[None]:
        """Signals do not raise in this block; `on_more` is called with their number since then, and may raise."""
        before, start = (self._allowed, self._on_more), self.count
        self._allowed, self._on_more = False, lambda count: on_more(count - start)
        try:
            yield
        finally:
            self._allowed, self._on_more = before

    @contextmanager
    def defer(self) -> Iterator[None]:
        """Signals that come in this block act at its end."""
        before, self._deferred = self.count, True
        try:
            yield
        finally:
            self._deferred = False
        if self.count > before:
            self._react()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.count += 1
        if not self._deferred:
            self._react()

    def _react(self) -> None:
        if self._allowed:
            self._allowed = False
            self._announce()
            raise Interrupted
        self._on_more(self.count)


@contextmanager
def deferred() -> Iterator[None]:
    """Signals wait for the end of this block: something is made in it, and noted to have been made."""
    if Interruption.current is None:
        yield
    else:
        with Interruption.current.defer():
            yield
