"""The application: routes, errors, and what lives as long as the server does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from feedlab import __version__
from feedlab.api.errors import ERROR_RESPONSES, install_error_handlers
from feedlab.api.routes import auth, avatars, compare, feeds, health, posts, track
from feedlab.api.state import State
from feedlab.services.lab import Lab

_DESCRIPTION = """
Feeds of a synthetic social network.

Sign in with `POST /api/auth/login`; the session is a cookie, or the returned token as
`Authorization: Bearer …`. Errors are `{"error": code, "message": sentence, "field": name or null}`.
"""


def create_app(lab: Lab) -> FastAPI:
    """The API over a laboratory whose servers run."""
    state = State(lab)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with state:
            yield

    # The documentation page would load from another host; the description itself does not.
    app = FastAPI(
        title="feedlab",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=ERROR_RESPONSES,
    )
    app.state.lab = state
    install_error_handlers(app)
    for module in (feeds, track, posts, auth, compare, avatars, health):
        app.include_router(module.router)
    return app
