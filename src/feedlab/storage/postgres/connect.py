"""Connections to PostgreSQL, and its errors in plain words."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from feedlab.errors import DatabaseUnavailable, InvalidInput

_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, TooManyRequests)


def masked(url: str) -> str:
    """A URL that may stand in a message: without its password.

    Example:
        >>> masked("postgresql://me:secret@db/feedlab")
        'postgresql://me:***@db/feedlab'
    """
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turns a lost or refused connection into :class:`DatabaseUnavailable`."""
    try:
        yield
    except _GONE as error:
        reason = str(error).strip().splitlines()
        raise DatabaseUnavailable(
            f"PostgreSQL does not answer at {masked(url)}: {reason[0] if reason else type(error).__name__}. "
            "Start it, or check FEEDLAB_DATABASE_URL."
        ) from error


@contextmanager
def connect(url: str, *, autocommit: bool = False, timeout: float = 5.0) -> Iterator[psycopg.Connection]:
    """One connection for batch work; commits at the end, rolls back on an error."""
    check_url(url)
    with (
        translated(url),
        psycopg.connect(url, autocommit=autocommit, connect_timeout=max(2, round(timeout))) as connection,
    ):
        yield connection


# What the server is given beyond the time of a statement, to say itself that it took too long.
_GRACE = 0.5


class _Pool(AsyncConnectionPool):
    """A pool that gives up on a server that has fallen silent.

    A server that ends closes its connections; one that hangs leaves them open, and
    whoever waits for an answer would wait for ever. A statement that takes too long is
    ended by the server, so that what was given up is not done after all.
    """

    @asynccontextmanager
    async def connection(
        self,
        timeout: float | None = None,  # noqa: ASYNC109  # the pool's own argument
    ) -> AsyncIterator[psycopg.AsyncConnection]:
        async with super().connection(timeout) as connection:
            with _cut_after(connection, self.timeout + _GRACE):
                yield connection


@contextmanager
def _cut_after(connection: psycopg.AsyncConnection, seconds: float) -> Iterator[None]:
    """Breaks the connection when the block takes longer, so that what waits on it fails."""

    def cut() -> None:
        # Not closed: that is for psycopg, which is waiting on it.
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    timer = asyncio.get_running_loop().call_later(seconds, cut)
    try:
        yield
    finally:
        timer.cancel()


def open_pool(url: str, *, size: int, timeout: float) -> AsyncConnectionPool:
    """A pool for the API, not yet open.

    Args:
        url: of the database.
        size: connections at most.
        timeout: seconds to wait for a connection, and then for what is asked over it. Each
            connection is checked before it is handed out.
    """

    async def limit(connection: psycopg.AsyncConnection) -> None:
        with _cut_after(connection, timeout):
            await connection.execute(
                "SELECT set_config('statement_timeout', %s, false)", [f"{timeout * 1000:.0f}ms"]
            )

    async def check(connection: psycopg.AsyncConnection) -> None:
        # In half the time, so that one broken connection leaves time for another.
        with _cut_after(connection, timeout / 2):
            await AsyncConnectionPool.check_connection(connection)

    return _Pool(
        url,
        min_size=1,
        max_size=size,
        timeout=timeout,
        max_waiting=size * 50,
        reconnect_timeout=timeout,
        configure=limit,
        check=check,
        kwargs={"connect_timeout": max(2, round(timeout)), "autocommit": True},
        open=False,
    )


def check_url(url: str) -> None:
    """Refuses what is not the URL of a PostgreSQL database."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise InvalidInput(
            f"{masked(url)!r} is not a database URL; it looks like postgresql://user:password@host:5432/name",
            field="FEEDLAB_DATABASE_URL",
        )
