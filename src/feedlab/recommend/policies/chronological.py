"""Chronological: newest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.policies import Context, ScoredPolicy, register


@register("chronological")
class Chronological(ScoredPolicy):
    """What was written last stands first."""

    def _scores(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.float64]:
        return context.snapshot.created.astype(np.float64)
