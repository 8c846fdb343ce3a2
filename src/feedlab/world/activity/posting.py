"""Who posts what and when, each post a function of its address.

A post of a person stands at ``(author, week, number in that week)``; its day
lies within that week, so its id is ``(author, day, number)`` and both can be
had from either. Before the first day stand the variations, one for each seed
post and template: the network's pre-history.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import Choice, Stream, Words, below, chance, normal
from feedlab.world.activity.rhythm import minute_of_day
from feedlab.world.content.compose import Composer
from feedlab.world.ids import Kind
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.traits import TASTES, TraitMaker
from feedlab.world.truth import PostTruth

if TYPE_CHECKING:
    from feedlab.world.spec import WorldSpec

DAY_MINUTES = 1440
#: A person writes at most this many posts a week.
MAX_WEEKLY = 8
_WEEKDAYS = Choice([13, 13, 13, 14, 15, 17, 16])  # from the first day of the world on
_ON_TOPIC_PERMILLE = 850  # how often people write about what interests them

# Standard deviations, fixed point, of the parts of style (per dimension) and of quality.
_STYLE_SEED, _STYLE_TEMPLATE, _STYLE_AUTHOR, _STYLE_OWN = 246, 229, 163, 163
_QUALITY_AUTHOR, _QUALITY_OWN, _QUALITY_SEED = 491, 819, 328
_PREHISTORY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Posts(PostTruth):
    """Posts in columns: what responses depend on, and what their text is made of.

    Attributes:
        seed: (q,) index of the seed post that the text grows from.
        template: (q,) index into the templates of the world.
        reach: (q,) fixed-point standard normal: how far the network carries it, whatever its quality.
        words: (q, Composer.WORDS) what chooses the fragments of the text.
    """

    seed: NDArray[np.int64]
    template: NDArray[np.int64]
    reach: NDArray[np.int64]
    words: Words

    @staticmethod
    def concatenate(parts: list[Posts]) -> Posts:
        """The posts of all parts, one after the other."""
        return Posts(*(np.concatenate([getattr(p, column.name) for p in parts]) for column in fields(Posts)))


class PostMaker:
    """Makes posts of one world from their addresses."""

    def __init__(self, spec: WorldSpec, traits: TraitMaker) -> None:
        self._spec = spec
        self._traits = traits
        key = spec.run_key
        self._weekly = Stream(key, "weekly")
        self._post = Stream(key, "post")
        self._post_own = Stream(key, "post-own")
        self._variation = Stream(key, "variation")
        self._variation_own = Stream(key, "variation-own")
        self._author = Stream(key, "author-style")
        # Averaged over an archetype's people; how much one person writes spreads around it.
        self._rates = np.array([a.posts_per_week_milli for a in ARCHETYPES], np.int64)
        stream = Stream(key, "seed-style")
        self._seed_style = (
            normal(stream.row(np.arange(len(spec.seeds)), TASTES)).astype(np.int64) * _STYLE_SEED
        ) >> 10
        self._seed_quality = (
            normal(stream.words(np.arange(len(spec.seeds)), draw=9))[:, 0].astype(np.int64) * _QUALITY_SEED
        ) >> 10
        stream = Stream(key, "template-style")
        self._template_style = (
            normal(stream.row(np.arange(len(spec.templates)), TASTES)).astype(np.int64) * _STYLE_TEMPLATE
        ) >> 10
        order = np.argsort(traits.seed_topics, kind="stable")
        self._seeds_by_topic = order
        self._topic_start = np.searchsorted(traits.seed_topics[order], np.arange(len(traits.vocabulary) + 1))

    def weekly_counts(
        self, owners: NDArray[np.int64], archetypes: NDArray[np.int64], weeks: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """How many posts each of these people writes in each of these weeks, (n,), 0 to 8."""
        rate = self._rates[archetypes] * (600 + below(self._weekly.words(owners, 0, 1)[:, 0], 801)) // 1000
        halves = self._weekly.words(owners, weeks).view(np.uint16)  # (n, 8)
        # Eight trials of equal chance: a bounded count whose mean is the rate.
        return ((halves.astype(np.int64) * MAX_WEEKLY * 1000) >> 16 < rate[:, None]).sum(axis=1)

    def at(self, owners: NDArray[np.int64], weeks: NDArray[np.int64], numbers: NDArray[np.int64]) -> Posts:
        """The posts at these addresses, whether or not they are written; aligned, (q,)."""
        traits = self._traits(owners)
        first = self._post.words(owners, weeks, numbers * 2)
        second = self._post.words(owners, weeks, numbers * 2 + 1)
        day = weeks * 7 + _WEEKDAYS(first[:, 0])
        topic = self._topic_of(traits.interests, second[:, 1:])
        position = below(first[:, 2], self._topic_start[topic + 1] - self._topic_start[topic])
        seed = self._seeds_by_topic[self._topic_start[topic] + position]
        return self._finish(
            kind=Kind.POST,
            owner=owners,
            day=day,
            slot=numbers,
            author=owners,
            minute=day * DAY_MINUTES + minute_of_day(first[:, 1]),
            seed=seed,
            template=below(second[:, 0], len(self._spec.templates)),
            own=self._own(self._post_own, owners, weeks, numbers),
        )

    def exists(self, posts: Posts) -> NDArray[np.bool_]:
        """Which of the posts that :meth:`at` made are written at all, (q,)."""
        archetype = self._traits(posts.author).archetype
        return posts.slot < self.weekly_counts(posts.author, archetype, posts.day // 7)

    def variations(self) -> Posts:
        """The pre-history: every seed post in every template, seed by seed, (seeds × templates,)."""
        seeds, templates = len(self._spec.seeds), len(self._spec.templates)
        seed = np.repeat(np.arange(seeds), templates)
        template = np.tile(np.arange(templates), seeds)
        words = self._variation.words(seed, 0, template)
        span = _PREHISTORY_DAYS * DAY_MINUTES
        return self._finish(
            kind=Kind.VARIATION,
            owner=seed,
            day=np.zeros_like(seed),
            slot=template,
            author=below(words[:, 0], self._spec.people),
            minute=below(words[:, 1], span) - span,
            seed=seed,
            template=template,
            own=self._own(self._variation_own, seed, np.zeros_like(seed), template),
        )

    def _topic_of(self, interests: NDArray[np.int64], words: Words) -> NDArray[np.int64]:
        """What a person writes about: one of their interests that has seed posts, or anything that has."""
        live = (interests >= 0) & (np.diff(self._topic_start)[interests] > 0)
        # Stronger interests come first and count for more: weights 8, 7, … 1 of those that are live.
        sums = np.cumsum(np.where(live, np.arange(interests.shape[1], 0, -1), 0), axis=1)
        choice = (sums <= below(words[:, 0], sums[:, -1])[:, None]).sum(axis=1)
        own = interests[np.arange(len(interests)), np.minimum(choice, interests.shape[1] - 1)]
        anything = self._traits.seed_topics[below(words[:, 1], len(self._traits.seed_topics))]
        return np.where(chance(words[:, 2], _ON_TOPIC_PERMILLE) & (sums[:, -1] > 0), own, anything)

    @staticmethod
    def _own(
        stream: Stream, entity: NDArray[np.int64], week: NDArray[np.int64], number: NDArray[np.int64]
    ) -> Words:
        """Sixteen words that belong to one post alone, (q, 16): style, quality, fragments of text."""
        return np.concatenate([stream.words(entity, week, number * 4 + i) for i in range(4)], axis=1)

    def _finish(
        self,
        *,
        kind: Kind,
        owner: NDArray[np.int64],
        day: NDArray[np.int64],
        slot: NDArray[np.int64],
        author: NDArray[np.int64],
        minute: NDArray[np.int64],
        seed: NDArray[np.int64],
        template: NDArray[np.int64],
        own: Words,
    ) -> Posts:
        by_author = normal(self._author.row(author, 8)).astype(np.int64)
        style = (
            self._seed_style[seed]
            + self._template_style[template]
            + ((by_author[:, :TASTES] * _STYLE_AUTHOR) >> 10)
            + ((normal(own[:, :TASTES]).astype(np.int64) * _STYLE_OWN) >> 10)
        )
        quality = (
            self._seed_quality[seed]
            + ((by_author[:, 7] * _QUALITY_AUTHOR) >> 10)
            + ((normal(own[:, 7]).astype(np.int64) * _QUALITY_OWN) >> 10)
        )
        return Posts(
            kind=np.full(len(owner), int(kind)),
            owner=owner,
            day=day,
            slot=slot,
            author=author,
            topic=self._traits.seed_topics[seed],
            style=style.astype(np.int32),
            quality=quality,
            minute=minute,
            seed=seed,
            template=template,
            reach=normal(own[:, 6]).astype(np.int64),
            words=own[:, 8 : 8 + Composer.WORDS],
        )
