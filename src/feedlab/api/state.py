"""What the routes share: pools, services and the clock of one server."""

from __future__ import annotations

import asyncio
from typing import Annotated, Self

from fastapi import Depends, Request

from feedlab.clock import Clock
from feedlab.services.accounts import Account, Sessions
from feedlab.services.lab import Lab
from feedlab.services.serve_feed import FeedService
from feedlab.storage.cache import Cache
from feedlab.storage.postgres.connect import open_pool
from feedlab.world.world import World

COOKIE = "feedlab_session"


class State:
    """Opened when the server starts, closed when it stops."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        settings = lab.settings
        self.cache = Cache(lab.cache_url, ttl=settings.feed.cache_ttl, timeout=settings.feed.cache_timeout)
        self.pool = open_pool(
            lab.database_url, size=settings.database_connections, timeout=settings.database_timeout
        )
        self.clock: Clock = lab.clock()
        self.feeds = FeedService(self.pool, self.cache, self.clock, settings.feed)
        self.sessions = Sessions(
            self.pool,
            lab.home.session_key(),
            max_age=settings.session.max_age,
            password_checks=settings.session.password_checks,
            synthetic_login=settings.synthetic_login,
        )
        self._world: World | None = None

    async def world(self) -> World:
        """The world that is in the database now, for the truth about it; made again when it was replaced."""
        spec = await asyncio.to_thread(self.lab.world_spec)
        if self._world is None or self._world.spec != spec:
            self._world = World(spec)
        return self._world

    async def __aenter__(self) -> Self:
        await self.pool.open(wait=False)  # a database that comes later is waited for by each request
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pool.close()
        await self.cache.close()


def state_of(request: Request) -> State:
    return request.app.state.lab


def token_of(request: Request) -> str | None:
    """The session token of a request: a bearer's, or else the cookie's."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE)


async def signed_in(request: Request) -> Account:
    return await state_of(request).sessions.account_of(token_of(request))


Lab_ = Annotated[State, Depends(state_of)]
SignedIn = Annotated[Account, Depends(signed_in)]
