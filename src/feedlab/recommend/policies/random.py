"""Random: a shuffle. The control of the feed experiment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.policies import Context, Policy, register
from feedlab.streams import Stream, Words, below


@register("random")
class Random(Policy):
    """Every eligible post is equally likely at every place, one's own too."""

    own_posts = True

    def _rank(
        self, context: Context, users: NDArray[np.int64], eligible: NDArray[np.bool_], size: int
    ) -> NDArray[np.int64]:
        words = Stream(context.seed, "shuffle").row(users, size)
        # Eligible rows first, in their order: that part alone is shuffled.
        deck = np.argsort(~eligible, axis=1, kind="stable")
        return fisher_yates(deck, eligible.sum(axis=1), words)


def fisher_yates(deck: NDArray[np.int64], length: NDArray[np.int64], words: Words) -> NDArray[np.int64]:
    """The first places of a Fisher-Yates shuffle of each row, all rows at once.

    Args:
        deck: (b, q) what is shuffled; shuffled in place.
        length: (b,) how many of each row take part.
        words: (b, k) random words, one for each place.

    Returns:
        (b, k) the first k places; -1 beyond the length of the row.

    Source: Durstenfeld (1964), "Algorithm 235: Random permutation", CACM 7(7).
    """
    rows = np.arange(len(deck))
    size = min(words.shape[1], deck.shape[1])
    for place in range(size):
        left = np.maximum(length - place, 1)
        other = np.minimum(place + below(words[:, place], left), deck.shape[1] - 1)
        deck[rows, place], deck[rows, other] = deck[rows, other], deck[rows, place]
    return np.where(np.arange(size) < length[:, None], deck[:, :size], -1)
