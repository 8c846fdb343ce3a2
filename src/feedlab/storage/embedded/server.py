"""What PostgreSQL and Valkey have in common: found again, started, waited for, ended."""

from __future__ import annotations

import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from feedlab.errors import EmbeddedServerError
from feedlab.storage.embedded.home import Home
from feedlab.storage.embedded.processes import POLL, end, is_ours, last_lines, launch

# Without a word in its log for so long, a server is not coming up any more.
_PATIENCE = 30.0


class GaveUp(Exception):
    """The start was called off, by a signal or because the other server failed."""


class Server(ABC):
    """One server of a home. The hooks know the program; this class keeps it from being left behind.

    Attributes:
        name: as people call it.
        pid: the process that was found or started.
    """

    name: ClassVar[str]
    ways_to_end: ClassVar[Sequence[tuple[signal.Signals, float]]]

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.folder / "logs" / f"{self.name.lower()}.log"
        self.pid: int | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where to connect."""

    @property
    @abstractmethod
    def _mark(self) -> str:
        """A part of the command line that only the server of this home has."""

    @property
    @abstractmethod
    def _pid_file(self) -> Path:
        """Where the server writes its process id, in the first line."""

    @abstractmethod
    def _prepare(self, give_up: threading.Event) -> None:
        """Make what the server needs before it can start."""

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether a client can work with it by now."""

    @property
    def _account(self) -> tuple[int, int] | None:
        """The user and group id that the server runs as; None for ours."""
        return None

    def _environment(self) -> dict[str, str]:
        return {}

    def find(self) -> int | None:
        """The process of this home's server, if it lives."""
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text().split("\n", 1)[0])
            if is_ours(pid, self._mark):
                return pid
        return None

    def start(self, give_up: threading.Event) -> None:
        """Use the server that runs, or start it; returns when it answers.

        Raises:
            EmbeddedServerError: it does not come up; what was started here is ended.
            GaveUp: ``give_up`` was set meanwhile; likewise.
        """
        offset = self.log.stat().st_size if self.log.exists() else 0
        self.pid = self.find()
        # One that is just shutting down ends instead, and makes room for a new one.
        if self.pid is not None and self._await_answer(self.pid, offset, give_up):
            return
        self._prepare(give_up)
        deadline = time.monotonic() + _PATIENCE
        while not self._try_start(offset, give_up):
            if time.monotonic() > deadline:
                raise self._failure(
                    "processes of an earlier one, which was killed, still use its memory", offset
                )
            time.sleep(0.2)

    def _try_start(self, offset: int, give_up: threading.Event) -> bool:
        """False when the remains of a killed server are in the way, which end by themselves."""
        process = launch(
            self._command(),
            self.log,
            account=self._account,
            settings=self._environment(),
        )
        self.pid = process.pid
        try:
            if self._await_answer(process.pid, offset, give_up):
                return True
        except BaseException:
            end(process.pid, self._mark, self.ways_to_end)
            self.pid = None
            raise
        self.pid = None
        if "pre-existing shared memory block" in last_lines(self.log, offset):
            return False
        raise self._failure(f"it ended with code {process.wait(timeout=5.0)}", offset)

    def _await_answer(self, pid: int, offset: int, give_up: threading.Event) -> bool:
        """True when it answers, False when it has ended."""
        said, deadline = offset, time.monotonic() + _PATIENCE
        while not self._answers():
            if give_up.is_set():
                raise GaveUp
            if not is_ours(pid, self._mark):
                return False
            # A long recovery reports its progress in the log.
            size = self.log.stat().st_size if self.log.exists() else 0
            if size > said:
                said, deadline = size, time.monotonic() + _PATIENCE
            if time.monotonic() > deadline:
                raise self._failure(f"its process {pid} does not answer for {_PATIENCE:.0f} s", offset)
            time.sleep(POLL)
        return True

    def signal_end(self) -> bool:
        """Ask it to end, without waiting, so that both end at the same time; True when there is one."""
        if (pid := self._to_end()) is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, self.ways_to_end[0][0])
        return True

    def stop(self) -> None:
        """End it, harder and harder.

        Raises:
            EmbeddedServerError: it is there even after SIGKILL.
        """
        pid = self._to_end()
        if pid is not None and not end(pid, self._mark, self.ways_to_end):
            raise EmbeddedServerError(
                f"{self.name} (process {pid}) cannot be ended; end it by hand: kill -9 {pid}"
            )
        self.pid = None

    def _to_end(self) -> int | None:
        """The process we know, or one that others started since."""
        if self.pid is not None and is_ours(self.pid, self._mark):
            return self.pid
        # Another home may stand in the place of ours by now, with a server of its own.
        return self.find() if self.home.is_still_there else None

    def _failure(self, what: str, offset: int) -> EmbeddedServerError:
        said = last_lines(self.log, offset) or "    (nothing)"
        return EmbeddedServerError(
            f"{self.name} did not start: {what}. Its log {self.log} ends with\n{said}\n"
            "Remove the cause and try again, or use a server of your own."
        )
