"""The blend of scorers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.toy import SNAPSHOTS, lively

from feedlab.errors import InvalidInput
from feedlab.recommend.hybrid import WEIGHTS, Hybrid
from feedlab.recommend.scorers import SCORERS

USERS = np.arange(12)


def test_the_documented_weights() -> None:
    assert dict(WEIGHTS) == {"collaborative": 0.4, "content": 0.3, "recency": 0.2, "engagement": 0.1}
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    with pytest.raises(TypeError):
        WEIGHTS["recency"] = 1.0  # type: ignore[index]


def test_terms_sum_to_the_score() -> None:
    hybrid = Hybrid().fit(lively())
    terms = hybrid.terms(USERS)
    assert set(terms) == set(WEIGHTS)
    np.testing.assert_allclose(sum(terms.values()), hybrid.score(USERS), rtol=1e-6)
    for name, term in terms.items():
        alone = SCORERS[name]().fit(lively()).score(USERS)
        np.testing.assert_allclose(term, alone * WEIGHTS[name], rtol=1e-5)


@pytest.mark.parametrize("case", SNAPSHOTS)
def test_scores_are_numbers_from_0_to_1(case: str) -> None:
    snapshot = SNAPSHOTS[case]
    scores = Hybrid().fit(snapshot).score(np.arange(len(snapshot.user_ids)))
    assert scores.shape == (len(snapshot.user_ids), len(snapshot.post_ids)) and scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()


def test_only_the_ratio_of_weights_matters() -> None:
    one = Hybrid({"recency": 1, "content": 3}).fit(lively()).score(USERS)
    other = Hybrid({"recency": 0.25, "content": 0.75, "engagement": 0}).fit(lively()).score(USERS)
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_scorer_without_weight_is_left_out() -> None:
    assert set(Hybrid({"recency": 1, "content": 0}).fit(lively()).terms(USERS)) == {"recency"}


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"recency": 0},
        {"recency": -1, "content": 2},
        {"recency": float("nan")},
        {"recency": float("inf")},
        {"recency": 1, "content": -0.1},
    ],
)
def test_weights_that_make_no_blend_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="numbers from 0 up") as caught:
        Hybrid(weights)
    assert caught.value.field == "weights"


def test_an_unknown_scorer_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"no scorer called 'vibes'; there are .*collaborative"):
        Hybrid({"vibes": 1})
