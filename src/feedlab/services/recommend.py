"""Recommend: what the database knows, scored and stored as ``user_recommendations``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.errors import Conflict
from feedlab.recommend.policies import POLICIES, Context, Policy
from feedlab.recommend.policies.hybrid import HybridPolicy
from feedlab.recommend.snapshot import EVENT_WEIGHTS, Snapshot
from feedlab.services.ids import new_ids
from feedlab.services.lab import Lab
from feedlab.storage.cache import forget_recommendations
from feedlab.storage.postgres.connect import connect
from feedlab.storage.postgres.copy import copy_into
from feedlab.storage.postgres.fetch import fetch_fixed

#: People scored at a time: bounds the memory of the dense score matrix.
BATCH = 128
_LOCK = 0x66656564_7265636F  # "feedreco": one build at a time
_EVENTS = tuple(EVENT_WEIGHTS)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """What a build left behind."""

    people: int
    rows: int
    seconds: float
    generated_at: datetime
    expires_at: datetime


def load_snapshot(lab: Lab, now: datetime) -> Snapshot:
    """Everything that the database knows at a moment of lab time."""
    with connect(lab.database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        users = fetch_fixed(connection, "SELECT id FROM users ORDER BY id", {"id": "uuid"})
        interests = _interests(connection)
        posts = _posts(connection)
        interactions = fetch_fixed(
            connection,
            "SELECT user_id, post_id, array_position(%(events)s::text[], interaction_type::text)::int2, created_at "
            "FROM user_interactions",
            {"user_id": "uuid", "post_id": "uuid", "event": "int2", "created_at": "timestamptz"},
            events=list(_EVENTS),
        )
    events = pa.DictionaryArray.from_arrays(
        pa.array(interactions["event"].to_numpy() - 1, pa.int32()), pa.array(_EVENTS)
    )
    return Snapshot.from_arrow(
        users=users,
        interests=interests,
        posts=posts,
        interactions=interactions.drop_columns("event").append_column("interaction_type", events),
        now=now,
        lookback_days=lab.settings.feed.lookback_days,
    )


def build_recommendations(
    lab: Lab, snapshot: Snapshot, policy: HybridPolicy, on_progress: Progress = lambda *_: None
) -> Built:
    """Stores the best posts for everybody, in one transaction, and empties the cache after it.

    Until the commit the old recommendations serve; a build that dies leaves them as they were.

    Args:
        snapshot: what is known.
        policy: fitted on the snapshot.

    Raises:
        Conflict: another build is at work.
    """
    started = time.perf_counter()
    feed = lab.settings.feed
    expires = snapshot.now + feed.expires_after
    people = len(snapshot.user_ids)
    context = Context(snapshot)
    rows = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        for users in in_batches(people):
            slates = policy.slates(context, users, feed.recommendations)
            batch = _rows(snapshot, users, slates, policy.scores(context, users), expires)
            rows += batch.num_rows
            on_progress("recommendations", min(int(users[-1]) + 1, people), people)
            yield batch

    with connect(lab.database_url) as connection:
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]).fetchone()
        if not (row and row[0]):
            raise Conflict("another build of recommendations is at work; wait for it")
        connection.execute("DELETE FROM user_recommendations")
        copy_into(connection, "user_recommendations", batches())
    forget_recommendations(lab.cache_url)
    return Built(people, rows, time.perf_counter() - started, snapshot.now, expires)


def rebuild(lab: Lab, on_progress: Progress = lambda *_: None) -> Built:
    """Snapshot, fit and build in one go: the daily job."""
    snapshot = load_snapshot(lab, lab.clock().now())
    policy = fitted("hybrid", Context(snapshot))
    assert isinstance(policy, HybridPolicy)
    return build_recommendations(lab, snapshot, policy, on_progress)


def fitted(name: str, context: Context) -> Policy:
    """A policy by its name, fitted."""
    policy = POLICIES[name]()
    policy.fit(context)
    return policy


def in_batches(people: int) -> Iterator[NDArray[np.int64]]:
    """Rows of people, a bounded number at a time."""
    for start in range(0, people, BATCH):
        yield np.arange(start, min(start + BATCH, people))


def _rows(
    snapshot: Snapshot,
    users: NDArray[np.int64],
    slates: NDArray[np.int64],
    scores: NDArray[np.float32],
    expires: datetime,
) -> pa.RecordBatch:
    row, place = np.nonzero(slates >= 0)
    post = slates[row, place]
    now = pa.scalar(snapshot.now, pa.timestamp("us", tz="UTC"))
    return pa.RecordBatch.from_pydict(
        {
            "id": new_ids(len(row)),
            "user_id": snapshot.user_ids.take(pa.array(users[row])),
            "post_id": snapshot.post_ids.take(pa.array(post)),
            "score": scores[row, post].astype(np.float64),
            "generated_at": pa.repeat(now, len(row)),
            "expires_at": pa.repeat(pa.scalar(expires, now.type), len(row)),
        }
    )


def _interests(connection: psycopg.Connection) -> pa.Table:
    names = connection.execute("SELECT id, name FROM interest_subjects ORDER BY id").fetchall()
    rows = fetch_fixed(
        connection,
        "SELECT user_id, interest_id, strength FROM user_interests",
        {"user_id": "uuid", "interest_id": "uuid", "strength": "float8"},
    )
    ids = pa.array([i.bytes for i, _ in names], pa.binary(16))
    row = pc.index_in(rows["interest_id"], value_set=ids)
    topic = pa.chunked_array([pa.array([n for _, n in names], pa.string()).take(row.combine_chunks())])
    return rows.drop_columns("interest_id").append_column("topic", topic)


def _posts(connection: psycopg.Connection) -> pa.Table:
    rows = connection.execute(
        "SELECT id, user_id, content, coalesce(topic, ''), tags, created_at FROM posts ORDER BY created_at, id"
    ).fetchall()
    ids, authors, texts, topics, tags, created = zip(*rows, strict=True) if rows else ([],) * 6
    return pa.table(
        {
            "id": pa.array([i.bytes for i in ids], pa.binary(16)),
            "user_id": pa.array([i.bytes for i in authors], pa.binary(16)),
            "content": pa.array(texts, pa.string()),
            "topic": pa.array(topics, pa.string()),
            "tags": pa.array(tags, pa.list_(pa.string())),
            "created_at": pa.array(created, pa.timestamp("us", tz="UTC")),
        }
    )
