"""One use of a home's servers, from its first lock to its last: whatever happens, nothing is left behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from feedlab.errors import Conflict, EmbeddedServerError
from feedlab.storage.embedded.home import Home, prepare
from feedlab.storage.embedded.lease import Lease
from feedlab.storage.embedded.postgres import Postgres
from feedlab.storage.embedded.server import GaveUp, Server
from feedlab.storage.embedded.signals import deferred_signals
from feedlab.storage.embedded.valkey import Valkey


@dataclass(frozen=True, slots=True)
class Servers:
    """Where to connect; None for what was not asked for.

    Attributes:
        database_url: ``postgresql://…``, for psycopg and SQLAlchemy. It holds the password.
        cache_url: ``unix://…``, for Valkey's and Redis' clients.
    """

    database_url: str | None
    cache_url: str | None


class Session:
    """One use of the servers of a home."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = os.getpid()
        self._lease: Lease | None = None
        self._home: Home | None = None
        self._servers: list[Server] = []

    def open(self, *, postgres: bool, valkey: bool, on_step: Callable[[str], None]) -> Servers:
        """Start what is wanted and does not run yet. The arguments are those of :func:`running`."""
        with deferred_signals() as signals:
            try:
                with _plain_words(self._folder):
                    self._folder = prepare(self._folder)
                    self._lease = lease = Lease(self._folder)
                waiting = "waiting for another process that starts or stops the servers"
                with lease.starting(signals.give_up, lambda: on_step(waiting)) as our_turn:
                    if our_turn:
                        self._start(postgres, valkey, on_step, signals.give_up)
            except BaseException:
                self.close()
                raise
            # Before the signal is delivered: it may end the process on the spot.
            if signals.arrived:
                self.close()
        if signals.arrived:
            raise EmbeddedServerError("a signal interrupted the start of the servers; they are stopped again")
        return self._addresses(postgres, valkey)

    def _start(
        self, postgres: bool, valkey: bool, on_step: Callable[[str], None], give_up: threading.Event
    ) -> None:
        assert self._lease is not None
        with _plain_words(self._folder):
            self._home = home = Home.open(self._folder)
        self._lease.take()
        database, cache = Postgres(home), Valkey(home)
        self._servers = [database, cache]
        wanted: list[Server] = [*([database] if postgres else []), *([cache] if valkey else [])]
        if postgres and database.is_new:
            on_step("making an empty PostgreSQL database")
        if new := [server.name for server in wanted if server.find() is None]:
            on_step(f"starting {' and '.join(new)}")
        with _plain_words(self._folder):
            _start_together(wanted, give_up)

    def _addresses(self, postgres: bool, valkey: bool) -> Servers:
        database, cache = self._servers
        return Servers(database.url if postgres else None, cache.url if valkey else None)

    def close(self) -> None:
        """Give the lease back, and stop the servers when nobody else uses them. Again does no harm."""
        if os.getpid() != self._process:
            return  # A forked child: the use is its parent's.
        with deferred_signals():
            lease, self._lease = self._lease, None
            if lease is None:
                return
            try:
                with lease.starting():
                    if self._home is not None and lease.is_last():
                        _stop_together(self._home, self._servers)
            finally:
                lease.close()


def stop(home: Path) -> list[str]:
    """End the servers of a home that nobody uses, as a killed process leaves them.

    Returns:
        The names of those that were stopped.

    Raises:
        Conflict: a process uses them.
        EmbeddedServerError: the home cannot be used.
    """
    if not (home / "home.json").exists():
        return []
    with deferred_signals(), _plain_words(home):
        folder = prepare(home)
        lease = Lease(folder)
        try:
            with lease.starting():
                if not lease.is_last():
                    raise Conflict(
                        f"other processes use the servers of {folder}; the servers end with the last of them"
                    )
                opened = Home.open(folder)
                return _stop_together(opened, [Postgres(opened), Valkey(opened)])
        finally:
            lease.close()


def _start_together(servers: Sequence[Server], give_up: threading.Event) -> None:
    errors: list[BaseException] = []

    def start(server: Server) -> None:
        try:
            server.start(give_up)
        except GaveUp:
            pass
        except BaseException as error:  # noqa: BLE001  # raised in the thread that waits
            errors.append(error)
            give_up.set()

    threads = [
        threading.Thread(target=start, args=(server,), name=f"start of {server.name}") for server in servers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _stop_together(home: Home, servers: Sequence[Server]) -> list[str]:
    asked = [server.name for server in servers if server.signal_end()]
    for server in servers:
        server.stop()
    home.leave()
    return asked


@contextmanager
def _plain_words(folder: Path) -> Iterator[None]:
    """Whatever the file system says becomes an error that names the home."""
    try:
        yield
    except OSError as error:
        raise EmbeddedServerError(
            f"the home {folder} cannot be used: {error.strerror or error} ({error.filename or folder}); "
            "make room or change the permissions, or name another home"
        ) from error
