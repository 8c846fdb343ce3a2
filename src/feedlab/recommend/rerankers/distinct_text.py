"""No two posts of one slate read the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.rerankers import close_gaps, register
from feedlab.recommend.snapshot import Snapshot


@register("distinct_text")
def distinct_text(
    snapshot: Snapshot, users: NDArray[np.int64], ranked: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Takes out a post whose text stands higher up already (and a post that does)."""
    if not len(snapshot.text_group):
        return ranked
    # Every gap is a group of its own.
    group = np.where(ranked >= 0, snapshot.text_group[ranked], -1 - np.arange(ranked.shape[1]))
    order = np.argsort(group, axis=1, kind="stable")
    ordered = np.take_along_axis(group, order, axis=1)
    repeated = np.zeros(ranked.shape, bool)
    np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return close_gaps(np.where(repeated, -1, ranked))
