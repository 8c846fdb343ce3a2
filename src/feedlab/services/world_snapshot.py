"""A snapshot of a world without a database: for notebooks and tests."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from feedlab.recommend.snapshot import Snapshot
from feedlab.world.world import World


def snapshot_of(world: World, *, lookback_days: int = 30) -> Snapshot:
    """What a recommender may know of a world at the end of its last day.

    Args:
        world: any world.
        lookback_days: for how long an interaction says something about taste.

    Example:
        >>> snapshot = snapshot_of(World("docs", people=25, days=2))
        >>> len(snapshot.user_ids)
        28
    """
    subjects, interests = world.table("interest_subjects"), world.table("user_interests")
    row = pc.index_in(interests["interest_id"], value_set=subjects["id"].combine_chunks())
    topic = subjects["name"].combine_chunks().take(row.combine_chunks())
    return Snapshot.from_arrow(
        users=world.users(),
        interests=pa.table(
            {"user_id": interests["user_id"], "topic": topic, "strength": interests["strength"]}
        ),
        posts=world.posts(),
        interactions=world.interactions(),
        now=world.spec.end,
        lookback_days=lookback_days,
    )
