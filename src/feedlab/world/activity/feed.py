"""Where people find posts: any post of an author in a week, without a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import Words, below
from feedlab.world.activity.posting import MAX_WEEKLY, Posts


class Feed:
    """The posts of a world, and the lookup that browsing needs of them.

    Args:
        posts: the posts that can be found; variations first, then by author.
        variations: how many of them are variations.
        people: how many authors there are.
        weeks: how many weeks they wrote in.
    """

    def __init__(self, posts: Posts, variations: int, people: int, weeks: int) -> None:
        self.posts = posts
        self.variations = variations
        self._rows = np.full((people, max(weeks, 1), MAX_WEEKLY), -1, np.int32)
        new = slice(variations, None)
        self._rows[posts.owner[new], posts.day[new] // 7, posts.slot[new]] = np.arange(
            variations, len(posts), dtype=np.int32
        )
        # Numbers within a week run from 0, so that a count is all that is needed to draw one.
        self._counts = (self._rows >= 0).sum(axis=2)

    def row_of(self, author: NDArray[np.int64], week: NDArray[np.int64], words: Words) -> NDArray[np.int64]:
        """A row of ``posts`` for each aligned (author, week, random word); -1 where nothing was written."""
        inside = np.clip(week, 0, self._counts.shape[1] - 1)
        count = self._counts[author, inside]
        row = self._rows[author, inside, below(words, np.maximum(count, 1))]
        return np.where((week >= 0) & (count > 0), row, -1).astype(np.int64)
