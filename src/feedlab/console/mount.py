"""Where the pages are served: inside the demo's application, or by a process of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from nicegui import ui
from starlette.datastructures import MutableHeaders
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedlab.console.client import ApiClient
from feedlab.console.frame import CONTENT_SECURITY_POLICY, FAVICON, STATIC, STATIC_PATH
from feedlab.console.pages.compare import add_compare_page
from feedlab.console.pages.feed import add_feed_page
from feedlab.console.pages.login import add_login_page
from feedlab.console.pages.missing import add_missing_page
from feedlab.console.proxy import add_proxy

#: Paths that are the API's: what it has no route for is its own error, not a page.
_OF_THE_API: Final = ("/api/", "/avatars/", "/healthz", "/readyz", "/openapi.json")


def mount_console(app: FastAPI) -> None:
    """Puts the pages beside the API, in one application; once a process.

    Args:
        app: the API's, before it is served.
    """
    _add_pages(app, ApiClient.inside(app))


def run_console(api: str, *, host: str, port: int) -> None:
    """Serves the pages over an API that runs elsewhere, until Ctrl-C.

    Args:
        api: where the API is, ``http://host:port``.
        host: address to listen on.
        port: where to listen.

    Raises:
        InvalidInput: ``api`` is no address.
    """
    import typer
    import uvicorn

    client = ApiClient(api)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.close()

    app = FastAPI(title="feedlab console", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    add_proxy(app, client)
    _add_pages(app, client)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"the console listens on http://{shown}:{port}, over {api} (Ctrl-C stops it)", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=3)


def _add_pages(app: FastAPI, api: ApiClient) -> None:
    @app.get("/", include_in_schema=False)
    async def start() -> Response:
        return RedirectResponse("/feed", 303)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return Response(FAVICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    app.mount(STATIC_PATH, StaticFiles(directory=STATIC))
    add_login_page(api)
    add_feed_page(api)
    add_compare_page(api)
    add_missing_page()
    ui.run_with(
        app,
        title="feedlab",
        favicon=FAVICON,
        language="en-US",
        dark=False,
        tailwind=False,
        show_welcome_message=False,
    )
    # NiceGUI takes every path that is left; these stay with the API.
    app.router.routes[-1] = _Pages("/", _with_headers(app.router.routes[-1].app))  # type: ignore[attr-defined]


class _Pages(Mount):
    """All paths but those of the API."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope.get("path", "").startswith(_OF_THE_API):
            return Match.NONE, {}
        return super().matches(scope)


def _with_headers(pages: ASGIApp) -> ASGIApp:
    """The pages, each with the headers that keep it to itself."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await pages(scope, receive, send_with)

    return served
