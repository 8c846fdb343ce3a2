"""Who gets which variant."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from feedlab.errors import InvalidInput
from feedlab.experiments.assignment import BUCKETS, FEED_EXPERIMENT, FEED_VARIANTS, assign, buckets
from feedlab.streams import run_key
from feedlab.world.ids import Ids, Kind

COUNT = 100_000
PEOPLE = Ids(run_key("assignment")).encode(Kind.PERSON, np.arange(COUNT))
RANDOM = pa.FixedSizeBinaryArray.from_buffers(
    pa.binary(16), COUNT, [None, pa.py_buffer(np.random.default_rng(8).bytes(16 * COUNT))]
)
PLAIN = pa.array([UUID(int=i).bytes for i in range(COUNT)], pa.binary(16))
UNITS = {"people": PEOPLE, "random": RANDOM, "counted": PLAIN}


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("salt", ["feed", "other", ""])
def test_half_and_half(units: str, salt: str) -> None:
    # Four standard deviations of 100,000 coins.
    assert abs(assign(UNITS[units], salt).mean() - 0.5) < 4 * 0.5 / np.sqrt(COUNT)


@pytest.mark.parametrize("units", UNITS)
def test_buckets_are_uniform(units: str) -> None:
    counts = np.bincount(buckets(UNITS[units], "feed") // 100, minlength=BUCKETS // 100)
    assert len(counts) == 100
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 149  # 99 degrees pass 148.2 once in 1,000


def test_experiments_are_independent() -> None:
    one, other = assign(PEOPLE, "one"), assign(PEOPLE, "other")
    both = np.bincount(one * 2 + other, minlength=4) / COUNT
    assert both == pytest.approx([0.25] * 4, abs=0.006)
    assert abs(np.corrcoef(buckets(PEOPLE, "one"), buckets(PEOPLE, "other"))[0, 1]) < 0.013


def test_shares_are_kept() -> None:
    counts = np.bincount(assign(RANDOM, "three", (0.1, 0.0, 0.6, 0.3)), minlength=4) / COUNT
    assert counts == pytest.approx([0.1, 0.0, 0.6, 0.3], abs=0.006) and counts[1] == 0
    assert (assign(RANDOM, "all", (1.0,)) == 0).all()
    assert (assign(RANDOM, "none", (0.0, 1.0)) == 1).all()
    assert set(assign(RANDOM, "tenths", (0.1,) * 10).tolist()) == set(range(10))


def test_more_traffic_moves_nobody_back() -> None:
    few, many = assign(PEOPLE, "ramp", (0.9, 0.1)), assign(PEOPLE, "ramp", (0.5, 0.5))
    assert (many[few == 1] == 1).all()


def test_a_unit_gets_the_same_alone_and_in_any_slice() -> None:
    whole = assign(PEOPLE, "feed")
    np.testing.assert_array_equal(assign(PEOPLE[500:700], "feed"), whole[500:700])
    np.testing.assert_array_equal(assign(PEOPLE.take(pa.array([9, 3])), "feed"), whole[[9, 3]])
    assert assign(PEOPLE[:0], "feed").shape == assign(pa.array([], pa.binary(16)), "feed").shape == (0,)


def test_assignment_is_the_same_for_ever() -> None:
    """Recorded: another value would move people between the variants of a running experiment."""
    ids = pa.array([bytes(16), bytes(range(16)), b"\xff" * 16, UUID(int=1).bytes], pa.binary(16))
    assert buckets(ids, "feed").tolist() == [3823, 4639, 4872, 5483]
    assert buckets(ids, "hooks").tolist() == [566, 2775, 9561, 8908]
    assert (FEED_EXPERIMENT, FEED_VARIANTS) == ("feed", ("control", "treatment"))


@pytest.mark.parametrize(
    "shares", [(), (0.5,), (0.5, 0.6), (-0.5, 1.5), (float("nan"), 0.5), (float("nan"),), (1.0, 1e-6)]
)
def test_shares_that_are_none_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput, match="sum to 1") as caught:
        assign(PEOPLE[:2], "feed", shares)
    assert caught.value.field == "shares"
