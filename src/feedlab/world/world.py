"""World: a synthetic network as Arrow tables, from its spec alone, with no server."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.streams import Stream, below
from feedlab.world.activity.browsing import EVENTS, Browser, Events, Feed, lookup
from feedlab.world.activity.posting import DAY_MINUTES, PostMaker, Posts
from feedlab.world.content.compose import Composer
from feedlab.world.ids import Ids, Kind
from feedlab.world.interests import INTERESTS
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.bios import bios
from feedlab.world.people.names import display_names
from feedlab.world.people.traits import ACCOUNTS, CONTROL, OPERATOR, TREATMENT, TraitMaker, Traits
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS, TIMESTAMP
from feedlab.world.truth import NO_PULL, PostTruth, ResponseModel

#: People whose rows are made and stored together.
SHARD_PEOPLE = 256

#: (username, display name, email, bio) of the laboratory's own accounts.
ACCOUNT_ROWS = {
    CONTROL: (
        "test_control",
        "Test Control",
        "test_control@example.com",
        "The control of the feed experiment: a random feed.",
    ),
    TREATMENT: (
        "test_treatment",
        "Test Treatment",
        "test_treatment@example.com",
        "The treatment of the feed experiment: recommendations.",
    ),
    OPERATOR: ("operator", "Lab Operator", "operator@example.com", "Runs the laboratory."),
}
_ROLES = pa.array(["person", "test", "operator"])


class World:
    """A synthetic social network.

    Args:
        spec: what it is made from. Keyword arguments of :class:`WorldSpec` do as well.

    Example:
        >>> world = World("docs", people=25, days=2)
        >>> world.users().num_rows  # the people, two test accounts and an operator
        28
        >>> world.posts().column_names[:3]
        ['id', 'user_id', 'content']
    """

    def __init__(self, spec: WorldSpec | str = "demo-2024", **parts: object) -> None:
        self.spec = spec if isinstance(spec, WorldSpec) else WorldSpec(spec, **parts)  # type: ignore[arg-type]
        self.ids = Ids(self.spec.run_key)
        self.traits = TraitMaker(self.spec)
        self.model = ResponseModel(self.spec.run_key)
        self._posts = PostMaker(self.spec, self.traits)
        self._composer = Composer(self.spec.seeds, self.spec.templates)
        self._browser = Browser(self.spec, self.model)
        self._profile = Stream(self.spec.run_key, "profile")

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
        batches = [
            shard[name] for k in range(self.shards) for shard in [self.shard(k, only=name)] if name in shard
        ]
        return pa.Table.from_batches(batches, SCHEMAS[name]).unify_dictionaries()

    # Shards

    @property
    def shards(self) -> int:
        """How many parts the world is made in: the common one, the accounts, and the people by 256."""
        return 2 + -(-self.spec.people // SHARD_PEOPLE)

    def shard(self, number: int, only: str | None = None) -> dict[str, pa.RecordBatch]:
        """The rows of one shard by table; the same whoever makes it and when."""
        if number == 0:
            makers: dict[str, Callable[[], pa.RecordBatch]] = {
                "interest_subjects": self._subject_rows,
                "posts": lambda: self._post_rows(0, self._variations),
            }
        else:
            owners = self._owners(number)
            first, last = (
                (np.searchsorted(self._written.author, owners[[0, -1]] + [0, 1])) if number > 1 else (0, 0)
            )
            makers = {
                "users": lambda: self._user_rows(owners),
                "user_interests": lambda: self._interest_rows(owners),
                "posts": lambda: self._post_rows(self._variations + int(first), self._variations + int(last)),
                "user_interactions": lambda: self._interaction_rows(self.events(owners), owners),
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
        weeks = -(-self.spec.days // 7)
        owner = np.repeat(np.arange(self.spec.people), weeks)
        week = np.tile(np.arange(weeks), self.spec.people)
        count = self._posts.weekly_counts(owner, np.repeat(self.everyone.archetype, weeks), week)
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        written = self._posts.at(np.repeat(owner, count), np.repeat(week, count), number)
        return Posts.concatenate([self._posts.variations(), written])

    @property
    def _variations(self) -> int:
        return len(self.spec.seeds) * len(self.spec.templates)

    @cached_property
    def _written(self) -> Posts:
        return self.all_posts.take(slice(self._variations, None))  # type: ignore[arg-type]

    @cached_property
    def feed(self) -> Feed:
        """Where people find posts."""
        return lookup(self.all_posts, self._variations, self.spec.people, -(-self.spec.days // 7))

    def events(self, owners: NDArray[np.int64], days: range | None = None) -> Events:
        """What these people do, on all days or on some."""
        people = self.traits(owners[owners != OPERATOR])
        strengths = people.strength_by_topic(len(self.traits.vocabulary))
        return self._browser.events(people, strengths, self.feed, days or range(self.spec.days))

    # Rows

    def _subject_rows(self) -> pa.RecordBatch:
        known = {i.name: i for i in INTERESTS}
        names = self.traits.vocabulary
        rows = [known.get(name) for name in names]
        return pa.RecordBatch.from_arrays(
            [
                self.ids.encode(Kind.INTEREST, np.arange(len(names))),
                pa.array(names),
                pa.array([row.label if row else name for row, name in zip(rows, names, strict=True)]),
                pa.array([row.emoji if row else "🏷️" for row in rows]),
                pa.array([row.color if row else "#64748b" for row in rows]),
            ],
            schema=SCHEMAS["interest_subjects"],
        )

    def _user_rows(self, owners: NDArray[np.int64]) -> pa.RecordBatch:
        traits = self.traits(owners)
        words = self._profile.row(owners, 8)
        labels = [next((i.label for i in INTERESTS if i.name == n), n) for n in self.traits.vocabulary]
        second = np.where(traits.interests[:, 1] >= 0, traits.interests[:, 1], traits.interests[:, 0])
        index = pa.array(owners).cast(pa.string())
        username = pc.binary_join_element_wise("user_", pc.utf8_lpad(index, 3, "0"), "")
        email = pc.binary_join_element_wise("user", index, "@synthetic.test", "")
        names = display_names(below(words[:, 0], 3), words[:, 1], words[:, 2])
        about = bios(words[:, 3], traits.interests[:, 0], second, traits.archetype, labels)
        role = np.zeros(len(owners), np.int32)
        if owners[0] in ACCOUNT_ROWS:
            own = [ACCOUNT_ROWS[int(o)] for o in owners]
            username, names, email, about = (pa.array(column) for column in zip(*own, strict=True))
            role = np.where(owners == OPERATOR, 2, 1).astype(np.int32)
        ids = self.ids.encode(Kind.PERSON, owners)
        # Everybody joined in the year before the first day.
        joined = self._at(-below(words[:, 4], 365 * DAY_MINUTES) * 60 - 60 * DAY_MINUTES * 8)
        return pa.RecordBatch.from_arrays(
            [
                ids,
                username,
                names,
                about,
                email,
                pc.binary_join_element_wise("/avatars/", username, ".svg", ""),
                _label(traits.archetype, pa.array([a.name for a in ARCHETYPES])),
                _label(role, _ROLES),
                joined,
                joined,
            ],
            schema=SCHEMAS["users"],
        )

    def _interest_rows(self, owners: NDArray[np.int64]) -> pa.RecordBatch:
        traits = self.traits(owners[owners != OPERATOR])
        row, position = np.nonzero(traits.interests >= 0)
        return pa.RecordBatch.from_arrays(
            [
                self.ids.encode(Kind.PERSON, traits.owner[row]),
                self.ids.encode(Kind.INTEREST, traits.interests[row, position]),
                pa.array(position.astype(np.int16)),
                pa.array(traits.strengths[row, position] / 1024),
            ],
            schema=SCHEMAS["user_interests"],
        )

    def _post_rows(self, first: int, last: int) -> pa.RecordBatch:
        posts = self.all_posts.take(slice(first, last))  # type: ignore[arg-type]
        posts = posts.take(posts.minute < self.spec.days * DAY_MINUTES)
        seeds, templates = self.spec.seeds, self.spec.templates
        topics = pa.array(self.traits.vocabulary)
        # The metadata of a post says where its text comes from: one of few strings.
        origin = pa.array([_json_origin(s.id, t) for s in seeds for t in templates]).take(
            pa.array(posts.seed * len(templates) + posts.template)
        )
        created = self._at(posts.minute * 60)
        return pa.RecordBatch.from_arrays(
            [
                self.post_ids(posts),
                self.ids.encode(Kind.PERSON, posts.author),
                self._composer.texts(posts.seed, posts.template, posts.words),
                pa.nulls(len(posts), pa.list_(pa.string())).fill_null(pa.scalar([], pa.list_(pa.string()))),
                _label(posts.topic, topics),
                pa.array([list(s.tags) for s in seeds], pa.list_(pa.string())).take(pa.array(posts.seed)),
                origin,
                created,
                created,
            ],
            schema=SCHEMAS["posts"],
        )

    def _interaction_rows(self, events: Events, owners: NDArray[np.int64]) -> pa.RecordBatch:
        person = owners[events.person]
        post_ids = self.post_ids(self.all_posts)
        measured = pc.binary_join_element_wise(
            '{"duration": ',
            pa.array(events.duration).cast(pa.string()),
            ', "scrollDepth": ',
            (pc.divide(pa.array(events.depth).cast(pa.float64()), 1000.0)).cast(pa.string()),
            "}",
            "",
        )
        metadata = pc.if_else(pa.array(events.event == 0), measured, pa.scalar(None, pa.string()))
        return pa.RecordBatch.from_arrays(
            [
                self.ids.encode(Kind.INTERACTION, person, events.day, events.slot),
                self.ids.encode(Kind.PERSON, person),
                post_ids.take(pa.array(events.post)),
                _label(events.event, pa.array(EVENTS)),
                self._at(events.second),
                metadata,
            ],
            schema=SCHEMAS["user_interactions"],
        )

    def people_of(self, ids: pa.FixedSizeBinaryArray) -> tuple[Traits, NDArray[np.bool_]]:
        """Who these ids name, and which of them this world made; aligned, (n,).

        The others get the traits of somebody.
        """
        found = self.ids.decode(ids)
        known = found.known & (found.kind == Kind.PERSON)
        known &= (found.owner < self.spec.people) | np.isin(found.owner, ACCOUNTS)
        return self.traits(np.where(known, found.owner, 0)), known

    def posts_of(self, ids: pa.FixedSizeBinaryArray) -> tuple[Posts, NDArray[np.bool_]]:
        """Which posts these ids name, and which of them this world made; aligned, (q,).

        Made again from the ids alone: the cost does not depend on the size of the world.
        """
        found = self.ids.decode(ids)
        old = found.known & (found.kind == Kind.VARIATION)
        old &= (found.owner < len(self.spec.seeds)) & (found.slot < len(self.spec.templates))
        new = found.known & (found.kind == Kind.POST) & (found.owner < self.spec.people)
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
        ids = self.ids.encode(Kind.POST, posts.owner, posts.day, posts.slot)
        old = posts.kind == Kind.VARIATION
        if old.any():
            before = self.ids.encode(Kind.VARIATION, posts.owner, posts.day, posts.slot)
            return pc.if_else(pa.array(old), before, ids)
        return ids

    def _at(self, seconds: NDArray[np.int64]) -> pa.Array:
        microseconds = (int(self.spec.start.timestamp()) + seconds.astype(np.int64)) * 1_000_000
        return pa.array(microseconds).cast(pa.int64()).view(TIMESTAMP)


def _label(index: NDArray[np.int64] | NDArray[np.int32], names: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), names)


def _json_origin(seed: str, template: str) -> str:
    return json.dumps({"source": "synthetic", "seed": seed, "template": template}, ensure_ascii=False)
