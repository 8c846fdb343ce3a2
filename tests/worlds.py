"""Worlds that several tests look at; each is made once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from feedlab.world.activity.posting import DAY_MINUTES, Posts
from feedlab.world.world import World


@cache
def world(seed: str = "tests", people: int = 60, days: int = 9) -> World:
    """A world, made once. Sixty people are one shard; three hundred are two."""
    return World(seed, people=people, days=days)


def town() -> World:
    """A world that is large enough for statistics: 400 people, 21 days."""
    return world("town", 400, 21)


def written(made: World) -> Posts:
    """The posts that are written by the end of the last day, in the order of the table."""
    return made.all_posts.take(made.all_posts.minute < made.spec.days * DAY_MINUTES)


def rows_of(values: pa.ChunkedArray, ids: pa.ChunkedArray) -> np.ndarray:
    """Where each value stands among the ids."""
    return pc.index_in(values.combine_chunks(), ids.combine_chunks()).to_numpy()


def plain(table: pa.Table | pa.RecordBatch) -> pa.Table:
    """The same rows without dictionaries and in one chunk, so that tables can be compared."""
    whole = pa.table(table) if isinstance(table, pa.Table) else pa.Table.from_batches([table])
    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in whole.columns
    ]
    return pa.table(columns, names=whole.column_names).combine_chunks()
