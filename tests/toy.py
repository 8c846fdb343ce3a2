"""Small snapshots written by hand, and one of each degenerate kind, for all that is tested on snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from feedlab.recommend.snapshot import EVENT_WEIGHTS, Snapshot

NOW = datetime(2024, 2, 1, tzinfo=UTC)
STAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Post:
    """A post of a toy snapshot; ``author`` is a row of a person, -1 for somebody unknown."""

    text: str = "some words"
    author: int = -1
    topic: str = "food"
    tags: tuple[str, ...] = ()
    age_hours: float = 1.0


def user_id(row: int) -> bytes:
    return b"user" + row.to_bytes(12, "big", signed=True)


def post_id(row: int) -> bytes:
    return b"post" + row.to_bytes(12, "big", signed=True)


def toy(
    people: int,
    posts: Iterable[Post],
    events: Iterable[tuple[int, int, str] | tuple[int, int, str, float]] = (),
    interests: Iterable[tuple[int, str, float]] = (),
    lookback_days: int = 30,
) -> Snapshot:
    """A snapshot; an event is (person, post, type) or (person, post, type, hours ago)."""
    written, declared = list(posts), list(interests)
    happened = [event if len(event) == 4 else (*event, 0.5) for event in events]
    created = [NOW - timedelta(hours=post.age_hours) for post in written]
    return Snapshot.from_arrow(
        users=pa.table({"id": pa.array([user_id(i) for i in range(people)], pa.binary(16))}),
        interests=pa.table(
            {
                "user_id": pa.array([user_id(person) for person, _, _ in declared], pa.binary(16)),
                "topic": pa.array([topic for _, topic, _ in declared], pa.string()),
                "strength": pa.array([strength for _, _, strength in declared], pa.float64()),
            }
        ),
        posts=pa.table(
            {
                "id": pa.array([post_id(i) for i in range(len(written))], pa.binary(16)),
                "user_id": pa.array([user_id(post.author) for post in written], pa.binary(16)),
                "content": pa.array([post.text for post in written], pa.string()),
                "topic": pa.array([post.topic for post in written], pa.string()),
                "tags": pa.array([list(post.tags) for post in written], pa.list_(pa.string())),
                "created_at": pa.array(created, STAMP),
            }
        ),
        interactions=pa.table(
            {
                "user_id": pa.array([user_id(event[0]) for event in happened], pa.binary(16)),
                "post_id": pa.array([post_id(event[1]) for event in happened], pa.binary(16)),
                "interaction_type": pa.array([event[2] for event in happened], pa.string()),
                "created_at": pa.array([NOW - timedelta(hours=event[3]) for event in happened], STAMP),
            }
        ),
        now=NOW,
        lookback_days=lookback_days,
    )


def lively(people: int = 12, posts: int = 150, seed: int = 5) -> Snapshot:
    """People, posts and interactions at random, with equal texts and own posts among them."""
    draw = np.random.default_rng(seed)
    topics = ("food", "travel", "日記")
    written = [
        Post(
            text=f"text number {draw.integers(posts // 2)}",
            author=int(draw.integers(-1, people)),
            topic=topics[int(draw.integers(3))],
            tags=("a", "b")[: int(draw.integers(3))],
            age_hours=float(draw.integers(1, 900)),
        )
        for _ in range(posts)
    ]
    kinds = tuple(EVENT_WEIGHTS)
    events = [
        (int(draw.integers(people)), int(draw.integers(posts)), kinds[int(draw.integers(5))])
        for _ in range(200)
    ]
    return toy(people, written, events, [(i, topics[i % 2], 0.5 + i / 50) for i in range(people - 1)])


def _plain(count: int) -> list[Post]:
    return [Post(f"words of post {i}", author=i % 3, age_hours=i + 1.0) for i in range(count)]


#: One of each kind that something forgets.
SNAPSHOTS = {
    "lively": lively(),
    "no interactions": toy(3, _plain(8), interests=[(0, "food", 1.0)]),
    "no interests": toy(3, _plain(8), [(0, 1, "like"), (1, 1, "view")]),
    "no posts": toy(3, [], interests=[(0, "food", 1.0)]),
    "no people": toy(0, _plain(4)),
    "nothing at all": toy(0, []),
    "one person": toy(1, _plain(8), [(0, 2, "like")]),
    "one post": toy(3, [Post("alone", author=1)], [(0, 0, "view")], [(2, "food", 0.5)]),
    "everything seen": toy(2, _plain(4), [(u, p, "view") for u in range(2) for p in range(4)]),
    "own posts only": toy(1, [Post(f"mine {i}", author=0) for i in range(4)]),
    "one text": toy(2, [Post("the same", age_hours=i + 1.0) for i in range(200)]),
    # Two hundred repetitions stand before the rest by any score of time or of number.
    "many repetitions": toy(
        2,
        [Post("the same", age_hours=1.0 + i / 100) for i in range(200)]
        + [Post(f"another {i}", age_hours=300.0 + i) for i in range(30)],
        [(1, post, "like") for post in range(200)],
    ),
    "all beyond the lookback": toy(3, _plain(8), [(0, 1, "like", 900.0), (1, 2, "share", 900.0)]),
    "no words": toy(2, [Post("🎉", topic="!"), Post("a b", topic="?")], [(0, 1, "like")]),
    "unknown types": toy(2, _plain(5), [(0, 1, "stare"), (1, 2, "like")]),
}
