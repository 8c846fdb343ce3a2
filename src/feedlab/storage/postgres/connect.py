"""Connections to PostgreSQL, and its errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

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


def open_pool(url: str, *, size: int, timeout: float) -> AsyncConnectionPool:
    """A pool for the API, not yet open. Each connection is checked before it is handed out."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        timeout=timeout,
        max_waiting=size * 50,
        reconnect_timeout=timeout,
        check=AsyncConnectionPool.check_connection,
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
