"""Popular: what most people answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.policies import Context, ScoredPolicy, register
from feedlab.recommend.snapshot import RESPONSES


@register("popular")
class Popular(ScoredPolicy):
    """Clicks, likes, shares and comments within the lookback; the same for everybody."""

    def _scores(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.float64]:
        return context.snapshot.count_by_post(RESPONSES)
