"""The response model: how likely somebody is to react to a post. The truth of the laboratory.

What pulls a person to a post is a sum, in fixed point::

    pull = affinity · interest in its topic
         + taste    · (latent tastes · style of the post)
         + quality  of the post and its author
         + warmth   of the person
         + freshness of the post
         + luck     of this person with this post on this day

and the chance of each response is ``ceiling · sigmoid(pull + offset)``. A ceiling
below one says that even those who love a post do not always press a button.

Luck cannot be seen by any scorer and holds at least 30% of the variance of the
pull over all pairs of people and posts, so that no recommender can be perfect.
It is keyed by person, post and day, not by slot or policy: two policies replayed
on one world meet the same people in the same mood.

Nothing in here knows of recommenders. The numbers were fixed before the first
scorer was written and change only together with the generator version.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from math import exp
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import ONE, Stream, Words, normal, pair
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.traits import Traits

AFFINITY: Final = 6226  # 6.1: what the strongest interest adds
FRESHNESS: Final = 656  # 0.64 for a post of this minute, halved every two days
FRESH_HALF_LIFE_HOURS: Final = 48
LUCK: Final = 2007  # standard deviation 1.96
WARMTH: Final = 982  # archetypes differ by up to ±0.5

#: Of each response: its ceiling in thousandths and its offset in fixed point.
RESPONSES: Final[dict[str, tuple[int, int]]] = {
    "view": (960, 3277),  # looked at, when it is served
    "click": (350, -5837),
    "like": (300, -6246),  # 30% of views: what even the strongest match does not pass
    "share": (40, -6758),
    "comment": (30, -6758),
}

_RANGE = 16 * ONE
#: A pull at which nothing happens.
NO_PULL: Final = -_RANGE
_STEP_BITS = 4


@dataclass(frozen=True, slots=True)
class PostTruth:
    """Posts in columns, as far as responses depend on them; shape (q,) each.

    Attributes:
        kind, owner, day, slot: the address of the post, see :mod:`feedlab.world.ids`.
        author: owner index of who wrote it.
        topic: index into the vocabulary of interests.
        style: (q, 6) latent style, fixed point.
        quality: fixed point.
        minute: minutes from the start of the world; negative for what was there before.
    """

    kind: NDArray[np.int64]
    owner: NDArray[np.int64]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]
    author: NDArray[np.int64]
    topic: NDArray[np.int64]
    style: NDArray[np.int32]
    quality: NDArray[np.int64]
    minute: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Self:
        """The posts of these rows, of the same class."""
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))


@cache
def _thresholds(response: str) -> NDArray[np.uint32]:
    # Rounded to 24 bits, so that the last bit of exp() shows on no machine.
    ceiling, offset = RESPONSES[response]
    steps = (np.arange(2 * _RANGE >> _STEP_BITS) << _STEP_BITS) - _RANGE + (1 << (_STEP_BITS - 1))
    chances = [ceiling / 1000 / (1 + exp(-(int(step) + offset) / ONE)) for step in steps]
    return np.array([round(p * (1 << 24)) << 8 for p in chances], np.uint32)


@cache
def _freshness_table() -> NDArray[np.int64]:
    return np.array([round(FRESHNESS * 0.5 ** (h / FRESH_HALF_LIFE_HOURS)) for h in range(24 * 30)], np.int64)


@cache
def _warmth_table() -> NDArray[np.int64]:
    return np.array([(a.engagement_permille - 500) * WARMTH // 1000 for a in ARCHETYPES], np.int64)


def freshness(age_minutes: NDArray[np.int64]) -> NDArray[np.int64]:
    """What the age of a post adds to its pull, fixed point."""
    table = _freshness_table()
    return table[np.clip(age_minutes // 60, 0, len(table) - 1)]


class ResponseModel:
    """P(view, click, like, share, comment | person, post, moment).

    Args:
        run_key: luck is drawn under it.
    """

    def __init__(self, run_key: int) -> None:
        self._stream = Stream(run_key, "response")

    def pull_of_each(
        self, people: Traits, posts: PostTruth, strength: NDArray[np.int64], minute: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The pull without luck of aligned rows: person i meets post i, (n,).

        Args:
            strength: (n,) interest of the person in the topic of the post, 0 to 1024.
            minute: (n,) when, in minutes from the start of the world.
        """
        taste = np.einsum("nk,nk->n", people.tastes.astype(np.int64), posts.style.astype(np.int64)) >> 10
        return (
            ((strength * AFFINITY) >> 10)
            + taste
            + posts.quality
            + _warmth_table()[people.archetype]
            + freshness(minute - posts.minute)
        )

    def pull_of_all(
        self, people: Traits, posts: PostTruth, strengths: NDArray[np.int64], minute: int
    ) -> NDArray[np.int64]:
        """The pull without luck of every person to every post, (n, q).

        Args:
            strengths: (n, vocabulary), see :meth:`Traits.strength_by_topic`.
            minute: the moment, in minutes from the start of the world.
        """
        # Integers below 2**53 are exact in float64 whatever order BLAS adds them in.
        taste = (people.tastes.astype(np.float64) @ posts.style.T.astype(np.float64)).astype(np.int64) >> 10
        by_post = posts.quality + freshness(minute - posts.minute)
        by_person = _warmth_table()[people.archetype]
        return taste + ((strengths * AFFINITY) >> 10)[:, posts.topic] + by_post + by_person[:, None]

    def draws(
        self, entity: NDArray[np.int64], posts: PostTruth, day: NDArray[np.int64] | int, block: int = 0
    ) -> Words:
        """Four words for each (person, post, day), (n, 4); block 0 holds luck, click, like, share.

        The arguments broadcast: a column of people gives every pair, people first.
        """
        return self._stream.words(
            pair(entity, posts.owner),
            np.asarray(day, np.uint64) | (posts.day.astype(np.uint64) << np.uint64(16)),
            posts.slot | (posts.kind << 8) | (block << 16),
        )

    def luck(self, words: Words) -> NDArray[np.int64]:
        """Luck in fixed point, from the first word of block 0."""
        return (normal(words[..., 0]).astype(np.int64) * LUCK) >> 10

    def luck_of_all(self, people: Traits, posts: PostTruth, day: int) -> NDArray[np.int64]:
        """Luck of every person with every post on one day, (n, q)."""
        words = self.draws(people.entity[:, None], posts, day)
        return self.luck(words).reshape(len(people), len(posts))


def threshold(response: str, pull: NDArray[np.int64]) -> NDArray[np.uint32]:
    """A uniform 32-bit word below this means that the response happens."""
    table = _thresholds(response)
    return table[(np.clip(pull, -_RANGE, _RANGE - 1) + _RANGE) >> _STEP_BITS]


def probability(response: str, pull: NDArray[np.int64]) -> NDArray[np.float64]:
    """P(response) at this pull, luck included in it.

    Example:
        >>> pull = np.array([-2048, 3072, 6144])
        >>> probability("like", pull).round(3).tolist()
        [0.0, 0.013, 0.143]
    """
    return threshold(response, pull) / 2.0**32
