"""The lab clock: what time it is in the laboratory.

There is one, and it is passed as an argument. Lookback, expiry, recency, bots
and schedules ask it, so that a world of January 2024 is as fresh today as it
was then. What concerns security (sessions) runs on the wall clock instead.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time of the laboratory, in UTC."""

    def now(self) -> datetime: ...


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class WorldClock:
    """Simulated time: it stands where it is until something advances it.

    Example:
        >>> clock = WorldClock.at_end_of(date(2024, 1, 1), days=30)
        >>> clock.now().isoformat()
        '2024-01-31T00:00:00+00:00'
        >>> clock.advance(timedelta(hours=2)).isoformat()
        '2024-01-31T02:00:00+00:00'
    """

    def __init__(self, at: datetime) -> None:
        self._at = at

    @classmethod
    def at_end_of(cls, start: date, days: int) -> WorldClock:
        return cls(datetime.combine(start, time(), UTC) + timedelta(days=days))

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock on and returns the new time; backwards is refused."""
        if by < timedelta(0):
            raise ValueError(f"a lab clock does not run backwards: {by}")
        self._at += by
        return self._at
