"""Ctrl-C and its kin: they end the run, but not the removal of what the run made."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], object] | int | None


class Interrupted(KeyboardInterrupt):
    """Somebody wants the run to end."""


class Interruption:
    """While active, the first signal raises Interrupted wherever the main thread is; later ones are counted."""

    def __init__(self) -> None:
        self.count = 0
        self._shielded = False
        self._on_more: Callable[[int], None] = lambda _: None
        self._before: dict[signal.Signals, _Handler] = {}

    def __enter__(self) -> Self:
        for name in _SIGNALS:
            self._before[name] = signal.signal(name, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for name, handler in self._before.items():
            signal.signal(name, handler if handler is not None else signal.SIG_DFL)

    @contextmanager
    def shield(self, on_more: Callable[[int], None]) -> Iterator[None]:
        """Signals do not raise in this block; `on_more` is called with their number so far, and may raise."""
        self._shielded, self._on_more = True, on_more
        try:
            yield
        finally:
            self._shielded = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.count += 1
        if self._shielded:
            self._on_more(self.count)
        elif self.count == 1:
            raise Interrupted
