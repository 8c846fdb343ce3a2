"""When things happen: the hours of a day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.streams import Choice, Words, below

# Relative activity by hour, UTC: a trough before dawn, a shoulder at noon, the peak in the evening.
_HOURS = [14, 8, 5, 4, 4, 6, 12, 24, 38, 44, 46, 50, 56, 52, 48, 48, 52, 60, 70, 80, 84, 76, 54, 30]
_hour = Choice(_HOURS)


def minute_of_day(words: Words) -> NDArray[np.int64]:
    """A minute of the day, 0 to 1439, by the daily curve.

    Example:
        >>> minute_of_day(np.array([0, 2**31, 2**32 - 1], np.uint32)).tolist()
        [0, 960, 1439]
    """
    # The low bits choose the minute, the high ones the hour: one word serves both.
    return _hour(words) * 60 + below(words << np.uint32(16), 60)
