"""Hybrid: a weighted sum of scorers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.recommend.scorers import SCORERS
from feedlab.recommend.snapshot import Snapshot

#: The documented default blend.
WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"collaborative": 0.4, "content": 0.3, "recency": 0.2, "engagement": 0.1}
)


class Hybrid:
    """A blend of scorers.

    Args:
        weights: of each scorer by name, non-negative, at least one above zero.

    Raises:
        InvalidInput: a weight is negative or not a number, or no scorer has that name.
    """

    def __init__(self, weights: Mapping[str, float] = WEIGHTS) -> None:
        bad = {name: w for name, w in weights.items() if not (np.isfinite(w) and w >= 0)}
        if bad or not sum(weights.values()) > 0:
            raise InvalidInput(
                f"weights are numbers from 0 up, one at least above 0; got {dict(weights)}", field="weights"
            )
        self.weights = dict(weights)
        self._scorers = {name: SCORERS[name]() for name, weight in weights.items() if weight > 0}

    def fit(self, snapshot: Snapshot) -> Self:
        """Fits every scorer; returns itself."""
        for scorer in self._scorers.values():
            scorer.fit(snapshot)
        return self

    def terms(self, users: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        """What each scorer adds to the score, (b, q) by name: they sum to :meth:`score`."""
        total = sum(self.weights[name] for name in self._scorers)
        return {
            name: scorer.score(users) * np.float32(self.weights[name] / total)
            for name, scorer in self._scorers.items()
        }

    def score(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """Blended scores, (b, q), 0 to 1."""
        return np.sum(list(self.terms(users).values()), axis=0, dtype=np.float32)
