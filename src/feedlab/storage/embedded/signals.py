"""Signals that wait until a start or a stop is done.

A ``KeyboardInterrupt`` in the middle of starting or stopping a server would
leave it behind. So SIGINT, SIGTERM and SIGHUP are only noted for that short
while, what is being started is given up, and then the signal goes to whoever
handled it before.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Deferred:
    """What arrived meanwhile, and the event that says that it is time to give up."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.give_up = threading.Event()


@contextmanager
def deferred_signals() -> Iterator[Deferred]:
    """Hold signals back inside the block; deliver the first one after it.

    Python delivers signals to the main thread alone, so in any other thread
    nothing has to be held back.
    """
    deferred = Deferred()
    if threading.current_thread() is not threading.main_thread():
        yield deferred
        return

    def note(number: int, _frame: FrameType | None) -> None:
        deferred.arrived.append(number)
        deferred.give_up.set()

    before: dict[int, object] = {}
    try:
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            # None: installed from C, could not be put back. SIG_IGN (nohup): stays ignored.
            if handler is not None and handler is not signal.SIG_IGN:
                before[number] = handler
                signal.signal(number, note)
        yield deferred
    finally:
        # SIGINT comes back last: until then no KeyboardInterrupt can break this loop.
        for held in reversed(before):
            signal.signal(held, before[held])  # type: ignore[arg-type]
        if deferred.arrived:
            signal.raise_signal(deferred.arrived[0])
