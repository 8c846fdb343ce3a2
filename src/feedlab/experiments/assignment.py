"""Assignment: who gets which variant, by hash alone.

The same unit always gets the same variant of an experiment, on any server and
without a table; two experiments with different salts are independent.

Source: Kohavi, Longbotham, Sommerfield and Henne (2009), "Controlled experiments
on the web: survey and practical guide", § 4.1.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.streams import hash64

BUCKETS: Final = 10_000
#: The salt of the built-in experiment on feeds, and its variants, half and half.
FEED_EXPERIMENT: Final = "feed"
FEED_VARIANTS: Final = ("control", "treatment")


def buckets(units: pa.FixedSizeBinaryArray, salt: str) -> NDArray[np.int64]:
    """The bucket of each unit, (n,), 0 to 9,999, uniform.

    Args:
        units: (n,) ids as Arrow ``binary(16)``, without nulls.
        salt: the experiment.
    """
    start = units.offset * 16
    words = np.frombuffer(units.buffers()[1], "<u8", count=2 * len(units), offset=start).reshape(-1, 2)
    mixed = _mix(words[:, 0] ^ np.uint64(hash64("assignment", salt)))
    mixed = _mix(mixed + words[:, 1])
    return ((mixed >> np.uint64(32)) * np.uint64(BUCKETS) >> np.uint64(32)).astype(np.int64)


def assign(
    units: pa.FixedSizeBinaryArray, salt: str, shares: Sequence[float] = (0.5, 0.5)
) -> NDArray[np.int64]:
    """The variant of each unit, (n,), as an index into ``shares``.

    Args:
        units: (n,) ids.
        salt: the experiment.
        shares: of traffic for each variant; they sum to 1, exact to 1/10,000.

    Raises:
        InvalidInput: there are no shares, one is negative or not a number, or they do not sum to 1.

    Example:
        >>> ids = pa.array([bytes(16), bytes(15) + b"1"], pa.binary(16))
        >>> assign(ids, "feed").shape
        (2,)
    """
    edges = np.cumsum(shares)
    if not (len(edges) and min(shares) >= 0 and abs(float(edges[-1]) - 1.0) <= 1e-9):
        raise InvalidInput(
            f"shares of traffic are not negative and sum to 1; got {tuple(shares)}", field="shares"
        )
    return np.searchsorted(np.round(edges[:-1] * BUCKETS), buckets(units, salt), side="right")


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
