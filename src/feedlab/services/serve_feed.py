"""Serve a feed: open a slate, or read on in one.

A slate is what one opening ranked, without what the person had seen by then. Its
pages are slices of it, so they neither repeat nor skip, whatever happens meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import numpy as np
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from feedlab.clock import Clock
from feedlab.errors import NotFound
from feedlab.recommend.policies.random import fisher_yates
from feedlab.services.accounts import Account
from feedlab.services.ids import new_id
from feedlab.settings import FeedSettings
from feedlab.storage.cache import Cache
from feedlab.streams import Stream, hash64

Source = Literal["random", "cache", "db", "fallback"]

_UNSEEN = """
SELECT p.id, p.content_hash FROM posts p
WHERE p.created_at <= %(now)s
  AND NOT EXISTS (SELECT 1 FROM user_interactions i WHERE i.user_id = %(user)s AND i.post_id = p.id)
"""
_UNSEEN_OF = """
SELECT p.id, p.content_hash FROM unnest(%(posts)s::uuid[]) WITH ORDINALITY AS r (id, place) JOIN posts p USING (id)
WHERE NOT EXISTS (SELECT 1 FROM user_interactions i WHERE i.user_id = %(user)s AND i.post_id = p.id)
ORDER BY r.place
"""
_RECOMMENDED = """
SELECT post_id, expires_at FROM user_recommendations WHERE user_id = %s AND expires_at > %s ORDER BY score DESC, post_id
"""
_POSTS = """
SELECT p.id, p.user_id, p.content, p.media_urls, p.created_at, p.updated_at, p.topic, p.tags,
       u.username, u.display_name, u.avatar_url
FROM posts p JOIN users u ON u.id = p.user_id
"""


@dataclass(frozen=True, slots=True)
class Slate:
    """What one opening ranked."""

    id: UUID
    source: Source
    posts: list[UUID]


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a slate, ready to be sent."""

    slate: Slate
    posts: list[dict[str, Any]]
    limit: int
    offset: int

    def to_json(self) -> dict[str, Any]:
        return {
            "posts": self.posts,
            "metadata": {
                "total": len(self.slate.posts),
                "offset": self.offset,
                "limit": self.limit,
                "source": self.slate.source,
                "slateId": str(self.slate.id),
            },
        }


class FeedService:
    """Feeds of one laboratory.

    Args:
        pool: PostgreSQL.
        cache: recommendations, ready to serve.
        clock: lab time.
        settings: sizes and lifetimes.
    """

    def __init__(self, pool: AsyncConnectionPool, cache: Cache, clock: Clock, settings: FeedSettings) -> None:
        self._pool = pool
        self._cache = cache
        self._clock = clock
        self._settings = settings

    async def page(
        self,
        account: Account,
        *,
        limit: int = 50,
        offset: int = 0,
        refresh: bool = False,
        slate_id: UUID | None = None,
    ) -> Page:
        """One page of a person's feed.

        Args:
            account: whose feed; the experiment group decides how it is ranked.
            limit: posts at most.
            offset: where the page starts; 0 without a slate opens a new one.
            refresh: do without the cache when a slate is opened.
            slate_id: read this slate instead of the last one.

        Raises:
            NotFound: the person has no such slate.
        """
        async with self._pool.connection() as connection:
            slate = None
            if slate_id is not None or offset > 0:
                slate = await _find(connection, account.id, slate_id)
            if slate is None and slate_id is not None:
                raise NotFound(f"there is no slate {slate_id}; open one with offset=0", field="slateId")
            if slate is None:
                slate = await self.open(connection, account, refresh=refresh)
                await _keep(connection, account.id, slate, self._clock.now())
            posts = await _posts_of(connection, slate.posts[offset : offset + limit])
        return Page(slate, posts, limit, offset)

    async def preview(self, account: Account, limit: int) -> Page:
        """The first page that the person would get now; their own reading is left as it is."""
        async with self._pool.connection() as connection:
            slate = await self.open(connection, account)
            return Page(slate, await _posts_of(connection, slate.posts[:limit]), limit, 0)

    async def open(self, connection: AsyncConnection, account: Account, *, refresh: bool = False) -> Slate:
        """Ranks a new slate, without keeping it."""
        if account.experiment_group != "treatment":
            return Slate(new_id(), "random", await self._shuffled(connection, account.id))
        now = self._clock.now()
        cached = None if refresh else await self._cache.get(account.id, now)
        if cached and (posts := await self._unseen(connection, account.id, cached)):
            return Slate(new_id(), "cache", posts)
        rows = await (await connection.execute(_RECOMMENDED, [account.id, now])).fetchall()
        ranked = [post for post, _ in rows]
        if ranked and (posts := await self._unseen(connection, account.id, ranked)):
            await self._cache.put(account.id, ranked, min(expires for _, expires in rows))
            return Slate(new_id(), "db", posts)
        return Slate(new_id(), "fallback", await self._shuffled(connection, account.id))

    async def _unseen(self, connection: AsyncConnection, user_id: UUID, ranked: list[UUID]) -> list[UUID]:
        """What is left of recommendations: posts that still exist and that the person has not met."""
        cursor = await connection.execute(_UNSEEN_OF, {"posts": ranked, "user": user_id})
        return _distinct(await cursor.fetchall())[: self._settings.slate_size]

    async def _shuffled(self, connection: AsyncConnection, user_id: UUID) -> list[UUID]:
        """Every unseen post, shuffled by person and moment."""
        cursor = await connection.execute(_UNSEEN, {"user": user_id, "now": self._clock.now()})
        rows = await cursor.fetchall()
        deck = np.arange(len(rows))[None, :]
        stream = Stream(hash64("feed", str(user_id), time.time_ns()), "shuffle")
        # Twice the slate, so that repeated texts can be left out.
        words = stream.row([0], min(len(rows), 2 * self._settings.slate_size))
        order = fisher_yates(deck, np.array([len(rows)]), words)[0]
        return _distinct([rows[i] for i in order.tolist()])[: self._settings.slate_size]


