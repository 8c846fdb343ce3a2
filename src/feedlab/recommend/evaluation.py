"""How good slates are, where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def expected_rate(slates: NDArray[np.int64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean true rate over the posts of each slate.

    Args:
        slates: (b, k) rows of posts, -1 for none.
        rates: (b, q) true rates of the same people.

    Returns:
        (b,); NaN for an empty slate.

    Example:
        >>> expected_rate(np.array([[1, 0, -1]]), np.array([[0.1, 0.3]])).round(3).tolist()
        [0.2]
    """
    if not rates.shape[1]:
        return np.full(len(slates), np.nan)
    shown = slates >= 0
    values = np.where(shown, np.take_along_axis(rates, np.maximum(slates, 0), axis=1), 0.0)
    count = shown.sum(axis=1)
    return np.divide(values.sum(axis=1), count, out=np.full(len(slates), np.nan), where=count > 0)


def way_to_oracle(rates: Mapping[str, float]) -> dict[str, float]:
    """How far each policy is on the way from random (0) to the oracle (1).

    Example:
        >>> way_to_oracle({"random": 0.1, "popular": 0.2, "oracle": 0.3})["popular"]
        0.5
    """
    low, high = rates["random"], rates["oracle"]
    if not high > low:  # nothing to gain: one post, or none
        return {name: float("nan") for name in rates}
    return {name: round((rate - low) / (high - low), 12) for name, rate in rates.items()}
