"""Rerankers: what may stand in a slate, and where, one file each.

A reranker takes ranked posts and returns them with some taken out, or in another
order. It never adds one.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.snapshot import Snapshot
from feedlab.registry import Registry


class Reranker(Protocol):
    """Maps ranked rows of posts (b, k), -1 for none, to the same shape."""

    def __call__(
        self, snapshot: Snapshot, users: NDArray[np.int64], ranked: NDArray[np.int64]
    ) -> NDArray[np.int64]: ...


RERANKERS: Registry[Reranker] = Registry("reranker", __name__)
register = RERANKERS.register


def close_gaps(ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Moves every -1 to the end of its row and keeps the order of the rest.

    Example:
        >>> close_gaps(np.array([[3, -1, 5]])).tolist()
        [[3, 5, -1]]
    """
    order = np.argsort(ranked < 0, axis=1, kind="stable")
    return np.take_along_axis(ranked, order, axis=1)