async def newest(pool: AsyncConnectionPool, now: datetime, limit: int = 50) -> list[dict[str, Any]]:
    """The newest posts of all, newest first."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            _POSTS + "WHERE p.created_at <= %s ORDER BY p.created_at DESC, p.id LIMIT %s", [now, limit]
        )
        return [_post(row) for row in await cursor.fetchall()]


async def _find(connection: AsyncConnection, user_id: UUID, slate_id: UUID | None) -> Slate | None:
    cursor = await connection.execute(
        "SELECT id, source, post_ids FROM feed_slates WHERE user_id = %(user)s "
        "AND (%(slate)s::uuid IS NULL OR id = %(slate)s) ORDER BY opened_at DESC LIMIT 1",
        {"user": user_id, "slate": slate_id},
    )
    row = await cursor.fetchone()
    return Slate(*row) if row else None


async def _keep(connection: AsyncConnection, user_id: UUID, slate: Slate, now: datetime) -> None:
    # A slate that a crash forgets is opened again: not worth waiting for the disk.
    async with connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = off")
        await connection.execute(
            "DELETE FROM feed_slates WHERE user_id = %s AND opened_at < clock_timestamp() - interval '1 day'",
            [user_id],
        )
        await connection.execute(
            "INSERT INTO feed_slates (id, user_id, source, post_ids, lab_time) VALUES (%s, %s, %s, %s, %s)",
            [slate.id, user_id, slate.source, slate.posts, now],
        )


async def _posts_of(connection: AsyncConnection, ids: list[UUID]) -> list[dict[str, Any]]:
    if not ids:
        return []
    cursor = await connection.execute(_POSTS + "WHERE p.id = ANY (%s)", [ids])
    found = {row[0]: _post(row) for row in await cursor.fetchall()}
    return [found[post] for post in ids if post in found]


def _distinct(rows: list[tuple[UUID, int]]) -> list[UUID]:
    """Posts in their order, each text once."""
    first: dict[int, UUID] = {}
    for post, text in rows:
        first.setdefault(text, post)
    return list(first.values())


def _post(row: tuple[Any, ...]) -> dict[str, Any]:
    post, user, content, media, created, updated, topic, tags, username, display_name, avatar = row
    return {
        "id": str(post),
        "userId": str(user),
        "content": content,
        "mediaUrls": media,
        "createdAt": created,
        "updatedAt": updated,
        "topic": topic,
        "tags": tags,
        "user": {"id": str(user), "username": username, "displayName": display_name, "avatarUrl": avatar},
    }
