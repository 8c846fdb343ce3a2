"""The lab clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from feedlab.clock import Clock, WallClock, WorldClock


def test_the_wall_clock_tells_the_time_of_this_machine() -> None:
    before = datetime.now(UTC)
    now = WallClock().now()
    assert before <= now <= datetime.now(UTC) and now.tzinfo is UTC


def test_a_world_clock_stands_at_the_end_of_the_last_day() -> None:
    clock: Clock = WorldClock.at_end_of(date(2024, 2, 28), days=2)
    assert clock.now() == datetime(2024, 3, 1, tzinfo=UTC)
    assert clock.now() == clock.now()
    assert WorldClock.at_end_of(date(2024, 1, 1), days=0).now() == datetime(2024, 1, 1, tzinfo=UTC)


def test_it_is_advanced_and_says_to_when() -> None:
    clock = WorldClock(datetime(2024, 1, 1, tzinfo=UTC))
    assert clock.advance(timedelta(minutes=90)) == datetime(2024, 1, 1, 1, 30, tzinfo=UTC)
    assert clock.advance(timedelta(0)) == clock.now() == datetime(2024, 1, 1, 1, 30, tzinfo=UTC)


def test_it_does_not_run_backwards() -> None:
    clock = WorldClock(datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="does not run backwards"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == datetime(2024, 1, 1, tzinfo=UTC)
