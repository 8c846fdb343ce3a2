"""Snapshot: what is known of people, posts and interactions at one moment, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from feedlab.errors import InvalidInput

#: How much an interaction says about liking, before anything is learned.
EVENT_WEIGHTS: Final = {"view": 0.3, "click": 2.0, "like": 4.0, "share": 6.0, "comment": 5.0}
#: Interactions that are an answer to a post, not only a look at it.
RESPONSES: Final = frozenset(EVENT_WEIGHTS) - {"view"}


@dataclass(frozen=True)
class Snapshot:
    """People, posts and what happened between them, up to ``now``.

    Rows of people are 0 … n-1 and rows of posts 0 … q-1, in the order of the ids.

    Attributes:
        now: the moment, UTC; later interactions and posts are left out.
        user_ids: (n,) Arrow ``binary(16)``.
        post_ids: (q,) Arrow ``binary(16)``.
        author: (q,) row of the author, -1 when unknown.
        topic: (q,) index into ``topics``.
        topics: names of topics.
        text: (q,) Arrow string.
        tags: (q,) Arrow list of strings.
        created: (q,) seconds since 1970.
        interest: (n, topics) declared interests, 0 to 1, sparse.
        user, post, event, second: (m,) interactions: rows, index into ``events``, seconds since 1970.
        events: names of the interaction types.
        lookback_days: older interactions count as seen, but say nothing about taste any more.
    """

    now: datetime
    user_ids: pa.Array
    post_ids: pa.Array
    author: NDArray[np.int64]
    topic: NDArray[np.int64]
    topics: tuple[str, ...]
    text: pa.Array
    tags: pa.Array
    created: NDArray[np.int64]
    interest: sparse.csr_array
    user: NDArray[np.int64]
    post: NDArray[np.int64]
    event: NDArray[np.int64]
    second: NDArray[np.int64]
    events: tuple[str, ...]
    lookback_days: int = 30

    @classmethod
    def from_arrow(
        cls,
        *,
        users: pa.Table,
        interests: pa.Table,
        posts: pa.Table,
        interactions: pa.Table,
        now: datetime,
        lookback_days: int = 30,
    ) -> Snapshot:
        """A snapshot of tables with the columns that the database and ``World`` both have.

        Args:
            users: ``id``.
            interests: ``user_id``, ``topic`` (string), ``strength`` (0 to 1).
            posts: ``id``, ``user_id``, ``content``, ``topic``, ``tags``, ``created_at``.
            interactions: ``user_id``, ``post_id``, ``interaction_type``, ``created_at``.
            now: what is after this moment is left out.
            lookback_days: for how long an interaction says something about taste.

        Raises:
            InvalidInput: the moment has no time zone.
        """
        if now.tzinfo is None:
            raise InvalidInput(f"the moment {now} has no time zone; give it in UTC", field="now")
        moment = pa.scalar(now, pa.timestamp("us", tz="UTC"))
        posts = posts.filter(pc.less_equal(posts["created_at"], moment))
        interactions = interactions.filter(pc.less_equal(interactions["created_at"], moment))
        user_ids, post_ids = _whole(users["id"]), _whole(posts["id"])
        post_topic = _encoded(posts["topic"])
        topics = tuple(
            pc.unique(pa.chunked_array([post_topic.dictionary, _whole(interests["topic"])])).to_pylist()
        )
        kind = _encoded(interactions["interaction_type"])
        user = _rows(interactions["user_id"], user_ids)
        post = _rows(interactions["post_id"], post_ids)
        known = (user >= 0) & (post >= 0)
        fan = _rows(interests["user_id"], user_ids)
        subject = _rows(interests["topic"], pa.array(topics, pa.string()))
        strength = _whole(interests["strength"]).to_numpy(zero_copy_only=False)
        declared = fan >= 0
        return cls(
            now=now,
            user_ids=user_ids,
            post_ids=post_ids,
            author=_rows(posts["user_id"], user_ids),
            topic=post_topic.indices.to_numpy(zero_copy_only=False).astype(np.int64),
            topics=topics,
            text=_whole(posts["content"]),
            tags=_whole(posts["tags"]),
            created=_seconds(posts["created_at"]),
            interest=sparse.csr_array(
                (strength[declared], (fan[declared], subject[declared])), shape=(len(user_ids), len(topics))
            ),
            user=user[known],
            post=post[known],
            event=kind.indices.to_numpy(zero_copy_only=False).astype(np.int64)[known],
            second=_seconds(interactions["created_at"])[known],
            events=tuple(kind.dictionary.to_pylist()),
            lookback_days=lookback_days,
        )

    @cached_property
    def age_hours(self) -> NDArray[np.float64]:
        """(q,) hours since each post was written."""
        return (int(self.now.timestamp()) - self.created) / 3600.0

    @cached_property
    def recent(self) -> NDArray[np.bool_]:
        """(m,) which interactions lie within the lookback."""
        return self.second >= self.now.timestamp() - self.lookback_days * 86400

    @cached_property
    def seen(self) -> sparse.csr_array:
        """(n, q) above zero where a person has met a post, at any time."""
        return self._matrix(np.ones(len(self.user), np.float32))

    @cached_property
    def met(self) -> sparse.csr_array:
        """(n, q) one where a person has met a post within the lookback."""
        matrix = self._matrix(self.recent.astype(np.float32))
        matrix.data = np.minimum(matrix.data, 1.0)
        return matrix

    @property
    def preference(self) -> sparse.csr_array:
        """(n, q) summed event weights within the lookback; a copy of one's own."""
        return self._matrix(self._weights(EVENT_WEIGHTS))

    @cached_property
    def responses(self) -> sparse.csr_array:
        """(n, q) as :attr:`preference`, without views."""
        return self._matrix(self._weights({name: EVENT_WEIGHTS[name] for name in RESPONSES}))

    @cached_property
    def text_group(self) -> NDArray[np.int64]:
        """(q,) equal where the text of two posts is equal."""
        return self.text.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)

    def count_by_post(self, names: frozenset[str]) -> NDArray[np.float64]:
        """(q,) how often each post met one of these interactions within the lookback."""
        wanted = self._weights(dict.fromkeys(names, 1.0)) > 0
        return np.bincount(self.post[wanted], minlength=len(self.post_ids)).astype(np.float64)

    def _weights(self, by_name: Mapping[str, float]) -> NDArray[np.float32]:
        """(m,) the weight of each interaction, zero before the lookback."""
        weights = np.array([by_name.get(name, 0.0) for name in self.events] or [0.0], np.float32)
        return np.where(self.recent, weights[self.event], np.float32(0.0))

    def _matrix(self, values: NDArray[np.float32]) -> sparse.csr_array:
        shape = (len(self.user_ids), len(self.post_ids))
        matrix = sparse.csr_array((values, (self.user, self.post)), shape=shape)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return _whole(column.unify_dictionaries())


def _rows(values: pa.ChunkedArray, ids: pa.Array) -> NDArray[np.int64]:
    return (
        pc.fill_null(pc.index_in(_whole(values), value_set=ids), -1)
        .to_numpy(zero_copy_only=False)
        .astype(np.int64)
    )


def _seconds(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return (
        _whole(column).cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)
        // 1_000_000
    )
