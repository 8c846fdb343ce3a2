"""Rows: what a world knows in columns of integers, as the tables that it emits."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.streams import ONE, Stream, below
from feedlab.world.activity.browsing import EVENTS, Events
from feedlab.world.activity.posting import DAY_MINUTES, Posts
from feedlab.world.content.compose import Composer
from feedlab.world.ids import Ids, Kind
from feedlab.world.interests import BY_NAME
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.bios import bios
from feedlab.world.people.names import GENDERS, display_names
from feedlab.world.people.traits import CONTROL, OPERATOR, TREATMENT, Traits
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS, TIMESTAMP
from feedlab.world.truth import PostTruth

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
# Of an interest that is no interest of ours.
_PLAIN_EMOJI, _PLAIN_COLOR = "🏷️", "#64748b"


class RowMaker:
    """Makes the rows of every table of one world.

    Args:
        spec: the world.
        ids: the ids of its run.
        vocabulary: names of all interests, see :class:`feedlab.world.people.traits.TraitMaker`.
    """

    def __init__(self, spec: WorldSpec, ids: Ids, vocabulary: tuple[str, ...]) -> None:
        self._spec = spec
        self._ids = ids
        self._vocabulary = vocabulary
        self._composer = Composer(spec.seeds, spec.templates)
        self._profile = Stream(spec.run_key, "profile")

    def subjects(self) -> pa.RecordBatch:
        """``interest_subjects``: all that somebody can be interested in."""
        names = self._vocabulary
        known = [BY_NAME.get(name) for name in names]
        return pa.RecordBatch.from_arrays(
            [
                self._ids.encode(Kind.INTEREST, np.arange(len(names))),
                pa.array(names),
                pa.array(self._labels()),
                pa.array([interest.emoji if interest else _PLAIN_EMOJI for interest in known]),
                pa.array([interest.color if interest else _PLAIN_COLOR for interest in known]),
            ],
            schema=SCHEMAS["interest_subjects"],
        )

    def users(self, traits: Traits) -> pa.RecordBatch:
        """``users``: these people, or the laboratory's accounts."""
        owners = traits.owner
        words = self._profile.row(owners, 8)
        first, second = traits.interests[:, 0], traits.interests[:, 1]
        index = pa.array(owners).cast(pa.string())
        username = pc.binary_join_element_wise("user_", pc.utf8_lpad(index, 3, "0"), "")
        email = pc.binary_join_element_wise("user", index, "@synthetic.test", "")
        name = display_names(below(words[:, 0], len(GENDERS)), words[:, 1], words[:, 2])
        second = np.where(second >= 0, second, first)
        about = bios(words[:, 3], first, second, traits.archetype, self._labels())
        role = np.zeros(len(owners), np.int32)
        if len(owners) and owners[0] in ACCOUNT_ROWS:
            own = [ACCOUNT_ROWS[int(owner)] for owner in owners]
            username, name, email, about = (pa.array(column) for column in zip(*own, strict=True))
            role = np.where(owners == OPERATOR, 2, 1).astype(np.int32)
        # Everybody joined in the year before the pre-history.
        joined = self._at(-below(words[:, 4], 365 * DAY_MINUTES) * 60 - 60 * DAY_MINUTES * 8)
        return pa.RecordBatch.from_arrays(
            [
                self._ids.encode(Kind.PERSON, owners),
                username,
                name,
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

    def interests(self, traits: Traits) -> pa.RecordBatch:
        """``user_interests``: one row for each interest of these people, strongest first."""
        row, position = np.nonzero(traits.interests >= 0)
        return pa.RecordBatch.from_arrays(
            [
                self._ids.encode(Kind.PERSON, traits.owner[row]),
                self._ids.encode(Kind.INTEREST, traits.interests[row, position]),
                pa.array(position.astype(np.int16)),
                pa.array(traits.strengths[row, position] / ONE),
            ],
            schema=SCHEMAS["user_interests"],
        )

    def posts(self, posts: Posts) -> pa.RecordBatch:
        """``posts``: those of these posts that are written by the end of the last day."""
        posts = posts.take(posts.minute < self._spec.days * DAY_MINUTES)
        seeds, templates = self._spec.seeds, self._spec.templates
        # The metadata of a post says where its text comes from: one of few strings.
        origin = pa.array([_origin(seed.id, template) for seed in seeds for template in templates])
        created = self._at(posts.minute * 60)
        return pa.RecordBatch.from_arrays(
            [
                post_ids(self._ids, posts),
                self._ids.encode(Kind.PERSON, posts.author),
                self._composer.texts(posts.seed, posts.template, posts.words),
                pa.nulls(len(posts), pa.list_(pa.string())).fill_null(pa.scalar([], pa.list_(pa.string()))),
                _label(posts.topic, pa.array(self._vocabulary)),
                pa.array([list(s.tags) for s in seeds], pa.list_(pa.string())).take(pa.array(posts.seed)),
                origin.take(pa.array(posts.seed * len(templates) + posts.template)),
                created,
                created,
            ],
            schema=SCHEMAS["posts"],
        )

    def interactions(
        self, events: Events, owners: NDArray[np.int64], posts: pa.FixedSizeBinaryArray
    ) -> pa.RecordBatch:
        """``user_interactions``: these events of these people with the posts of these ids."""
        person = owners[events.person]
        measured = pc.binary_join_element_wise(
            '{"duration": ',
            pa.array(events.duration).cast(pa.string()),
            ', "scrollDepth": ',
            pc.divide(pa.array(events.depth).cast(pa.float64()), 1000.0).cast(pa.string()),
            "}",
            "",
        )
        return pa.RecordBatch.from_arrays(
            [
                self._ids.encode(Kind.INTERACTION, person, events.day, events.slot),
                self._ids.encode(Kind.PERSON, person),
                posts.take(pa.array(events.post)),
                _label(events.event, pa.array(EVENTS)),
                self._at(events.second),
                pc.if_else(pa.array(events.event == 0), measured, pa.scalar(None, pa.string())),
            ],
            schema=SCHEMAS["user_interactions"],
        )

    def _labels(self) -> list[str]:
        return [BY_NAME[name].label if name in BY_NAME else name for name in self._vocabulary]

    def _at(self, seconds: NDArray[np.int64]) -> pa.Array:
        microseconds = (int(self._spec.start.timestamp()) + seconds.astype(np.int64)) * 1_000_000
        return pa.array(microseconds).cast(pa.int64()).view(TIMESTAMP)


def post_ids(ids: Ids, posts: PostTruth) -> pa.FixedSizeBinaryArray:
    """The ids of these posts, (q,)."""
    written = ids.encode(Kind.POST, posts.owner, posts.day, posts.slot)
    old = posts.kind == Kind.VARIATION
    if not old.any():
        return written
    return pc.if_else(pa.array(old), ids.encode(Kind.VARIATION, posts.owner, posts.day, posts.slot), written)


def _label(index: NDArray[np.int64] | NDArray[np.int32], names: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), names)


def _origin(seed: str, template: str) -> str:
    return json.dumps({"source": "synthetic", "seed": seed, "template": template}, ensure_ascii=False)
