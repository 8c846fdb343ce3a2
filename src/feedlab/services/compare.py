"""Compare: the feeds of the two test accounts side by side, with what the truth says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from psycopg_pool import AsyncConnectionPool

from feedlab.clock import Clock
from feedlab.errors import NotFound
from feedlab.services.accounts import EMAILS, Account
from feedlab.services.serve_feed import FeedService
from feedlab.services.truth import Truth
from feedlab.world.world import World

_ACCOUNT = """
SELECT u.id, u.username, u.display_name, u.email, u.avatar_url, u.role, u.experiment_group,
       coalesce((SELECT array_agg(s.name ORDER BY i.position) FROM user_interests i
                 JOIN interest_subjects s ON s.id = i.interest_id WHERE i.user_id = u.id), '{}')
FROM users u WHERE u.email = %s
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One account's feed and how good it is.

    Attributes:
        match_share: of posts on one of the person's interests.
        expected_like_rate: the mean true P(like | viewed) of these posts.
    """

    account: Account
    interests: list[str]
    source: str
    posts: list[dict[str, Any]]
    match_share: float
    expected_like_rate: float

    def to_json(self) -> dict[str, Any]:
        return {
            "account": self.account.to_json(),
            "interests": self.interests,
            "source": self.source,
            "matchShare": self.match_share,
            "expectedLikeRate": self.expected_like_rate,
            "posts": self.posts,
        }


async def compare_feeds(
    pool: AsyncConnectionPool, feeds: FeedService, clock: Clock, world: World, *, limit: int = 20
) -> dict[str, Column]:
    """The first posts of both accounts' feeds; each post says whether it ``matches`` and its true ``likeRate``."""
    return {
        name: await _column(pool, feeds, clock, world, EMAILS[name], limit)
        for name in ("control", "treatment")
    }


async def _column(
    pool: AsyncConnectionPool, feeds: FeedService, clock: Clock, world: World, email: str, limit: int
) -> Column:
    async with pool.connection() as connection:
        row = await (await connection.execute(_ACCOUNT, [email])).fetchone()
    if row is None:
        raise NotFound(f"there is no account {email}; `feedlab demo` makes it")
    account, interests = Account(*row[:-1]), row[-1]
    page = await feeds.preview(account, limit)
    ids = pa.array([_bytes(post["id"]) for post in page.posts], pa.binary(16))
    truth = Truth(world, pa.array([account.id.bytes], pa.binary(16)), ids, clock.now())
    rates = truth.like_rates(np.array([0]))[0]
    posts = [
        {**post, "matches": post["topic"] in interests, "likeRate": float(rate)}
        for post, rate in zip(page.posts, rates, strict=True)
    ]
    return Column(
        account=account,
        interests=interests,
        source=page.slate.source,
        posts=posts,
        match_share=sum(p["matches"] for p in posts) / max(len(posts), 1),
        expected_like_rate=float(rates.mean()) if posts else 0.0,
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))
