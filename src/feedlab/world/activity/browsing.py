"""What somebody sees and does on a day on which they browse.

A day's candidates are a bounded number of proposals: an author by fame, a week
by recency, one of the posts of that author in that week. The 20 to 40 that are
viewed are the strongest by interest, recency, quality and reach plus a Gumbel draw,
which samples them without replacement in proportion to those weights. So a day
of one person costs the same in a world of a thousand and of a million, and
nothing depends on what others did.

Source of the sampling: Efraimidis and Spirakis (2006), "Weighted random sampling
with a reservoir"; in Gumbel form, Kool, van Hoof and Welling (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import gcd, log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import ONE, Stream, Words, below, chance, hash64, normal
from feedlab.world.activity.feed import Feed
from feedlab.world.activity.posting import DAY_MINUTES, Posts
from feedlab.world.activity.rhythm import minute_of_day
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.traits import CONTROL, Traits
from feedlab.world.truth import ResponseModel, threshold

if TYPE_CHECKING:
    from feedlab.world.spec import WorldSpec

#: In the order in which they happen; the number is stored in the slot of an event's id.
EVENTS = ("view", "click", "like", "share")
PROPOSALS = 160
MIN_VIEWS, MAX_VIEWS = 20, 40

_WEEKS_BACK_PERMILLE = (650, 880)  # this week, last week, the one before
# Log weights in fixed point.
_INTEREST_WEIGHT = 1420  # what the strongest interest adds: 4 times as likely
_DECAY_PER_HOUR = 20  # e-fold in 51 hours
_QUALITY_WEIGHT = 820  # of a unit of quality
_REACH_WEIGHT = 1330  # of a standard deviation of reach: what makes the tail of popularity heavy


@dataclass(frozen=True, slots=True)
class Events:
    """Interactions in columns, (e,) each, ordered by person, day and time.

    Attributes:
        person: row of the person among those asked for.
        post: row of the post in the world's posts.
        day, slot: the rest of the address of the event.
        event: index into ``EVENTS``.
        second: seconds from the start of the world.
        duration: milliseconds looked at the post; of views only, else 0.
        depth: how far they scrolled through it, thousandths; of views only.
    """

    person: NDArray[np.int64]
    post: NDArray[np.int64]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]
    event: NDArray[np.int64]
    second: NDArray[np.int64]
    duration: NDArray[np.int64]
    depth: NDArray[np.int64]


@cache
def _gumbel_table() -> NDArray[np.int64]:
    return np.array([round(-log(-log((i + 0.5) / 4096)) * ONE) for i in range(4096)], np.int64)


@cache
def _dwell_table() -> NDArray[np.int64]:
    # Milliseconds, lognormal: median 4.5 s, and e times that one and a half deviations up.
    steps = np.arange(-4 * ONE, 4 * ONE, 16)
    return np.array([round(4500 * 2.718281828459045 ** (int(s) / 1500)) for s in steps], np.int64)


class Browser:
    """Makes the browsing days of any people of one world."""

    def __init__(self, spec: WorldSpec, model: ResponseModel) -> None:
        self._spec = spec
        self._model = model
        self._session = Stream(spec.run_key, "session")
        self._proposal = Stream(spec.run_key, "proposal")
        self._dwell = Stream(spec.run_key, "dwell")
        self._browse = np.array([a.browse_permille for a in ARCHETYPES], np.int64)
        # Fame belongs to ranks; an affine permutation says who holds which.
        step = hash64("fame", spec.run_key) % spec.people | 1
        while gcd(step, spec.people) != 1:
            step += 2
        self._fame_step = step % spec.people
        self._fame_shift = hash64("fame-shift", spec.run_key) % spec.people

    def events(self, people: Traits, strengths: NDArray[np.int64], feed: Feed, days: range) -> Events:
        """Everything that these people do on these days.

        Args:
            people: (n,) rows.
            strengths: (n, vocabulary) interest by topic.
            feed: where they find posts.
            days: which days of the world.
        """
        person = np.repeat(np.arange(len(people)), len(days))
        day = np.tile(np.arange(days.start, days.stop), len(people))
        first = self._session.words(people.entity[person], day)
        # On the first day everybody looks around; the twins are there every day.
        goes = chance(first[:, 0], self._browse[people.archetype[person]]) | (day == 0)
        goes |= people.entity[person] == CONTROL
        person, day, first = person[goes], day[goes], first[goes]
        start = day * DAY_MINUTES + minute_of_day(first[:, 1])
        wanted = MIN_VIEWS + below(first[:, 2], MAX_VIEWS - MIN_VIEWS + 1)
        session, post = self._choose(people, strengths, feed, person, day, start, wanted)
        return self._react(people, strengths, feed.posts, person, day, start, session, post)

    def _choose(
        self,
        people: Traits,
        strengths: NDArray[np.int64],
        feed: Feed,
        person: NDArray[np.int64],
        day: NDArray[np.int64],
        start: NDArray[np.int64],
        wanted: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The posts viewed in each session, as rows of (session, post), best found first."""
        sessions = len(person)
        entity = np.repeat(people.entity[person], PROPOSALS)
        number = np.tile(np.arange(PROPOSALS), sessions)
        words = self._proposal.words(entity, np.repeat(day, PROPOSALS), number)
        row = self._propose(words, np.repeat(day, PROPOSALS), feed).reshape(sessions, PROPOSALS)
        posts = feed.posts
        age = start[:, None] - posts.minute[row]
        weight = (
            ((strengths[person[:, None], posts.topic[row]] * _INTEREST_WEIGHT) >> 10)
            - (age * _DECAY_PER_HOUR) // 60
            + ((posts.quality[row] * _QUALITY_WEIGHT + posts.reach[row] * _REACH_WEIGHT) >> 10)
            + _gumbel_table()[words[:, 3].reshape(sessions, PROPOSALS) >> np.uint32(20)]
        )
        unusable = (age <= 0) | (posts.author[row] == people.owner[person][:, None])
        # A post proposed twice counts once: keep the first of equal rows.
        by_row = np.argsort(row, axis=1, kind="stable")
        ordered = np.take_along_axis(row, by_row, axis=1)
        again = np.zeros(row.shape, bool)
        np.put_along_axis(again, by_row[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
        weight[unusable | again] = np.iinfo(np.int64).min >> 9
        # The position makes every key different, so that the order is the same everywhere.
        key = (weight << 8) | np.arange(PROPOSALS)
        best = np.argsort(-key, axis=1)[:, :MAX_VIEWS]
        usable = np.take_along_axis(~(unusable | again), best, axis=1)
        usable &= np.arange(MAX_VIEWS) < wanted[:, None]
        session, position = np.nonzero(usable)
        return session, row[session, best[session, position]]

    def _propose(self, words: Words, day: NDArray[np.int64], feed: Feed) -> NDArray[np.int64]:
        """A row of posts for each proposal: by fame and recency, or else one of the variations."""
        # A uniform number cubed, in integers: rank r is proposed in proportion to r ** (-2/3).
        once = words[:, 0].astype(np.uint64)
        cubed = ((once * once >> np.uint64(32)) * once) >> np.uint64(32)
        rank = ((cubed * np.uint64(self._spec.people)) >> np.uint64(32)).astype(np.int64)
        author = (rank * self._fame_step + self._fame_shift) % self._spec.people
        back = np.searchsorted(_WEEKS_BACK_PERMILLE, below(words[:, 1], 1000), side="right")
        row = feed.row_of(author, day // 7 - back, words[:, 2])
        return np.where(row >= 0, row, below(words[:, 2] << np.uint32(8), feed.variations))

    def _react(
        self,
        people: Traits,
        strengths: NDArray[np.int64],
        posts: Posts,
        person: NDArray[np.int64],
        day: NDArray[np.int64],
        start: NDArray[np.int64],
        session: NDArray[np.int64],
        post: NDArray[np.int64],
    ) -> Events:
        """Views in their order with how long each took, and what followed from them."""
        who, when = person[session], day[session]
        seen = posts.take(post)
        viewer = people.take(who)
        pull = self._model.pull_of_each(viewer, seen, strengths[who, seen.topic], start[session])
        luck_words = self._model.draws(viewer.entity, seen, when)
        pull = pull + self._model.luck(luck_words)
        number = _number_within(session)
        duration, depth = _attention(self._dwell.words(viewer.entity, when, number), pull)
        # Seconds from the start of the session: the sum of what was looked at before.
        total = np.cumsum(duration)
        opened = np.concatenate([[0], total])[np.searchsorted(session, np.arange(len(person)))]
        second = start[session] * 60 + (total - duration - opened[session]) // 1000
        happens = np.ones((len(post), len(EVENTS)), bool)
        for column, response in enumerate(EVENTS[1:], start=1):
            happens[:, column] = luck_words[:, column] < threshold(response, pull)
        view, event = np.nonzero(happens)
        is_view = event == 0
        second = second[view] + np.minimum(event * 2, duration[view] // 1000)
        return Events(
            person=who[view],
            post=post[view],
            day=when[view],
            slot=number[view] * (len(EVENTS) + 1) + event,
            event=event,
            # A day's events stay in it: after the last midnight of a world nothing happens.
            second=np.minimum(second, (when[view] + 1) * DAY_MINUTES * 60 - 1),
            duration=np.where(is_view, duration[view], 0),
            depth=np.where(is_view, depth[view], 0),
        )


def _attention(words: Words, pull: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How long each post is looked at, in milliseconds, and how far down, in thousandths."""
    # Half a deviation longer for a post that pulls by six.
    spread = np.clip(normal(words[:, 0]) + pull // 12 + 4 * ONE, 0, 8 * ONE - 1)
    depth = np.minimum(1000, 250 + below(words[:, 1], 500) + np.clip(pull // 16, -200, 400))
    return _dwell_table()[spread >> 4], depth


def _number_within(session: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2, … within each run of equal, ascending values."""
    starts = np.searchsorted(session, session, side="left")
    return np.arange(len(session)) - starts
