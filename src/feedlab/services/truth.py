"""Truth: the true rates of the people and posts of a laboratory, by their ids."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.world.truth import probability
from feedlab.world.world import World


class Truth:
    """What really holds between some people and some posts at one moment.

    Args:
        world: the one that made them.
        user_ids: (n,) Arrow ``binary(16)``.
        post_ids: (q,) Arrow ``binary(16)``.
        now: the moment, in lab time.

    Raises:
        InvalidInput: the moment has no time zone.
    """

    def __init__(self, world: World, user_ids: pa.Array, post_ids: pa.Array, now: datetime) -> None:
        if now.tzinfo is None:
            raise InvalidInput(f"the moment {now} has no time zone; give it in UTC", field="now")
        self._world = world
        self._people, self._person_known = world.people_of(user_ids)
        self._posts, self._post_known = world.posts_of(post_ids)
        self._minute = int((now - world.spec.start).total_seconds() // 60)

    def of_people(self) -> NDArray[np.bool_]:
        """Which rows are people of the world: not live ones, and none of the laboratory's own accounts."""
        return self._person_known & (self._people.owner < self._world.spec.people)

    def like_rates(self, users: NDArray[np.int64]) -> NDArray[np.float64]:
        """P(like | viewed) of every post for some rows of people, luck of the day included, (b, q).

        What the world did not make (live posts, bots) has a rate of zero.
        """
        pull = self._world.pull(self._people.take(users), self._posts, self._minute)
        return np.where(self._person_known[users, None] & self._post_known, probability("like", pull), 0.0)
