"""Recency: newer is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.scorers import Scorer, register
from feedlab.recommend.snapshot import Snapshot


@register("recency")
class Recency(Scorer):
    """Halves every ``half_life_hours``.

    Args:
        half_life_hours: after which a post is worth half.
    """

    personal = False

    def __init__(self, half_life_hours: float = 72.0) -> None:
        self.half_life_hours = half_life_hours

    def _fit(self, snapshot: Snapshot) -> None:
        self._freshness = np.exp2(-np.maximum(snapshot.age_hours, 0.0) / self.half_life_hours)

    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._freshness.astype(np.float32)
