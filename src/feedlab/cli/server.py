"""A web server in a thread of this process, for as long as a command wants it."""

from __future__ import annotations

import errno
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

from feedlab.cli import interrupts
from feedlab.errors import FeedlabError, InvalidInput, PortInUse

if TYPE_CHECKING:
    from fastapi import FastAPI

    from feedlab.services.lab import Lab

_START_SECONDS = 30.0


def check_port(host: str, port: int) -> None:
    """Refuses a port that somebody listens on, before any work is done for it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As servers do: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(
                    f"port {port} of {host} is in use; choose another with --port", field="port"
                ) from None
            raise InvalidInput(f"cannot listen on {host}:{port}: {error.strerror}", field="port") from None


class Server:
    """Serves the API, and the console's pages when wanted, while it is entered.

    Args:
        lab: what is served.
        console: whether the pages are mounted beside the API.
    """

    def __init__(self, lab: Lab, *, console: bool) -> None:
        self._host, self._port = lab.settings.host, lab.settings.port
        self._app = build_app(lab, console=console)

    @property
    def address(self) -> str:
        """Where it can be reached from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self._host, self._host)  # noqa: S104  # where a wildcard is reached, not bound
        return f"http://{host}:{self._port}"

    def __enter__(self) -> Self:
        import uvicorn

        config = uvicorn.Config(
            self._app,
            host=self._host,
            port=self._port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self._server.should_exit = True
                raise FeedlabError(f"the web server did not start on {self.address}; see above")
            time.sleep(0.01)
        if self._port == 0:
            self._port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def wait(self) -> None:
        """Until Ctrl-C, or the server ends."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.5)
                interrupts.check()
        except KeyboardInterrupt:
            return

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def build_app(lab: Lab, *, console: bool) -> FastAPI:
    """The API, with the console's pages when wanted."""
    from feedlab.api.app import create_app

    app = create_app(lab)
    if console:
        from feedlab.console.mount import mount_console

        mount_console(app)
    return app
