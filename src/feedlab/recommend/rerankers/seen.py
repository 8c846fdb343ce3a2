"""Nothing that the person has met before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.rerankers import close_gaps, register
from feedlab.recommend.snapshot import Snapshot


@register("seen")
def seen(snapshot: Snapshot, users: NDArray[np.int64], ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Takes out what the person has viewed, clicked, liked or shared."""
    if not len(snapshot.post_ids):
        return ranked
    met = snapshot.seen[users].toarray() > 0
    gone = (ranked >= 0) & np.take_along_axis(met, np.maximum(ranked, 0), axis=1)
    return close_gaps(np.where(gone, -1, ranked))
