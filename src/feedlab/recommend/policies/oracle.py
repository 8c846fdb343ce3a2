"""Oracle: ranks by the truth. The ceiling that no recommender can pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.recommend.policies import Context, ScoredPolicy, register


@register("oracle")
class Oracle(ScoredPolicy):
    """The highest true like rates, luck of the day included."""

    def _scores(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.float64]:
        if context.truth is None:
            raise InvalidInput(
                "the oracle ranks by the truth, and only a synthetic world knows it", field="policy"
            )
        return context.truth(users)
