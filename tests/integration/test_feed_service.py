"""The feed service itself: the cache and what may be wrong with it, lab time, the size of a slate."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
import valkey
from tests.api import Api

from feedlab.clock import WorldClock
from feedlab.services.accounts import Account
from feedlab.services.serve_feed import FeedService, Page
from feedlab.settings import FeedSettings
from feedlab.storage.cache import Cache, forget_recommendations, key_of
from feedlab.storage.postgres.connect import open_pool

T = TypeVar("T")


def account(api: Api, group: str = "treatment", recommend: int = 0) -> Account:
    who, email = api.account(group)
    found = Account(who, email, email, email, "", "test", group)
    if recommend:
        api.recommend(found, api.posts()[:recommend])  # type: ignore[arg-type]
    return found


def serve(
    api: Api,
    work: Callable[[FeedService], Awaitable[T]],
    *,
    cache_url: str | None = None,
    clock: WorldClock | None = None,
    **settings: Any,
) -> T:
    """Does something with a service of its own."""

    async def run() -> T:
        pool = open_pool(api.lab.database_url, size=4, timeout=3.0)
        cache = Cache(cache_url or api.lab.cache_url, ttl=3600, timeout=0.25)
        feed = FeedService(pool, cache, clock or WorldClock(api.now), FeedSettings(**settings))
        await pool.open()
        try:
            return await work(feed)
        finally:
            await pool.close()
            await cache.close()

    return asyncio.run(run())


def page(api: Api, who: Account, **more: Any) -> Page:
    options = {key: more.pop(key) for key in ("cache_url", "clock", "slate_size") if key in more}
    return serve(api, lambda feed: feed.page(who, **more), **options)


def in_cache(api: Api, who: Account) -> Any:
    with valkey.from_url(api.lab.cache_url) as client:
        found = client.get(f"recommendations:{who.id}")
        return None if found is None else (json.loads(found), client.ttl(f"recommendations:{who.id}"))


def put(api: Api, who: Account, value: bytes | str) -> None:
    with valkey.from_url(api.lab.cache_url) as client:
        client.set(key_of(who.id), value)


def entry(api: Api, posts: list[Any], **changes: Any) -> str:
    whole = {
        "version": 1,
        "expires": (api.now + timedelta(hours=1)).isoformat(),
        "posts": [str(p) for p in posts],
    }
    return json.dumps({**whole, **changes})


def ids(found: Page) -> list[UUID]:
    return [UUID(post["id"]) for post in found.posts]


# The cache


def test_what_is_cached_and_for_how_long(api: Api) -> None:
    who = account(api, recommend=5)
    assert in_cache(api, who) is None
    assert page(api, who).slate.source == "db"
    cached, ttl = in_cache(api, who)
    assert [UUID(post) for post in cached["posts"]] == api.posts()[:5]
    assert datetime.fromisoformat(cached["expires"]) == api.now + timedelta(hours=24)
    assert 3590 < ttl <= 3600


def test_the_cache_comes_first(api: Api) -> None:
    who = account(api, recommend=5)
    put(api, who, entry(api, api.posts()[10:13]))
    found = page(api, who)
    assert found.slate.source == "cache"
    assert ids(found) == api.posts()[10:13]


def test_refresh_passes_by_a_poisoned_cache_and_heals_it(api: Api) -> None:
    who = account(api, recommend=5)
    put(api, who, entry(api, api.posts()[10:13]))
    found = page(api, who, refresh=True)
    assert found.slate.source == "db"
    assert ids(found) == api.posts()[:5]
    assert page(api, who).slate.source == "cache"
    assert ids(page(api, who)) == api.posts()[:5]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x00\xff",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"text"',
        b"{}",
        b'{"version": 1}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00+00:00"}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00", "posts": []}',
        b'{"version": 1, "expires": "soon", "posts": []}',
        b'{"version": 1, "expires": 5, "posts": []}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00+00:00", "posts": ["x"]}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00+00:00", "posts": [5]}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00+00:00", "posts": null}',
        b'{"version": 1, "expires": "2100-01-01T00:00:00+00:00", "posts": []}',
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:40]),
)
def test_garbage_is_a_miss(api: Api, garbage: bytes) -> None:
    who = account(api, recommend=3)
    put(api, who, garbage)
    found = page(api, who)
    assert found.slate.source == "db"
    assert ids(found) == api.posts()[:3]
    assert page(api, who).slate.source == "cache"  # and it is healed


def test_another_version_is_a_miss(api: Api) -> None:
    who = account(api, recommend=3)
    put(api, who, entry(api, api.posts()[10:13], version=2))
    assert page(api, who).slate.source == "db"


def test_another_kind_of_value_is_a_miss(api: Api) -> None:
    who = account(api, recommend=3)
    with valkey.from_url(api.lab.cache_url) as client:
        client.rpush(key_of(who.id), "a", "b")
    assert page(api, who).slate.source == "db"


def test_posts_that_are_gone_are_left_out(api: Api) -> None:
    who = account(api, recommend=3)
    kept = api.posts()[10:12]
    put(api, who, entry(api, [uuid4(), kept[0], uuid4(), kept[1]]))
    found = page(api, who)
    assert found.slate.source == "cache"
    assert ids(found) == kept
    assert len(found.slate.posts) == 2


def test_a_cache_with_nothing_left_to_show_is_passed_by(api: Api) -> None:
    who = account(api, recommend=3)
    put(api, who, entry(api, [uuid4(), uuid4()]))
    found = page(api, who)
    assert found.slate.source == "db"
    assert ids(found) == api.posts()[:3]


def test_what_was_seen_is_left_out_of_what_is_cached(api: Api) -> None:
    who = account(api, recommend=3)
    page(api, who)
    api.sql(
        "INSERT INTO user_interactions (id, user_id, post_id, interaction_type) VALUES (%s, %s, %s, 'view')",
        *(uuid4(), who.id, api.posts()[1]),
    )
    found = page(api, who)
    assert found.slate.source == "cache"
    assert ids(found) == [api.posts()[0], api.posts()[2]]


def test_the_control_does_not_look_into_the_cache(api: Api) -> None:
    who = account(api, "control", recommend=3)
    put(api, who, entry(api, api.posts()[:3]))
    found = page(api, who, limit=100)
    assert found.slate.source == "random"
    assert len(found.slate.posts) > 50


@pytest.mark.parametrize("url", ["unix:///nowhere/valkey.sock", "redis://127.0.0.1:1/0"])
def test_without_a_cache(api: Api, url: str) -> None:
    who = account(api, recommend=3)
    for _ in range(2):
        found = page(api, who, cache_url=url)
        assert found.slate.source == "db"
        assert ids(found) == api.posts()[:3]
    assert page(api, account(api), cache_url=url).slate.source == "fallback"
    assert forget_recommendations(url) == 0


def test_a_cache_that_refuses_to_write(api: Api) -> None:
    """As one does that is full, or a replica."""
    who = account(api, recommend=3)
    with valkey.from_url(api.lab.cache_url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)
        try:
            assert page(api, who).slate.source == "db"
        finally:
            client.config_set("maxmemory", "256mb")
            client.config_set("maxmemory-policy", "allkeys-lru")
    assert in_cache(api, who) is None


def test_forgetting_empties_the_cache_of_recommendations_alone(api: Api) -> None:
    people = [account(api, recommend=1) for _ in range(3)]
    for who in people:
        page(api, who)
    with valkey.from_url(api.lab.cache_url) as client:
        client.set("something:else", "1", ex=60)
        client.mset({key_of(uuid4()): b"x" for _ in range(2500)})
        assert forget_recommendations(api.lab.cache_url) >= 2503
        assert client.get("something:else") == b"1"
        assert client.keys(key_of("*")) == []
    assert page(api, people[0]).slate.source == "db"


# Lab time


def test_recommendations_expire_in_lab_time(api: Api) -> None:
    """From the table and from the cache alike, though no hour of this machine has passed."""
    who = account(api, recommend=3)
    clock = WorldClock(api.now)
    assert page(api, who, clock=clock).slate.source == "db"
    clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    assert page(api, who, clock=clock).slate.source == "cache"
    clock.advance(timedelta(microseconds=1))
    assert page(api, who, clock=clock).slate.source == "fallback"


def test_what_expires_first_decides_how_long_the_cache_holds(api: Api) -> None:
    who = account(api)
    api.recommend(who, api.posts()[:2], holds=timedelta(hours=2))  # type: ignore[arg-type]
    api.recommend(who, api.posts()[2:4], holds=timedelta(hours=1))  # type: ignore[arg-type]
    clock = WorldClock(api.now)
    assert set(ids(page(api, who, clock=clock))) == set(api.posts()[:4])
    clock.advance(timedelta(hours=1))
    found = page(api, who, clock=clock)
    assert found.slate.source == "db"
    assert set(ids(found)) == set(api.posts()[:2])


def test_the_future_comes_when_the_clock_does(api: Api) -> None:
    who = account(api, "control")
    late = api.post("written an hour from now", who.id, age=timedelta(hours=-1))
    clock = WorldClock(api.now)
    assert late not in page(api, who, clock=clock).slate.posts
    clock.advance(timedelta(hours=1))
    assert late in page(api, who, clock=clock).slate.posts
    api.sql("DELETE FROM posts WHERE id = %s", late)


# Slates


@pytest.mark.parametrize("group", ["control", "treatment"])
@pytest.mark.parametrize("size", [1, 7])
def test_the_size_of_a_slate(api: Api, group: str, size: int) -> None:
    found = page(api, account(api, group, recommend=20), slate_size=size, limit=50)
    assert len(found.slate.posts) == len(found.posts) == size


def test_a_preview_is_not_kept(api: Api) -> None:
    who = account(api, "control")

    async def read(feed: FeedService) -> tuple[Page, Page, Page]:
        opened = await feed.page(who, limit=5)
        return opened, await feed.preview(who, 5), await feed.page(who, limit=5, offset=5)

    opened, preview, after = serve(api, read)
    assert len(preview.posts) == 5
    assert preview.slate.posts != opened.slate.posts
    assert after.slate.id == opened.slate.id
    assert api.sql("SELECT count(*) FROM feed_slates WHERE user_id = %s", who.id) == [(1,)]


def test_many_open_at_once(api: Api) -> None:
    """More requests than connections: all are answered, none mixed up."""
    people = [account(api, group, recommend=5) for group in ("control", "treatment") * 8]

    async def read(feed: FeedService) -> list[Page]:
        return await asyncio.gather(*(feed.page(who, limit=5) for who in people * 4))

    pages = serve(api, read)
    assert len({found.slate.id for found in pages}) == len(pages)
    for who, found in zip(people * 4, pages):
        [(owner, posts)] = api.sql("SELECT user_id, post_ids FROM feed_slates WHERE id = %s", found.slate.id)
        assert owner == who.id
        assert posts == found.slate.posts
        assert found.slate.source in (("random",) if who.experiment_group == "control" else ("db", "cache"))
