"""PostgreSQL and Valkey of our own, for whoever has none: started when needed, ended by the last user.

::

    running()   session.py   who stops what, whatever happens meanwhile
    lease.py                 who uses the servers of a home
    home.py                  the folder that holds all they keep
    account.py               started as root: the system user, and where its data goes
    server.py                find, start, wait, end: the same for both
    postgres.py  valkey.py   the two
    processes.py  signals.py
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feedlab.storage.embedded.session import Servers, Session, stop

__all__ = ["Servers", "running", "stop"]


def _silent(_step: str) -> None:
    pass


@contextmanager
def running(
    home: Path, *, postgres: bool = True, valkey: bool = True, on_step: Callable[[str], None] = _silent
) -> Iterator[Servers]:
    """Servers that run inside the block.

    They are shared by all processes that use the same home; the last one that
    leaves stops them. A process that was killed leaves them running: the next
    one uses and stops them, or :func:`stop` does. SIGTERM ends a Python process
    without leaving any block, so a program that wants its servers stopped then
    turns it into ``SystemExit``.

    Args:
        home: the folder for everything that they keep, made when missing.
        postgres: whether PostgreSQL is wanted.
        valkey: whether Valkey is wanted.
        on_step: is told, in this thread, what takes time.

    Yields:
        The addresses to connect to.

    Raises:
        EmbeddedServerError: the home cannot be used, or a server does not start.

    Example::

        with running(Path(".feedlab")) as servers:
            psycopg.connect(servers.database_url)
    """
    session = Session(home)
    # A signal may hit between two lines of this very function.
    atexit.register(session.close)
    try:
        yield session.open(postgres=postgres, valkey=valkey, on_step=on_step)
    finally:
        session.close()
        atexit.unregister(session.close)
