"""Ctrl-C and SIGTERM that cannot get lost.

A signal becomes an exception, so that every ``with`` on the way out stops what it
started. But Python swallows an exception that is raised inside a finaliser or a
callback; a long command therefore also asks, wherever it tells its progress.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

_arrived: int | None = None


def install() -> None:
    """From now on SIGINT raises ``KeyboardInterrupt`` and SIGTERM ``SystemExit``."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _handle)


def check() -> None:
    """Raises again for a signal whose exception was swallowed."""
    if _arrived is not None:
        _raise(_arrived)


def _handle(number: int, frame: FrameType | None) -> None:
    global _arrived  # noqa: PLW0603  # signals belong to the process
    _arrived = number
    _raise(number)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)
