"""Who uses the servers of a home: file locks, which the kernel releases even at ``kill -9``.

``servers.lock`` is held shared by every process that uses the servers; who can
have it alone is the last one. ``starting.lock`` is held by the one process that
is just starting or stopping them.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feedlab.errors import EmbeddedServerError

# Longer than the longest start or stop of somebody else.
_PATIENCE = 90.0
_POLL = 0.02


class Lease:
    """One use of the servers of a home.

    Both files stay open from the beginning to :meth:`close`, so that a lease
    can be given back even when its home was deleted meanwhile.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._starting = os.open(home / "starting.lock", flags, 0o600)
        try:
            self._servers = os.open(home / "servers.lock", flags, 0o600)
        except BaseException:
            os.close(self._starting)
            raise

    @contextmanager
    def starting(
        self, give_up: threading.Event | None = None, on_wait: Callable[[], None] | None = None
    ) -> Iterator[bool]:
        """Be the only one that starts or stops servers of this home; False when told to give up the wait."""
        deadline = time.monotonic() + _PATIENCE
        while not _locked(self._starting, fcntl.LOCK_EX):
            if give_up is not None and give_up.is_set():
                yield False
                return
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"another process has been starting or stopping the servers of {self._home} for "
                    f"{_PATIENCE:.0f} s; end that process, then try again"
                )
            if on_wait is not None:
                on_wait()
                on_wait = None
            time.sleep(_POLL)
        try:
            yield True
        finally:
            fcntl.flock(self._starting, fcntl.LOCK_UN)

    def take(self) -> None:
        """Say that this process uses the servers. Call it inside :meth:`starting`."""
        fcntl.flock(self._servers, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """True when nobody else uses the servers; the lease is lost otherwise. Inside :meth:`starting`."""
        return _locked(self._servers, fcntl.LOCK_EX)

    def close(self) -> None:
        """Give the lease back."""
        # A process forked from this one shares the lock: closing alone would leave it held.
        fcntl.flock(self._servers, fcntl.LOCK_UN)
        os.close(self._servers)
        os.close(self._starting)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
