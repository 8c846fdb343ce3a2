"""How good slates are, and how far that is on the way to the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from feedlab.recommend.evaluation import expected_rate, way_to_oracle

RATES = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def test_expected_rate_is_the_mean_over_what_is_shown() -> None:
    slates = np.array([[2, 0], [1, -1]])
    np.testing.assert_allclose(expected_rate(slates, RATES), [0.2, 0.5])


def test_an_empty_slate_has_no_rate() -> None:
    assert np.isnan(expected_rate(np.array([[-1, -1], [0, 1]]), RATES)).tolist() == [True, False]
    assert np.isnan(expected_rate(np.zeros((2, 0), np.int64), RATES)).all()
    assert np.isnan(expected_rate(np.full((2, 3), -1), np.zeros((2, 0)))).all()
    assert expected_rate(np.zeros((0, 3), np.int64), np.zeros((0, 3))).shape == (0,)


def test_the_way_from_random_to_the_oracle() -> None:
    rates = {"random": 0.02, "popular": 0.03, "hybrid": 0.05, "worse": 0.01, "oracle": 0.06}
    assert way_to_oracle(rates) == pytest.approx(
        {"random": 0.0, "popular": 0.25, "hybrid": 0.75, "worse": -0.25, "oracle": 1.0}
    )


@pytest.mark.parametrize("high", [0.1, 0.05, float("nan")])
def test_there_is_no_way_where_there_is_nothing_to_gain(high: float) -> None:
    ways = way_to_oracle({"random": 0.1, "oracle": high})
    assert set(ways) == {"random", "oracle"} and all(np.isnan(way) for way in ways.values())


def test_both_ends_are_needed() -> None:
    with pytest.raises(KeyError):
        way_to_oracle({"random": 0.1, "hybrid": 0.2})
