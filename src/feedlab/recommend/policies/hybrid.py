"""Hybrid: the recommender. The treatment of the feed experiment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.hybrid import WEIGHTS, Hybrid
from feedlab.recommend.policies import Context, ScoredPolicy, register


@register("hybrid")
class HybridPolicy(ScoredPolicy):
    """Ranks by a weighted sum of scorers.

    Args:
        weights: of each scorer by name.
    """

    def __init__(self, weights: Mapping[str, float] = WEIGHTS) -> None:
        self.blend = Hybrid(weights)

    def fit(self, context: Context) -> None:
        self.blend.fit(context.snapshot)

    def scores(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """The blended score of every post, (b, q)."""
        return self._scores(context, users)

    def _scores(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.blend.score(users)
