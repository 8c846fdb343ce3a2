"""World: a synthetic network as Arrow tables, from its spec alone, with no server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from feedlab.world.activity.browsing import Browser, Events
from feedlab.world.activity.feed import Feed
from feedlab.world.activity.posting import DAY_MINUTES, PostMaker, Posts
from feedlab.world.ids import Ids, Kind
from feedlab.world.people.traits import ACCOUNTS, OPERATOR, TraitMaker, Traits
from feedlab.world.rows import RowMaker, post_ids
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS
from feedlab.world.truth import NO_PULL, PostTruth, ResponseModel

#: People whose rows are made and stored together.
SHARD_PEOPLE = 256


class World:
    """A synthetic social network.

    Args:
        spec: what it is made from, or its run seed.
        **parts: fields of :class:`WorldSpec`, by name.

    Example:
        >>> world = World("docs", people=25, days=2)
        >>> world.users().num_rows  # the people, two test accounts and an operator
        28
        >>> world.posts().column_names[:3]
        ['id', 'user_id', 'content']
    """

    def __init__(self, spec: WorldSpec | str = "demo-2024", **parts: Any) -> None:
        self.spec = replace(spec, **parts) if isinstance(spec, WorldSpec) else WorldSpec(spec, **parts)
        self.ids = Ids(self.spec.run_key)
        self.traits = TraitMaker(self.spec)
        self.model = ResponseModel(self.spec.run_key)
        self._posts = PostMaker(self.spec, self.traits)
        self._browser = Browser(self.spec, self.model)
        self._rows = RowMaker(self.spec, self.ids, self.traits.vocabulary)

    # Tables

    def users(self) -> pa.Table:
        """The people and the laboratory's accounts."""
        return self.table("users")

    def posts(self) -> pa.Table:
        """What was written, the pre-history first."""
        return self.table("posts")

    def interactions(self) -> pa.Table:
        """Views, clicks, likes and shares."""
        return self.table("user_interactions")

    def table(self, name: str) -> pa.Table:
        """One table of :data:`feedlab.world.tables.SCHEMAS`, whole."""
        shards = (self.shard(number, only=name) for number in range(self.shards))
        batches = [shard[name] for shard in shards if name in shard]
        return pa.Table.from_batches(batches, SCHEMAS[name]).unify_dictionaries()

    # Shards

    @property
    def shards(self) -> int:
        """How many parts the world is made in: the common one, the accounts, and the people by 256."""
        return 2 + -(-self.spec.people // SHARD_PEOPLE)

    def shard(self, number: int, only: str | None = None) -> dict[str, pa.RecordBatch]:
        """The rows of one shard by table; the same whoever makes it and when.

        Args:
            number: 0 to ``shards - 1``.
            only: the one table to make, when the others are not wanted.
        """
        makers: dict[str, Callable[[], pa.RecordBatch]]
        if number == 0:
            makers = {
                "interest_subjects": self._rows.subjects,
                "posts": lambda: self._rows.posts(self.all_posts.take(slice(self._variations))),
            }
        else:
            owners = self._owners(number)
            makers = {
                "users": lambda: self._rows.users(self.traits(owners)),
                "user_interests": lambda: self._rows.interests(self.traits(owners[owners != OPERATOR])),
                "posts": lambda: self._rows.posts(self._written_by(owners)),
                "user_interactions": lambda: self._rows.interactions(
                    self.events(owners), owners, self._all_post_ids
                ),
            }
        return {name: make() for name, make in makers.items() if only in (None, name)}

    def _owners(self, number: int) -> NDArray[np.int64]:
        if number == 1:
            return np.array(ACCOUNTS, np.int64)
        start = (number - 2) * SHARD_PEOPLE
        return np.arange(start, min(start + SHARD_PEOPLE, self.spec.people), dtype=np.int64)

    # Facts

    @cached_property
    def everyone(self) -> Traits:
        """The traits of all people, in the order of their index."""
        return self.traits(np.arange(self.spec.people))

    @cached_property
    def all_posts(self) -> Posts:
        """Every post up to the end of the last week; those after the last day are not yet written."""
        owner = np.repeat(np.arange(self.spec.people), self._weeks)
        week = np.tile(np.arange(self._weeks), self.spec.people)
        count = self._posts.weekly_counts(owner, np.repeat(self.everyone.archetype, self._weeks), week)
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        written = self._posts.at(np.repeat(owner, count), np.repeat(week, count), number)
        return Posts.concatenate([self._posts.variations(), written])

    @cached_property
    def feed(self) -> Feed:
        """Where people find posts."""
        return Feed(self.all_posts, self._variations, self.spec.people, self._weeks)

    @cached_property
    def _all_post_ids(self) -> pa.FixedSizeBinaryArray:
        return self.post_ids(self.all_posts)

    @property
    def _variations(self) -> int:
        return len(self.spec.seeds) * len(self.spec.templates)

    @property
    def _weeks(self) -> int:
        return -(-self.spec.days // 7)

    def _written_by(self, owners: NDArray[np.int64]) -> Posts:
        """The posts of neighbouring owners, without the variations; none of the laboratory's accounts."""
        authors = self.all_posts.author[self._variations :]
        first, last = self._variations + np.searchsorted(authors, [owners.min(), owners.max() + 1])
        return self.all_posts.take(slice(first, last))

    def events(self, owners: NDArray[np.int64], days: range | None = None) -> Events:
        """What these people do, on all days or on some. The operator does nothing."""
        row = np.flatnonzero(owners != OPERATOR)
        people = self.traits(owners[row])
        strengths = people.strength_by_topic(len(self.traits.vocabulary))
        wanted = range(self.spec.days) if days is None else days
        events = self._browser.events(people, strengths, self.feed, wanted)
        return replace(events, person=row[events.person])

    def people_of(self, ids: pa.FixedSizeBinaryArray) -> tuple[Traits, NDArray[np.bool_]]:
        """Who these ids name, and which of them this world made; aligned, (n,).

        The others get the traits of somebody.
        """
        found = self.ids.decode(ids)
        known = found.known & (found.kind == Kind.PERSON) & (found.day == 0) & (found.slot == 0)
        known &= (found.owner < self.spec.people) | np.isin(found.owner, ACCOUNTS)
        return self.traits(np.where(known, found.owner, 0)), known

    def posts_of(self, ids: pa.FixedSizeBinaryArray) -> tuple[Posts, NDArray[np.bool_]]:
        """Which posts these ids name, and which of them this world made; aligned, (q,).

        Made again from the ids alone: the cost does not depend on the size of the world.
        """
        found = self.ids.decode(ids)
        old = found.known & (found.kind == Kind.VARIATION) & (found.day == 0)
        old &= (found.owner < len(self.spec.seeds)) & (found.slot < len(self.spec.templates))
        new = found.known & (found.kind == Kind.POST)
        new &= (found.owner < self.spec.people) & (found.day < self.spec.days)
        written = self._posts.at(
            np.where(new, found.owner, 0), np.where(new, found.day // 7, 0), np.where(new, found.slot, 0)
        )
        new &= (written.day == found.day) & self._posts.exists(written)
        rows = np.where(old, found.owner * len(self.spec.templates) + found.slot, 0)
        both = Posts.concatenate([self._posts.variations(), written])
        return both.take(np.where(old, rows, self._variations + np.arange(len(ids)))), old | new

    def pull(self, people: Traits, posts: PostTruth, minute: int) -> NDArray[np.int64]:
        """What pulls each of these people to each of these posts at a moment, luck included, (n, q).

        One's own posts pull nobody: people do not like what they wrote themselves.
        """
        strengths = people.strength_by_topic(len(self.traits.vocabulary))
        pull = self.model.pull_of_all(people, posts, strengths, minute)
        pull += self.model.luck_of_all(people, posts, minute // DAY_MINUTES)
        return np.where(people.owner[:, None] == posts.author, NO_PULL, pull)

    def post_ids(self, posts: PostTruth) -> pa.FixedSizeBinaryArray:
        """The ids of these posts."""
        return post_ids(self.ids, posts)
