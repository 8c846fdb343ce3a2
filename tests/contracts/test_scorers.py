"""What every scorer promises, whatever is known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.toy import SNAPSHOTS, lively

from feedlab.recommend.scorers import SCORERS, Scorer
from feedlab.recommend.snapshot import Snapshot

EVERYBODY = {name: np.arange(len(snapshot.user_ids)) for name, snapshot in SNAPSHOTS.items()}


def scores_of(name: str, snapshot: Snapshot, users: np.ndarray) -> np.ndarray:
    return SCORERS[name]().fit(snapshot).score(users)


def test_the_four_of_the_specification_are_there() -> None:
    assert {"collaborative", "content", "recency", "engagement"} <= set(SCORERS)


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("case", SNAPSHOTS)
def test_scores_are_finite_numbers_from_0_to_1_of_every_post(name: str, case: str) -> None:
    snapshot, users = SNAPSHOTS[case], EVERYBODY[case]
    scores = scores_of(name, snapshot, users)
    assert scores.shape == (len(users), len(snapshot.post_ids)) and scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("case", SNAPSHOTS)
def test_the_average_post_has_a_half(name: str, case: str) -> None:
    scores = scores_of(name, SNAPSHOTS[case], EVERYBODY[case])
    if scores.size:
        # Only what lies three deviations out is cut off; on small rows nothing does.
        assert np.abs(scores.mean(axis=1) - 0.5).max() < 0.02


@pytest.mark.parametrize("name", SCORERS)
def test_fitting_again_gives_the_same_scores(name: str) -> None:
    users = np.arange(12)
    first, second = scores_of(name, lively(), users), scores_of(name, lively(), users)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", SCORERS)
def test_a_score_does_not_depend_on_who_else_is_asked_for(name: str) -> None:
    scorer = SCORERS[name]().fit(SNAPSHOTS["lively"])
    together = scorer.score(np.arange(12))
    np.testing.assert_allclose(scorer.score(np.array([7, 2])), together[[7, 2]], atol=1e-6)
    assert scorer.score(np.array([], np.int64)).shape == (0, together.shape[1])


@pytest.mark.parametrize("name", SCORERS)
def test_fitting_returns_the_scorer_and_leaves_the_snapshot_alone(name: str) -> None:
    snapshot = lively()
    before = snapshot.preference.toarray(), snapshot.responses.toarray(), snapshot.met.toarray()
    scorer = SCORERS[name]()
    assert scorer.fit(snapshot) is scorer
    scorer.score(np.arange(12))
    after = snapshot.preference.toarray(), snapshot.responses.toarray(), snapshot.met.toarray()
    for one, other in zip(before, after):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", SCORERS)
def test_personal_says_whether_two_people_can_differ(name: str) -> None:
    kind = SCORERS[name]
    assert issubclass(kind, Scorer)
    scores = scores_of(name, SNAPSHOTS["lively"], np.arange(12))
    assert bool((scores != scores[0]).any()) == kind.personal


@pytest.mark.parametrize("name", SCORERS)
def test_a_scorer_tells_posts_apart_where_there_is_something_to_tell(name: str) -> None:
    scores = scores_of(name, SNAPSHOTS["lively"], np.arange(12))
    assert scores.std(axis=1).max() > 0.05
