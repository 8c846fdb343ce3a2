"""The cache: recommendations of a person, ready to serve. It may vanish at any moment.

A cache that is slow, gone or holds garbage is a miss, never an error: whoever
reads goes on to the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import valkey
import valkey.asyncio
from valkey.exceptions import ValkeyError

_VERSION = 1
_GONE = (ValkeyError, OSError, TimeoutError)


def key_of(user_id: UUID | str) -> str:
    """Where the recommendations of a person stand."""
    return f"recommendations:{user_id}"


class Cache:
    """Recommendations by person, in Valkey or Redis.

    Args:
        url: ``unix:///path`` or ``redis://host:port/0``.
        ttl: seconds that an entry stays.
        timeout: seconds to wait before doing without.
    """

    def __init__(self, url: str, *, ttl: int, timeout: float) -> None:
        self.ttl = ttl
        self._client = valkey.asyncio.from_url(
            url, socket_timeout=timeout, socket_connect_timeout=timeout, retry_on_timeout=False
        )

    async def get(self, user_id: UUID, now: datetime) -> list[UUID] | None:
        """The recommended posts, best first; ``None`` when the cache cannot say.

        Args:
            user_id: whose.
            now: lab time; what has expired by then is not there.
        """
        try:
            found = await self._client.get(key_of(user_id))
            if found is None:
                return None
            entry = json.loads(found)
            if entry["version"] != _VERSION or datetime.fromisoformat(entry["expires"]) <= now:
                return None
            return [UUID(post) for post in entry["posts"]]
        except (*_GONE, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    async def put(self, user_id: UUID, posts: Iterable[UUID], expires: datetime) -> bool:
        """Keeps recommendations, until they expire in lab time; returns whether the cache took them."""
        try:
            await self._client.set(key_of(user_id), _encode(posts, expires), ex=self.ttl)
            return True
        except _GONE:
            return False

    async def answers(self) -> bool:
        """Whether the server is there."""
        try:
            return bool(await self._client.ping())
        except _GONE:
            return False

    async def close(self) -> None:
        await self._client.aclose()


def forget_recommendations(url: str, *, timeout: float = 2.0) -> int:
    """Removes every person's entry, after a build; returns how many there were, 0 when the cache is gone."""
    try:
        with valkey.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout) as client:
            removed = 0
            batch: list[bytes] = []
            for key in client.scan_iter(match=key_of("*"), count=1000):
                batch.append(key)
                if len(batch) == 1000:
                    removed += client.unlink(*batch)
                    batch = []
            return removed + (client.unlink(*batch) if batch else 0)
    except _GONE:
        return 0


def _encode(posts: Iterable[UUID], expires: datetime) -> bytes:
    entry = {"version": _VERSION, "expires": expires.isoformat(), "posts": [str(post) for post in posts]}
    return json.dumps(entry).encode()
