"""Who somebody is: archetype, interests and tastes, a function of their index alone.

Each person has three to eight interests, the first of them the strongest. The
first two draws come from the topics that seed posts exist for, so that nobody
lives in a world that has nothing to say to them.

The laboratory's two test accounts are one person twice: the same traits, and so
the same history, under two owners. What then differs between their feeds is the
recommender.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import ONE, Choice, Stream, below, normal
from feedlab.world.ids import OWNER_BITS
from feedlab.world.interests import ORDER
from feedlab.world.people.archetypes import ARCHETYPES

if TYPE_CHECKING:
    from feedlab.world.spec import WorldSpec

MAX_INTERESTS = 8
TASTES = 6

#: Owners of the laboratory's accounts, counted down from the end of the range.
CONTROL, TREATMENT, OPERATOR = ((1 << OWNER_BITS) - 1 - i for i in range(3))
ACCOUNTS = (CONTROL, TREATMENT, OPERATOR)

_INTEREST_COUNT = Choice([2, 5, 8, 6, 3, 1])  # of 3, 4, … 8: 5.2 on average
_STRENGTHS = np.array([1024, 900, 770, 640, 540, 460, 400, 350], np.int64)
_DRAWS = 24
_TWIN_ARCHETYPE = "enthusiast"


@dataclass(frozen=True, slots=True)
class Traits:
    """People in columns; row i is the person with owner ``owner[i]``.

    Attributes:
        owner: (n,) index of the person.
        entity: (n,) what their draws are addressed by; the two test accounts share one.
        archetype: (n,) index into ``ARCHETYPES``.
        interests: (n, 8) indices into the vocabulary, strongest first, -1 where there are fewer.
        strengths: (n, 8) fixed point, 1024 is the strongest; 0 where there is no interest.
        tastes: (n, 6) latent tastes beyond interests, fixed-point standard normal.
    """

    owner: NDArray[np.int64]
    entity: NDArray[np.int64]
    archetype: NDArray[np.int64]
    interests: NDArray[np.int64]
    strengths: NDArray[np.int64]
    tastes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Traits:
        """The people of these rows."""
        return Traits(*(getattr(self, name)[rows] for name in self.__slots__))

    def strength_by_topic(self, vocabulary: int) -> NDArray[np.int64]:
        """How strongly each person is interested in each topic, (n, vocabulary), 0 to 1024."""
        table = np.zeros((len(self), vocabulary + 1), np.int64)
        np.put_along_axis(table, self.interests, self.strengths, axis=1)  # -1 lands in the spare column
        return table[:, :vocabulary]


class TraitMaker:
    """Makes the traits of any people of one world.

    Args:
        spec: the world; its run key and the topics of its seed posts are used.
    """

    def __init__(self, spec: WorldSpec) -> None:
        topics = list(dict.fromkeys(seed.topic for seed in spec.seeds))
        #: Every interest that somebody can have: the 25 of the laboratory, then the topics of a user's own.
        self.vocabulary: tuple[str, ...] = ORDER + tuple(t for t in topics if t not in ORDER)
        index = {name: i for i, name in enumerate(self.vocabulary)}
        #: The topic of each seed post, (seeds,), as an index into the vocabulary.
        self.seed_topics = np.array([index[seed.topic] for seed in spec.seeds], np.int64)
        self._live_topics = np.unique(self.seed_topics)
        counts = np.bincount(self.seed_topics, minlength=len(self.vocabulary))
        self._twin_topics = [int(t) for t in np.argsort(-counts, kind="stable")[:2] if counts[t]]
        self._stream = Stream(spec.run_key, "traits")
        self._taste_stream = Stream(spec.run_key, "tastes")
        self._archetype = Choice([a.weight_permille for a in ARCHETYPES])

    def __call__(self, owners: NDArray[np.int64]) -> Traits:
        """The traits of these owners, in this order."""
        owners = np.asarray(owners, np.int64)
        entity = np.where(owners >= min(ACCOUNTS), CONTROL, owners)
        words = self._stream.row(entity, _DRAWS + 12)
        archetype = self._archetype(words[:, 0])
        wanted = 3 + _INTEREST_COUNT(words[:, 1])
        drawn = below(words[:, 4 : 4 + _DRAWS], len(self.vocabulary))
        drawn[:, :2] = self._live_topics[below(words[:, 4:6], len(self._live_topics))]
        twins = entity == CONTROL
        if twins.any():
            archetype[twins] = next(i for i, a in enumerate(ARCHETYPES) if a.name == _TWIN_ARCHETYPE)
            wanted[twins] = 4
            drawn[twins, : len(self._twin_topics)] = self._twin_topics
        interests = _first_distinct(drawn, wanted)
        fade = 1024 - below(words[:, 28:36], 205)  # each a little weaker than its rank says
        strengths = np.where(interests >= 0, (_STRENGTHS * fade) // ONE, 0)
        strengths[:, 0] = ONE
        return Traits(
            owner=owners,
            entity=entity,
            archetype=archetype,
            interests=interests,
            strengths=strengths,
            tastes=normal(self._taste_stream.row(entity, TASTES)),
        )


def _first_distinct(drawn: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first ``wanted`` different values of each row, (n, 8), -1 where there are fewer."""
    repeats = np.zeros(drawn.shape, bool)
    for column in range(1, drawn.shape[1]):
        repeats[:, column] = (drawn[:, :column] == drawn[:, column : column + 1]).any(axis=1)
    rank = np.cumsum(~repeats, axis=1) - 1
    keep = ~repeats & (rank < wanted[:, None])
    out = np.full((len(drawn), MAX_INTERESTS), -1, np.int64)
    rows, columns = np.nonzero(keep)
    out[rows, rank[rows, columns]] = drawn[rows, columns]
    return out
